import type { Context } from 'koa'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { visitOf } from './visit.ts'

/**
 * Refuses changes that another site's page sends with this browser's cookies. Browsers say where a request comes
 * from in `Sec-Fetch-Site`; older ones in `Origin`. Programs send neither, and no cookies either.
 */
export function refuseCrossSite(ctx: Context): void {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD' && isCrossSite(ctx)) {
    throw new Failure('forbidden', text('error.cross-site'))
  }
}

function isCrossSite(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site !== 'same-origin' && site !== 'none'
  const origin = ctx.get('Origin')
  if (origin === '') return false
  const { door, origin: ours, https } = visitOf(ctx)
  // Home Assistant hands the Host header of the browser on, a proxy before it may have said it in another header.
  const own = door === 'ingress' ? [ours, `${https ? 'https' : 'http'}://${ctx.get('Host')}`] : [ours]
  const said = hostOf(origin)
  return said === null || !own.some((one) => hostOf(one) === said)
}

/** Without the port where it is the usual one; null where there is none, as in `Origin: null`. */
function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).host || null : null
}
