import type { Context } from 'koa'
import type { Actor } from '../actions/actor.ts'
import { doerOf } from './doer.ts'
import { visitOf } from './visit.ts'

/** Who asks for something that only administrators may. */
export function actorOf(ctx: Context): Actor {
  return { ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator }
}
