import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { sessionPolicy } from '../../domain/people.ts'
import { type Text, text } from '../../domain/text.ts'
import { readForm } from '../body.ts'
import { cookie, DEVICE_COOKIE, SESSION_COOKIE, setCookie } from '../cookies.ts'
import { STATUS, secondsToWait } from '../errors.ts'
import type { House } from '../house.ts'
import { hasWellKnownPassword } from '../password.ts'
import { preference } from '../preferences.ts'
import { cookiePreferences } from '../reader.ts'
import { type Visit, visitOf } from '../visit.ts'

const DAY_S = 60 * 60 * 24

/** `GET /sign-in?next=/path&language=`: the way back leads only to our own paths; this browser keeps the language. */
export function signInPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const next = ownPath(ctx.query['next'])
  const { language } = ctx.query
  if (visit.user === null && typeof language === 'string') {
    const isKnown = house.languages.includes(language)
    setCookie(ctx, 'ds_prefs', isKnown ? `language=${language}` : '', isKnown ? 365 * DAY_S : 0)
    ctx.redirect(visit.link('/sign-in', next === '/' ? {} : { next }))
  } else if (visit.user === null) {
    refuseInPanel(visit)
    render(ctx, house, { next, name: '', fault: null })
  } else ctx.redirect(visit.link(next))
}

/** `POST /sign-in` with `name`, `password`, `next`. */
export async function signInPost(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  refuseInPanel(visit)
  const form = await readForm(ctx.req, 16_384)
  const name = form.get('name') ?? ''
  const next = ownPath(form.get('next'))
  try {
    const { secret, session, device } = await house.actions.signIn({
      name,
      password: form.get('password') ?? '',
      address: visit.address,
      local: visit.local,
      agent: ctx.get('User-Agent'),
      device: cookie(ctx, DEVICE_COOKIE),
    })
    setCookie(ctx, SESSION_COOKIE, secret, sessionPolicy(house.store.state()).absoluteMinutes * 60)
    setCookie(ctx, DEVICE_COOKIE, device, 365 * DAY_S)
    await keepLanguage(house, session.userId, cookiePreferences(ctx)['language'] ?? '')
    ctx.status = 303
    ctx.redirect(visit.link(next === '/' ? startPage(house, session.userId) : next))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    ctx.status = STATUS[error.code]
    if (error.code === 'too-many') ctx.set('Retry-After', String(secondsToWait(error)))
    render(ctx, house, { next, name, fault: error.text })
  }
}

/** What was chosen at the door goes in with somebody who never chose a language. */
async function keepLanguage(house: House, userId: string, language: string): Promise<void> {
  if (!house.languages.includes(language)) return
  await house.store.change((state) => {
    const user = state.users[userId]
    if (user === undefined || user.preferences['language'] !== undefined) return state
    const preferences = { ...user.preferences, language }
    return { ...state, users: { ...state.users, [userId]: { ...user, preferences } } }
  })
}

/** In the panel Home Assistant says who somebody is: passwords could only be guessed there. */
function refuseInPanel(visit: Visit): void {
  if (visit.door === 'ingress') throw new Failure('forbidden', text('sign-in.by-home-assistant'))
}

/** Where a person likes to come in. */
function startPage(house: House, userId: string): string {
  const page = preference(house.store.state().users[userId] ?? null, 'start_page')
  return page === 'overview' ? '/' : `/${page}`
}

function render(ctx: Context, house: House, model: { next: string; name: string; fault: Text | null }): void {
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  const visit = visitOf(ctx)
  // Nobody else could use it, and nobody needs it once it is changed.
  const isFirst = visit.local && Object.values(house.store.state().users).some(hasWellKnownPassword)
  ctx.body = house.view.render(visit, 'pages/sign-in', { ...model, isFirst })
}

/** A path of ours, or the overview: `//host`, `/\host` and whole addresses lead elsewhere. */
export function ownPath(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) && value.length < 500 ? value : '/'
}
