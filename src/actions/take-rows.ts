import { Failure } from '../domain/failure.ts'
import type { RemoteFacts, RemoteJob, RemoteRow } from '../domain/remote-shape.ts'
import type { Identity } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import type { CollectNeeds } from './collect-needs.ts'
import type { Tally } from './collect-tally.ts'
import { createTurns } from './take-turns.ts'

/** Whose rows they are. */
export interface RowsOf {
  readonly job: RemoteJob
  readonly facts: RemoteFacts
  readonly identity: Pick<Identity, 'machineId' | 'machineName'>
  readonly signal: AbortSignal
}

/** So many rows are read in one turn of the event loop: a millisecond or two, so that pages are answered meanwhile. */
const AT_A_TIME = 2
/** So many are written together: they share an fsync, and are folded in one go when it has ended. */
const TOGETHER = 8
/** For all servers together. */
const turn = createTurns()

/**
 * Records the runs of some rows, oldest first. A row that cannot be read is counted and stepped over; a store that
 * takes no more ends it all. Resolves when every run is on disk.
 */
export async function takeRows(
  needs: CollectNeeds,
  rows: readonly Pick<RemoteRow, 'id' | 'row'>[],
  of: RowsOf,
  tally: Tally,
): Promise<void> {
  const oldestFirst = [...rows].reverse()
  for (let from = 0; from < oldestFirst.length; from += TOGETHER) {
    of.signal.throwIfAborted()
    await takeTogether(needs, oldestFirst.slice(from, from + TOGETHER), of, tally)
  }
}

async function takeTogether(
  needs: CollectNeeds,
  rows: readonly Pick<RemoteRow, 'id' | 'row'>[],
  of: RowsOf,
  tally: Tally,
): Promise<void> {
  const pending: Promise<void>[] = []
  for (const [index, row] of rows.entries()) {
    const taken = take(needs, row, of, tally)
    taken.catch(() => undefined) // looked at below, once all have ended
    pending.push(taken)
    if (index % AT_A_TIME === AT_A_TIME - 1) await turn()
  }
  const broken = (await Promise.allSettled(pending)).find((one) => one.status === 'rejected')
  if (broken !== undefined) throw broken.reason
}

async function take(
  needs: CollectNeeds,
  row: Pick<RemoteRow, 'id' | 'row'>,
  of: RowsOf,
  tally: Tally,
): Promise<void> {
  try {
    const identity = { ...of.identity, backupId: of.job.backupId, backupName: of.job.name, sender: null }
    const about = { identity, receivedAt: needs.clock.now(), zone: of.facts.zone }
    const read = needs.readRow(row.row, about)
    if (read === null) return tally.add({ rows: 1 })
    const arrival = {
      ...read.arrival,
      destinationType: read.arrival.destinationType ?? of.job.destinationType,
    }
    const { duplicate } = await needs.record(arrival, read.log)
    tally.add({ rows: 1, recorded: duplicate ? 0 : 1, known: duplicate ? 1 : 0 })
  } catch (error) {
    if (error instanceof Failure && error.code !== 'invalid') throw error
    if (!(error instanceof Failure))
      needs.log.error(`Row ${row.id} of "${of.job.name}" could not be taken`, { error })
    tally.add({ rows: 1 })
    const reason = error instanceof Failure ? error.text : text('duplicati.failure.unexpected')
    tally.fail(of.job.name, text('duplicati.failure.row', { row: String(row.id), reason }))
  }
}
