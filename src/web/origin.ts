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
  const { origin: ours } = visitOf(ctx)
  // Behind ingress the Host header is the app's own, the Origin is Home Assistant's: only the host of a public
  // door can be compared. Ingress is guarded by the Supervisor's session and the SameSite cookie there.
  if (visitOf(ctx).door === 'ingress') return false
  return !URL.canParse(origin) || new URL(origin).host !== new URL(ours).host
}
