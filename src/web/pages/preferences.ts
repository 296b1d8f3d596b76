import type { Context } from 'koa'
import { readForm } from '../body.ts'
import type { House } from '../house.ts'
import { readPreferences } from '../preferences.ts'
import { visitOf } from '../visit.ts'
import { ownPath } from './sign-in.ts'

/** `POST /preferences`: keeps what a person chose for the eye, and goes back to `next`. Viewers may do so too. */
export async function savePreferences(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const form = await readForm(ctx.req, 16_384)
  const wishes = readPreferences(form)
  const id = visit.user?.id ?? ''
  await house.store.change((state) => {
    const user = state.users[id]
    if (user === undefined) return state
    const preferences = { ...user.preferences, ...wishes }
    return { ...state, users: { ...state.users, [id]: { ...user, preferences } } }
  })
  ctx.status = 303
  ctx.redirect(visit.link(ownPath(form.get('next'))))
}
