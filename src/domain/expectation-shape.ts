import type { Text } from './text.ts'

/**
 * When the next run of a job is due, and why. `lateAt` = `dueAt`; `overdueAt` = due + tolerance + usual duration
 * (a report comes at the end of a run). All null where nothing is expected (started by hand, never ran).
 */
export interface Expectation {
  readonly dueAt: string | null
  readonly lateAt: string | null
  readonly overdueAt: string | null
  /** Why, in words, e.g. "26 of the last 28 runs began between 05:28 and 05:34". */
  readonly because: Text
  readonly source:
    | 'user'
    | 'next-scheduled-run'
    | 'duplicati-schedule'
    | 'learned'
    | 'one-day'
    | 'none'
    | 'broken'
  /** Seconds between two due runs where that is known; strips and calendars draw missed runs by it. */
  readonly intervalS: number | null
  /** The rhythm in words ("every day at 03:00"), null where there is none. */
  readonly rhythm: Text | null
}
