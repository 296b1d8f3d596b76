import type { Context } from 'koa'
import { visitOf } from './visit.ts'

export const SESSION_COOKIE = 'ds_session'
/** What a browser keeps of a user after signing out, so that strangers who guess cannot hold it back. */
export const DEVICE_COOKIE = 'ds_device'

/**
 * Sets a cookie of this mount only: inside Home Assistant the origin is shared with everything there. `maxAgeS` 0
 * takes it away. Scripts never see it.
 */
export function setCookie(ctx: Context, name: string, value: string, maxAgeS: number): void {
  const { base, https } = visitOf(ctx)
  const parts = [
    `${name}=${encodeURIComponent(value)}`,
    `Path=${base === '' ? '/' : `${base}/`}`,
    `Max-Age=${maxAgeS}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(https ? ['Secure'] : []),
  ]
  ctx.append('Set-Cookie', parts.join('; '))
}

export function cookie(ctx: Context, name: string): string | null {
  const raw = ctx.cookies.get(name)
  if (raw === undefined || raw.length > 4096) return null
  try {
    return decodeURIComponent(raw)
  } catch {
    return null
  }
}
