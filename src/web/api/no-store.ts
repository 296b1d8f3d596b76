import type { Context } from 'koa'

/** Tells every cache between us and the reader that this answer is of this moment only. */
export function noStore(ctx: Context): void {
  ctx.set('Cache-Control', 'no-store, no-cache, must-revalidate')
  ctx.set('Pragma', 'no-cache')
}
