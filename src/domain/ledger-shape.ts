import type { Arrival, Run } from './run.ts'
import type { State } from './state.ts'

/**
 * What the store asks of the ledger. All functions are pure: opening folds runs above `foldedUpTo` again and
 * must come to the very same state.
 */
export interface Ledger {
  /**
   * Finds or makes the server and the job of an arrival and returns the state that has them, with their ids.
   * `newId('srv')` gives a fresh id; it is called only where something new is made.
   */
  place(state: State, arrival: Arrival, newId: (kind: 'srv' | 'job') => string): Placement
  /** Folds a run into the state: status, incidents, notices owed. Idempotent per run number. */
  fold(state: State, run: Run): State
  /**
   * Makes up for what `fold` puts off, once for all runs that share a commit; the same state where nothing is.
   * `most`: how many jobs at a time, all by default.
   */
  complete(state: State, most?: number): State
  /** The later copy where it tells more than the one we have, merged; null where it adds nothing. */
  richer(kept: Run, later: Run): Run | null
}

export interface Placement {
  readonly state: State
  readonly serverId: string
  readonly jobId: string
  /** Whether a server was made: new ones are rate-limited. */
  readonly newServer: boolean
}
