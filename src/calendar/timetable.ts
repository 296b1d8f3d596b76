/** A piece of recurring work. `cron` in the zone of the process; `kept` ones survive a restart in `State.chores`. */
export interface Chore {
  readonly name: ChoreName
  readonly cron: string
  /** Whether a start that was missed (process down, machine asleep) is made up for soon after the next start. */
  readonly madeUp: boolean
}

export type ChoreName =
  | 'overdue'
  | 'notices'
  | 'digest'
  | 'live'
  | 'collect'
  | 'retention'
  | 'compaction'
  | 'copy'
  | 'trash'

/** All recurring work on one page. What each does stands in `wiring/chores.ts`. */
export const TIMETABLE: readonly Chore[] = [
  { name: 'overdue', cron: '* * * * *', madeUp: false },
  { name: 'notices', cron: '30 * * * * *', madeUp: false },
  { name: 'live', cron: '45 * * * * *', madeUp: false },
  { name: 'digest', cron: '*/5 * * * *', madeUp: false },
  { name: 'collect', cron: '*/5 * * * *', madeUp: false },
  { name: 'copy', cron: '20 2 * * *', madeUp: true },
  { name: 'trash', cron: '10 3 * * *', madeUp: true },
  { name: 'retention', cron: '40 3 * * *', madeUp: true },
  { name: 'compaction', cron: '50 3 * * *', madeUp: true },
]
