import { iso, MINUTE } from './moment.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import type { State } from './state.ts'

/** Shorter absences than this are a restart, not a downtime. */
const WORTH_NOTING = 2 * MINUTE

/**
 * Notes that we were not there from `aliveAt` (last sign of life) until now. Until the catch-up time is over no
 * silence of that time is judged. A downtime that begins before an earlier catch-up was over goes on from there.
 */
export function noteDowntime(state: State, aliveAt: Date, now: Date): State {
  if (now.getTime() - aliveAt.getTime() < WORTH_NOTING) return state
  const before = state.downtime
  const from =
    before !== null && aliveAt.getTime() < Date.parse(before.catchUpUntil)
      ? before.from
      : aliveAt.toISOString()
  const catchUpUntil = iso(now.getTime() + monitoringSettings(state).catchUpMinutes * MINUTE)
  return { ...state, downtime: { from, to: now.toISOString(), catchUpUntil } }
}
