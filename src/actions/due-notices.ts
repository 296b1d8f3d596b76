import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'

/** One receiver of one channel. Lanes never wait for each other; inside one, messages go in order. */
export interface Lane {
  readonly channel: string
  readonly to: string | null
}

/** What came of an attempt: delivered, owed until a later moment, or failed for good. */
export type Outcome =
  | { readonly state: 'delivered'; readonly at: string }
  | { readonly state: 'owed'; readonly dueAt: string; readonly error: Text }
  | { readonly state: 'failed'; readonly at: string; readonly error: Text }

export function laneKey(lane: Lane): string {
  return `${lane.channel} ${lane.to ?? ''}`
}

/** Lanes in which something can go out now, each once. */
export function dueLanes(state: State, now: Date, done: ReadonlySet<string>): Lane[] {
  const lanes = new Map<string, Lane>()
  for (const notice of Object.values(state.notices)) {
    if (isDue(notice, now) && !done.has(notice.id)) {
      lanes.set(laneKey(notice), { channel: notice.channel, to: notice.to })
    }
  }
  return [...lanes.values()].filter((lane) => takeNext(state, lane, now, done).length > 0)
}

/** The earliest moment from now on at which something becomes due; null where nothing does. */
export function nextDue(state: State, now: Date): number | null {
  let next: number | null = null
  for (const notice of Object.values(state.notices)) {
    const due = Date.parse(notice.dueAt)
    if (notice.state === 'owed' && due > now.getTime() && (next === null || due < next)) next = due
  }
  return next
}

/** More than this at once for one receiver become one message. */
const TOGETHER_ABOVE = 5

/**
 * What goes out next in a lane, as one message; empty where nothing does. When something is due, what failed before
 * goes along, so that after an outage everything is told together. A notice waits for an earlier one about the same
 * incident: nobody is told that a problem is solved before being told of it.
 * @param done tried in this round or sent and not yet marked
 */
export function takeNext(state: State, lane: Lane, now: Date, done: ReadonlySet<string>): readonly Notice[] {
  const owed = owedIn(state, lane)
  const due = inOrder(owed, (notice) => isDue(notice, now) && !done.has(notice.id))
  if (due.length === 0) return due
  const along = inOrder(owed, (notice) => (isDue(notice, now) || notice.attempts > 0) && !done.has(notice.id))
  const alike = along.filter((notice) => notice.kind !== 'digest' && notice.kind !== 'test')
  return alike.length > TOGETHER_ABOVE ? alike : along.slice(0, 1)
}

/** Those that may go and wait for none before them. */
function inOrder(owed: readonly Notice[], mayGo: (notice: Notice) => boolean): Notice[] {
  const waiting = new Set<string>()
  return owed.filter((notice) => {
    const goes = mayGo(notice) && !notice.incidentIds.some((id) => waiting.has(id))
    if (!goes) for (const id of notice.incidentIds) waiting.add(id)
    return goes
  })
}

/** Owed notices of a lane, oldest first. */
export function owedIn(state: State, lane: Lane): Notice[] {
  const key = laneKey(lane)
  return Object.values(state.notices)
    .filter((notice) => notice.state === 'owed' && laneKey(notice) === key)
    .sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id))
}

/** Counts an attempt for those still owed, before anything is sent. */
export function countAttempt(state: State, ids: readonly string[], now: Date): State {
  const lastTriedAt = now.toISOString()
  return withNotices(state, ids, (notice) =>
    notice.state === 'owed' ? { ...notice, attempts: notice.attempts + 1, lastTriedAt } : notice,
  )
}

/** Writes down what came of attempts. */
export function settle(state: State, outcomes: ReadonlyMap<string, Outcome>): State {
  return withNotices(state, [...outcomes.keys()], (notice) => {
    const outcome = outcomes.get(notice.id)
    if (outcome === undefined || notice.state !== 'owed') return notice
    if (outcome.state === 'owed') return { ...notice, dueAt: outcome.dueAt, lastError: outcome.error }
    const lastError = outcome.state === 'failed' ? outcome.error : null
    return { ...notice, state: outcome.state, finishedAt: outcome.at, lastError }
  })
}

function withNotices(state: State, ids: readonly string[], change: (notice: Notice) => Notice): State {
  const notices = { ...state.notices }
  let changed = false
  for (const id of ids) {
    const notice = notices[id]
    const next = notice === undefined ? undefined : change(notice)
    if (next === undefined || next === notice) continue
    notices[id] = next
    changed = true
  }
  return changed ? { ...state, notices } : state
}

function isDue(notice: Notice, now: Date): boolean {
  if (notice.state !== 'owed') return false
  // What was queued in the future was so by a clock that was ahead: it waits no longer.
  return Date.parse(notice.dueAt) <= now.getTime() || Date.parse(notice.createdAt) - now.getTime() > HOUR_MS
}

const HOUR_MS = 3_600_000

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
