import { setImmediate as nextTurn } from 'node:timers/promises'

/** A few jobs (a fifth of a millisecond each) are hardly felt by a report that waits. */
const JOBS_A_TURN = 4
/** While runs keep coming there is always a job left to do: the write does the rest at once. */
const MOST_TURNS = 250

/**
 * Calls `completeSome` once in each turn of the event loop until it says that nothing was left to do: all jobs of a
 * flood at once would hold up every report that waits.
 */
export async function inTurns(completeSome: (jobs: number) => boolean): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && completeSome(JOBS_A_TURN); turn++) await nextTurn()
}
