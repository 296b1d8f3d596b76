import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Disk } from '../store/disk.ts'
import type { StoreOutside } from '../store/open.ts'

/** The world, as far as tests and demos may replace it. */
export interface Outside {
  readonly clock: Clock
  readonly disk: Disk
  readonly log: Log
  /** Steps of the data to later versions, in place of those that this program knows. */
  readonly data: DataSteps
  /** Starts the program again, with what was restored; without it that waits for the next start. */
  readonly restart: () => void
}

export type DataSteps = Pick<StoreOutside, 'migrations' | 'schemaVersion'>
