import type { Context } from 'koa'
import type { Doer } from '../actions/actor.ts'
import { visitOf } from './visit.ts'

const LONGEST_AGENT = 200

/** Who acts, for the audit log. */
export function doerOf(ctx: Context): Doer {
  const visit = visitOf(ctx)
  const agent = ctx.get('User-Agent').slice(0, LONGEST_AGENT)
  const who = visit.user?.name ?? visit.token?.name ?? ''
  return { who, from: visit.address, ...(agent === '' ? {} : { agent }) }
}
