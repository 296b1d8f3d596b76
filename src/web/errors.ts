import type { Context, Next } from 'koa'
import type { FailureCode } from '../domain/failure.ts'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { randomName } from '../kit/ids.ts'
import type { House } from './house.ts'
import type { Visit } from './visit.ts'
import { visitOf } from './visit.ts'

/** The one table of what a failure is in HTTP. */
export const STATUS: Readonly<Record<FailureCode, number>> = {
  invalid: 400,
  'signed-out': 401,
  forbidden: 403,
  'not-found': 404,
  'wrong-method': 405,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
  'no-room': 507,
}

/** Turns what is thrown below into an answer: JSON for programs, a page for people. The last net of a request. */
export function answerErrors(house: House) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next()
    } catch (error) {
      answer(ctx, house, error)
    }
  }
}

function answer(ctx: Context, house: House, error: unknown): void {
  const foreseen = error instanceof Failure ? error : hasGone(ctx) ? CUT : null
  const failure = foreseen ?? unexpected(ctx, house, error)
  ctx.status = foreseen === null ? 500 : STATUS[failure.code]
  if (failure.code === 'too-many') ctx.set('Retry-After', String(secondsToWait(failure)))
  if (failure.code === 'wrong-method') ctx.set('Allow', String(failure.text.values?.['allowed'] ?? ''))
  if (failure.code === 'too-large') ctx.set('Connection', 'close')
  const visit = ctx.state['visit'] === undefined ? null : visitOf(ctx)
  const words = visit?.words ?? house.words(null)
  const sentence = words.say(failure.text)
  if (visit === null || wantsJson(ctx)) {
    ctx.body = {
      error: sentence,
      code: failure.code,
      ...(failure.field === undefined ? {} : { field: failure.field }),
    }
    return
  }
  const elsewhere = ctx.method === 'GET' ? insteadOf(failure, visit) : null
  if (elsewhere !== null) {
    ctx.status = 303
    ctx.redirect(elsewhere)
    return
  }
  ctx.type = 'html'
  ctx.body = house.view.render(visit, 'pages/error', { status: ctx.status, code: failure.code, sentence })
}

/** Where a person is sent in place of an error: to sign in, or to change the first password. */
function insteadOf(failure: Failure, visit: Visit): string | null {
  if (failure.text.key === 'error.change-password-first') return visit.link('/account/password')
  if (failure.text.key !== 'error.signed-out' || visit.door !== 'public') return null
  return visit.link('/sign-in', { next: visit.path === '/' ? null : visit.path })
}

const CUT = new Failure('invalid', text('body.cut'))

/** Who sent the request went away before all of it was here: whatever that broke is no fault of ours. */
function hasGone(ctx: Context): boolean {
  return ctx.req.destroyed && !ctx.req.complete
}

/** A bug: the visitor sees an id, the log has the stack under that id. */
function unexpected(ctx: Context, house: House, error: unknown): Failure {
  const id = randomName(8)
  const path = loggedPath(ctx.path)
  house.log.error(`Request ${id} (${ctx.method} ${path}) failed in a way nobody foresaw`, { id, error })
  return new Failure('unavailable', text('error.unexpected', { id }))
}

/** A path as a log may show it: some addresses hold a token, and queries are never logged. */
export function loggedPath(path: string): string {
  return path.replace(/\/(api\/+upload|api\/+live|n)\/+[^/].*$/i, '/$1/***').slice(0, 100)
}

/** What the sentence says, for programs: its value `wait`, else a minute. */
export function secondsToWait({ text }: Failure): number {
  const { seconds } = (text.values?.['wait'] ?? {}) as { seconds?: unknown }
  return typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : 60
}

/** Paths of programs are answered with JSON whatever they accept. */
export function wantsJson(ctx: Context): boolean {
  const path = ctx.state['visit'] === undefined ? ctx.path : visitOf(ctx).path
  return path.startsWith('/api/') || path === '/healthz' || path === '/metrics' || !ctx.accepts('html')
}
