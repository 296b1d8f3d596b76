import type { Context } from 'koa'
import { visitOf } from './visit.ts'

/** Who acts, for the audit log. */
export function doerOf(ctx: Context): { who: string; from: string } {
  const visit = visitOf(ctx)
  return { who: visit.user?.name ?? visit.token?.name ?? '', from: visit.address }
}
