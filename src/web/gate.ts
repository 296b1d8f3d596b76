import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { House } from './house.ts'
import type { Visit } from './visit.ts'

/** Who may use a route. The route table gives one to every route; there is no default. */
export type Who = 'anyone' | 'reporter' | 'reader' | 'viewer' | 'administrator'

/** Pages that a user with the first password may use: to change it, and to leave. */
const BEFORE_PASSWORD_CHANGE = new Set(['/account/password', '/sign-out', '/sign-in'])

/**
 * Throws Failure `signed-out` or `forbidden` where this visit may not use a route for `who`. Who still has the
 * first password may only change it: that is enforced here, for every route there is.
 */
export function admit(visit: Visit, who: Who, house: House): void {
  if (who === 'anyone') return
  // Its peer is the Supervisor whoever sits behind it: a session of Home Assistant without a user is nobody at all.
  if (visit.door === 'ingress' && visit.user === null)
    throw new Failure('signed-out', text('error.signed-out'))
  if (visit.user?.mustChangePassword === true && !BEFORE_PASSWORD_CHANGE.has(visit.path))
    throw new Failure('forbidden', text('error.change-password-first'))
  if (who === 'reporter') admitReporter(visit, house)
  else if (who === 'reader') admitReader(visit, house)
  else if (visit.user === null) throw new Failure('signed-out', text('error.signed-out'))
  else if (who === 'administrator' && !visit.isAdministrator)
    throw new Failure('forbidden', text('error.administrator-only'))
}

/** Reports are taken from anywhere until a report token exists; then from outside only with one. */
function admitReporter(visit: Visit, house: House): void {
  if (visit.local || hasScope(visit, 'report')) return
  const tokens = Object.values(house.store.state().tokens)
  if (tokens.some((token) => token.scopes.includes('report'))) {
    throw new Failure('signed-out', text('error.report-token-needed'))
  }
}

function admitReader(visit: Visit, house: House): void {
  if (visit.user !== null || hasScope(visit, 'read')) return
  const access = house.store.state().settings['access.reading'] ?? 'local'
  if (access === 'open' || (access === 'local' && visit.local)) return
  throw new Failure('signed-out', text('error.read-token-needed'))
}

/** The scope `admin` holds both others: it is everything that programs can do. */
function hasScope(visit: Visit, scope: 'report' | 'read'): boolean {
  return visit.token?.scopes.includes(scope) === true || visit.token?.scopes.includes('admin') === true
}
