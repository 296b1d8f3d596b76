import type { RemoteRow } from './remote-shape.ts'

/**
 * How far the log of one job has been read. Rows are read from the newest down, so what was read is everything up
 * to `done` and, where reading was broken off, a second stretch above it.
 */
export interface LogMark {
  readonly backupId: string
  /** Every row up to this id is ours; 0 for none. */
  readonly done: number
  /** When row `done` was written: a database made anew counts from 1 again and has other times. */
  readonly doneAt: string | null
  readonly stretch: Stretch | null
}

interface Stretch {
  readonly top: number
  readonly topAt: string | null
  readonly bottom: number
}

/** A mark in the course of reading, and where to read on. */
export interface Reading {
  readonly mark: LogMark
  /** The newest row of this reading. */
  readonly newest: RemoteRow | null
  /** Whether the stretch of the mark is the one being read. */
  readonly joined: boolean
  readonly before: number | null
  readonly finished: boolean
}

export function startReading(mark: LogMark | undefined, backupId: string): Reading {
  const known = mark ?? { backupId, done: 0, doneAt: null, stretch: null }
  return { mark: known, newest: null, joined: known.stretch === null, before: null, finished: false }
}

/** The rows of a page, newest first, that were not read before; forgets the mark where the database was made anew. */
export function freshRows(
  reading: Reading,
  rows: readonly RemoteRow[],
): { reading: Reading; fresh: readonly RemoteRow[] } {
  const mark = isMadeAnew(reading, rows)
    ? { ...reading.mark, done: 0, doneAt: null, stretch: null }
    : reading.mark
  const seen: Reading = { ...reading, mark, joined: reading.joined || mark.stretch === null }
  return { reading: seen, fresh: rows.filter((row) => !isRead(mark, row.id)) }
}

/** The reading after all rows of a page have been taken. */
export function afterPage(reading: Reading, rows: readonly RemoteRow[], more: boolean): Reading {
  const newest = reading.newest ?? rows[0] ?? null
  const lowest = rows.at(-1)
  if (newest === null || lowest === undefined) return { ...reading, finished: true }
  const { mark } = reading
  if (!more || lowest.id <= mark.done) {
    const done = { backupId: mark.backupId, done: newest.id, doneAt: newest.at, stretch: null }
    return { ...reading, newest, mark: done, finished: true }
  }
  const old = mark.stretch
  const meets = old !== null && !reading.joined && lowest.id <= old.top
  // Not yet down to what an earlier reading left: its stretch is worth more than ours.
  if (old !== null && !reading.joined && !meets) return { ...reading, newest, before: lowest.id }
  const bottom = meets ? Math.min(old.bottom, lowest.id) : lowest.id
  const stretch = { top: newest.id, topAt: newest.at, bottom }
  return { newest, mark: { ...mark, stretch }, joined: true, before: bottom, finished: false }
}

function isRead(mark: LogMark, id: number): boolean {
  return id <= mark.done || (mark.stretch !== null && id <= mark.stretch.top && id >= mark.stretch.bottom)
}

/** Its newest id is below ours, or one of our ids has another time. */
function isMadeAnew(reading: Reading, rows: readonly RemoteRow[]): boolean {
  const { done, doneAt, stretch } = reading.mark
  const first = rows[0]
  if (
    reading.newest === null &&
    first !== undefined &&
    first.id < Math.max(done, reading.joined ? 0 : (stretch?.top ?? 0))
  )
    return true
  if (rows.some((row) => row.id === done && row.at !== doneAt)) return true
  return !reading.joined && rows.some((row) => row.id === stretch?.top && row.at !== stretch.topAt)
}
