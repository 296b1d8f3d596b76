import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { passwordPolicy } from '../../../domain/people.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { browserOf } from '../../browser-name.ts'
import { SESSION_COOKIE, setCookie } from '../../cookies.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { sendPage } from '../../send-page.ts'
import { visitOf } from '../../visit.ts'

/** `GET /account`: who I am, my sessions, the way to a new password. */
export function accountPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const mine = Object.values(house.store.state().sessions).filter((one) => one.userId === visit.user?.id)
  sendPage(
    ctx,
    house,
    'pages/people/account',
    { title: visit.words.say('account.title'), isNarrow: true, help: 'people' },
    {
      user: visit.user,
      sessions: mine
        .sort((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt))
        .map((one) => ({ ...one, isThis: one.id === visit.session?.id, browser: browserOf(one.agent) })),
    },
  )
}

/** `POST /account/sessions/:id/end`: one's own sessions only. */
export async function endOwnSession(ctx: Context, house: House): Promise<void> {
  const id = String(ctx['params'].id)
  const session = Object.hasOwn(house.store.state().sessions, id)
    ? house.store.state().sessions[id]
    : undefined
  if (session === undefined || session.userId !== visitOf(ctx).user?.id)
    throw new Failure('not-found', text('account.session-gone'))
  await house.actions.people.endSession(id, doerOf(ctx))
  done(ctx, '/account', text('account.session-ended'))
}

/** `POST /sign-out`. */
export async function signOut(ctx: Context, house: House): Promise<void> {
  const { session } = visitOf(ctx)
  if (session !== null) await house.actions.people.endSession(session.id, doerOf(ctx))
  setCookie(ctx, SESSION_COOKIE, '', 0)
  done(ctx, '/sign-in')
}

/** `GET /account/password`. */
export function passwordPage(ctx: Context, house: House): void {
  render(ctx, house, null)
}

/** `POST /account/password` with `old`, `password`, `again`. */
export async function changePassword(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const form = await readForm(ctx.req, 16_384)
  const password = form.get('password') ?? ''
  try {
    if (password !== form.get('again'))
      throw new Failure('invalid', text('account.password.differs'), { field: 'again' })
    if (visit.user === null || visit.user.passwordHash === null)
      throw new Failure('forbidden', text('account.password.none'))
    const keep = visit.session?.id ?? null
    await house.actions.people.changeOwnPassword(
      visit.user,
      keep,
      form.get('old') ?? '',
      password,
      doerOf(ctx),
    )
    done(ctx, visit.user.mustChangePassword ? '/' : '/account', text('account.password.changed'))
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid') throw error
    ctx.status = 422
    render(ctx, house, error)
  }
}

function render(ctx: Context, house: House, failure: Failure | null): void {
  const visit = visitOf(ctx)
  const policy = passwordPolicy(house.store.state())
  sendPage(
    ctx,
    house,
    'pages/people/password',
    {
      title: visit.words.say('account.password.title'),
      isNarrow: true,
      help: 'people',
      status: failure === null ? 200 : 422,
    },
    {
      isFirst: visit.user?.mustChangePassword === true,
      policy,
      faults: failure === null ? {} : { [failure.field ?? 'old']: visit.words.say(failure.text) },
    },
  )
}
