import type { Context } from 'koa'
import { text } from '../../domain/text.ts'
import { readForm } from '../body.ts'
import { setCookie } from '../cookies.ts'
import { done } from '../flash.ts'
import type { House } from '../house.ts'
import { readPreferences } from '../preferences.ts'
import { visitOf } from '../visit.ts'
import { displayFaults, refuseDisplay } from './display.ts'
import { ownPath } from './sign-in.ts'

/**
 * `POST /preferences`: keeps what a person chose for the eye, and goes back to `next`. Viewers may do so too. What
 * cannot be taken is pointed out on the page of settings, and then nothing is kept.
 */
export async function savePreferences(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const form = await readForm(ctx.req, 16_384)
  const failed = displayFaults(form, house, visit)
  if (failed.size > 0) return refuseDisplay(ctx, house, failed)
  const wishes = readPreferences(form)
  const id = visit.user?.id ?? ''
  await house.store.change((state) => {
    const user = state.users[id]
    if (user === undefined) return state
    const all = Object.entries({ ...user.preferences, ...wishes })
    const preferences = Object.fromEntries(all.filter(([, value]) => value !== ''))
    return { ...state, users: { ...state.users, [id]: { ...user, preferences } } }
  })
  // What was chosen at the door goes too, with who wants none.
  if (wishes['language'] === '') setCookie(ctx, 'ds_prefs', '', 0)
  const next = ownPath(form.get('next'))
  if (next === '/settings/display') return done(ctx, next, text('settings.saved'))
  ctx.status = 303
  ctx.redirect(visit.link(next))
}
