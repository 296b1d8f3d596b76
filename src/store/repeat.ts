import type { Arrival } from '../domain/run.ts'
import { FLOATS, WHOLES } from './columns.ts'
import { hashOf } from './run-line.ts'
import type { RunTable } from './run-table.ts'

const REPEAT_WINDOW_MS = 15 * 60_000

/**
 * Under what an arrival is known: job, operation and begin in whole seconds; without a begin time the hash of
 * its document. Two arrivals with one key at the same time are one run.
 */
export function repeatKey(jobId: string, arrival: Arrival): string {
  const begin = beginSecond(arrival)
  return begin === null ? `${jobId} #${arrival.bodyHash}` : `${jobId} @${begin} ${arrival.operation}`
}

/**
 * Runs that the arrival may be a repeat of, newest first. With a begin time there is at most one and it is; by
 * hash, 32 bits of it agree and the caller compares the rest.
 */
export function findRepeats(table: RunTable, jobId: string, arrival: Arrival): readonly number[] {
  const rows = table.jobs.rowsOf(jobId)
  if (rows === null) return []
  const begin = beginSecond(arrival)
  const received = Date.parse(arrival.received)
  const from = begin === null ? received - REPEAT_WINDOW_MS : begin * 1000 - table.mostAheadMs
  const to = begin === null ? received + REPEAT_WINDOW_MS : begin * 1000 + 999
  const operation = table.operations.find(arrival.operation)
  const hash = hashOf(arrival.bodyHash)
  const found: number[] = []
  for (let i = rows.firstAtOrAfter(from); i < rows.count && table.atMs(rows.at(i)) <= to; i++) {
    const row = rows.at(i)
    const beganMs = table.columns.float(FLOATS.begin, row)
    const same =
      begin === null
        ? Number.isNaN(beganMs) && table.columns.whole(WHOLES.hash, row) === hash
        : Math.floor(beganMs / 1000) === begin && table.columns.whole(WHOLES.operation, row) === operation
    if (same) found.unshift(table.columns.whole(WHOLES.no, row))
  }
  return found
}

function beginSecond(arrival: Arrival): number | null {
  const ms = arrival.begin === null ? Number.NaN : Date.parse(arrival.begin)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}
