import { Failure } from './failure.ts'
import type { Session, State, User } from './state.ts'
import type { Text } from './text.ts'
import { text } from './text.ts'

/** How long a session lives, in minutes: without use, and in all. */
export interface SessionPolicy {
  readonly idleMinutes: number
  readonly absoluteMinutes: number
}

export interface PasswordPolicy {
  readonly minLength: number
  /** Upper and lower case letters and a digit. */
  readonly mixed: boolean
}

/** Name and password of the first user, until changed; the same as in products that ours stands in for. */
export const FIRST_USER = 'admin'
export const WELL_KNOWN_PASSWORD = 'Duplistatus09'
const LONGEST_PASSWORD = 512
const MOST_SESSIONS = 100

export function sessionPolicy(state: State): SessionPolicy {
  return {
    idleMinutes: positive(state.settings['sessions.idle_minutes']) ?? 60 * 24 * 7,
    absoluteMinutes: positive(state.settings['sessions.absolute_minutes']) ?? 60 * 24 * 30,
  }
}

export function passwordPolicy(state: State): PasswordPolicy {
  return {
    minLength: positive(state.settings['users.password_min_length']) ?? 8,
    mixed: state.settings['users.password_enforce'] !== false,
  }
}

/** What a new password lacks, as sentences; none where it will do. */
export function passwordFaults(password: string, policy: PasswordPolicy): readonly Text[] {
  const faults: Text[] = []
  if ([...password].length < policy.minLength)
    faults.push(text('password.too-short', { length: policy.minLength }))
  if (password.length > LONGEST_PASSWORD) faults.push(text('password.too-long', { length: LONGEST_PASSWORD }))
  if (password === WELL_KNOWN_PASSWORD) faults.push(text('password.well-known'))
  if (policy.mixed) {
    if (!/\p{Lu}/u.test(password)) faults.push(text('password.needs-upper'))
    if (!/\p{Ll}/u.test(password)) faults.push(text('password.needs-lower'))
    if (!/\p{Nd}/u.test(password)) faults.push(text('password.needs-digit'))
  }
  return faults
}

/** The user and session behind a cookie's hash; null where it is over, by our clock even if it was set back. */
export function sessionUser(
  state: State,
  sessionId: string,
  now: Date,
): { user: User; session: Session } | null {
  const session = Object.hasOwn(state.sessions, sessionId) ? state.sessions[sessionId] : undefined
  const user = session === undefined ? undefined : state.users[session.userId]
  if (session === undefined || user === undefined || user.disabled) return null
  const policy = sessionPolicy(state)
  const minutesSince = (at: string) => (now.getTime() - Date.parse(at)) / 60_000
  const isOver =
    minutesSince(session.lastSeenAt) > policy.idleMinutes ||
    minutesSince(session.createdAt) > policy.absoluteMinutes
  return isOver ? null : { user, session }
}

/** Sessions that are over go, and the oldest of a user who has very many. */
export function openSession(state: State, session: Session, now: Date): State {
  const alive = Object.values(state.sessions).filter((one) => sessionUser(state, one.id, now) !== null)
  const others = alive.filter((one) => one.userId !== session.userId)
  const mine = alive
    .filter((one) => one.userId === session.userId)
    .sort((a, b) => a.lastSeenAt.localeCompare(b.lastSeenAt))
    .slice(1 - MOST_SESSIONS)
  const sessions = Object.fromEntries([...others, ...mine, session].map((one) => [one.id, one]))
  const user = state.users[session.userId]
  if (user === undefined) return state
  return {
    ...state,
    sessions,
    users: { ...state.users, [user.id]: { ...user, lastSignInAt: now.toISOString() } },
  }
}

export function endSession(state: State, sessionId: string): State {
  if (!Object.hasOwn(state.sessions, sessionId)) return state
  const { [sessionId]: _ended, ...sessions } = state.sessions
  return { ...state, sessions }
}

/** Ends all sessions of a user but one. */
export function endOtherSessions(state: State, userId: string, keep: string | null): State {
  const kept = Object.values(state.sessions).filter((one) => one.userId !== userId || one.id === keep)
  return { ...state, sessions: Object.fromEntries(kept.map((one) => [one.id, one])) }
}

/** Users who sign in here are found by name without regard to case; those of Home Assistant may be called the same. */
export function userNamed(state: State, name: string): User | null {
  const wanted = name.trim().toLowerCase()
  const own = Object.values(state.users).filter((user) => user.homeAssistantId === null)
  return own.find((user) => user.name.toLowerCase() === wanted) ?? null
}

/** One to 64 signs that can be seen, no blanks around them. */
export function isUserName(name: string): boolean {
  return /^[^\s\p{C}][^\p{C}]{0,62}[^\s\p{C}]$|^[^\s\p{C}]$/u.test(name)
}

export function changeUser(state: State, id: string, change: Partial<User>): State {
  const user = Object.hasOwn(state.users, id) ? state.users[id] : undefined
  if (user === undefined) throw new Failure('not-found', text('users.gone'))
  const next = { ...state, users: { ...state.users, [id]: { ...user, ...change } } }
  if (!hasAdministrator(next)) throw new Failure('conflict', text('users.last-administrator'))
  return next
}

export function removeUser(state: State, id: string): State {
  const { [id]: gone, ...users } = state.users
  if (gone === undefined || !Object.hasOwn(state.users, id))
    throw new Failure('not-found', text('users.gone'))
  const next = endOtherSessions({ ...state, users }, id, null)
  if (!hasAdministrator(next)) throw new Failure('conflict', text('users.last-administrator'))
  return next
}

/** Somebody who can sign in at the public door and change everything must always be left. */
function hasAdministrator(state: State): boolean {
  return Object.values(state.users).some(
    (user) => user.role === 'administrator' && !user.disabled && user.passwordHash !== null,
  )
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}
