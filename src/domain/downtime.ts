import { iso, MINUTE } from './moment.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import type { State } from './state.ts'

/** Shorter absences than this are a restart, not a downtime. */
const WORTH_NOTING = 2 * MINUTE

/**
 * Notes that we were not there from `aliveAt` (last sign of life) until now. Until the catch-up time is over no
 * silence of that time is judged. A downtime that begins before an earlier catch-up was over goes on from there; a
 * short one only makes it that much longer, so that no number of restarts keeps silence from being judged.
 */
export function noteDowntime(state: State, aliveAt: Date, now: Date): State {
  const awayMs = now.getTime() - aliveAt.getTime()
  if (awayMs < WORTH_NOTING) return state
  const catchUpMs = monitoringSettings(state).catchUpMinutes * MINUTE
  const before = state.downtime
  const isWithin = before !== null && aliveAt.getTime() < Date.parse(before.catchUpUntil)
  const whole = now.getTime() + catchUpMs
  const until =
    isWithin && awayMs < catchUpMs ? Math.min(whole, Date.parse(before.catchUpUntil) + awayMs) : whole
  const from = isWithin ? before.from : aliveAt.toISOString()
  return { ...state, downtime: { from, to: now.toISOString(), catchUpUntil: iso(until) } }
}
