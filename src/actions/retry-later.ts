import type { Failure, FailureCode } from '../domain/failure.ts'
import type { Notice } from '../domain/notice.ts'
import { text } from '../domain/text.ts'
import type { Outcome } from './due-notices.ts'

/** Failures that may pass by themselves; every other one is for good and waits for a person. */
const TEMPORARY: ReadonlySet<FailureCode> = new Set(['unavailable', 'too-many', 'no-room', 'conflict'])

const FIRST_WAIT_S = 60
const LONGEST_WAIT_S = 3600
/** Whoever says "too many" is not asked again at once. */
const SLOW_DOWN_S = 900
const GIVE_UP_AFTER_S = 72 * 3600

/**
 * What a failed attempt means for a notice whose attempt was counted already: one to sixty minutes of waiting, doubling,
 * up to a fifth more or less so that many do not come back at the same moment; after three days it is given up.
 * @param random 0 to 1
 */
export function afterFailure(notice: Notice, failure: Failure, now: Date, random: number): Outcome {
  const at = now.toISOString()
  if (!TEMPORARY.has(failure.code)) return { state: 'failed', at, error: failure.text }
  const tries = Math.max(1, notice.attempts)
  const doubled = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(tries - 1, 20))
  const wait = Math.max(doubled, failure.code === 'too-many' ? SLOW_DOWN_S : 0) * (0.8 + 0.4 * random)
  const due = now.getTime() + wait * 1000
  const sinceS = (now.getTime() - Date.parse(notice.createdAt)) / 1000
  if (sinceS >= GIVE_UP_AFTER_S) {
    const values = { n: tries, time: { seconds: Math.round(sinceS) }, last: failure.text }
    return { state: 'failed', at, error: text('notices.failure.gave-up', values) }
  }
  return { state: 'owed', dueAt: new Date(due).toISOString(), error: failure.text }
}
