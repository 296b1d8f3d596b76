import { iso } from '../domain/moment.ts'
import type { Doubts } from './doubts.ts'
import { readStamp, readTimeSpan, type Stamp } from './times.ts'
import { type Fields, quoted } from './values.ts'

export interface RunTimes {
  readonly begin: string | null
  readonly end: string | null
  readonly durationS: number | null
}

/** Before the first Duplicati: a clock that was never set. */
const EARLIEST_MS = Date.UTC(2008, 0, 1)
const DAY_MS = 86_400_000
/** Clocks may differ by so much without a word. */
const SKEW_MS = 10 * 60_000

/**
 * Begin, end and duration of a run. A time that cannot be true (before 2008, more than a day after it reached us,
 * garbage) is null; whatever is not as it should be is noted. The duration is what the report says where that fits
 * its times, else it follows from the times. `writtenAt`, when a database row was written, stands in for an end.
 */
export function readRunTimes(
  data: Fields,
  about: { receivedAt: Date; zone: string; writtenAt: number | null },
  doubts: Doubts,
): RunTimes {
  const receivedMs = about.receivedAt.getTime()
  const beginStamp = readStamp(data['BeginTime'], about.zone)
  const begin = usable(beginStamp, receivedMs)
  noteBegin(beginStamp, begin, data['BeginTime'], receivedMs, doubts)
  const endStamp = readStamp(data['EndTime'], about.zone)
  const said = usable(endStamp, receivedMs) ?? about.writtenAt
  if (endStamp.kind === 'unreadable' || (endStamp.kind === 'at' && usable(endStamp, receivedMs) === null))
    doubts.add('end-unusable', { said: quoted(data['EndTime']) })
  const backwards = begin !== null && said !== null && said < Math.floor(begin / 1000) * 1000
  if (backwards) doubts.add('end-before-begin')
  const end = backwards ? null : said
  return {
    begin: begin === null ? null : iso(begin),
    end: end === null ? null : iso(end),
    durationS: durationOf(data['Duration'], begin, end, doubts),
  }
}

/** The moment as ISO text where it can be true; for times beside those of the run. */
export function usableMoment(value: unknown, zone: string, latestMs: number): string | null {
  const stamp = readStamp(value, zone)
  if (stamp.kind !== 'at' || stamp.ms < EARLIEST_MS || stamp.ms > latestMs) return null
  return iso(stamp.ms)
}

function usable(stamp: Stamp, receivedMs: number): number | null {
  return stamp.kind === 'at' && stamp.ms >= EARLIEST_MS && stamp.ms <= receivedMs + DAY_MS ? stamp.ms : null
}

function noteBegin(
  stamp: Stamp,
  begin: number | null,
  value: unknown,
  receivedMs: number,
  doubts: Doubts,
): void {
  if (stamp.kind === 'missing' || stamp.kind === 'unset') doubts.add('begin-missing')
  else if (begin === null) doubts.add('begin-unusable', { said: quoted(value) })
  else if (begin > receivedMs + SKEW_MS) doubts.add('begin-ahead')
  else if (stamp.kind === 'at' && stamp.guessed) doubts.add('begin-guessed', { said: quoted(value) })
}

function durationOf(value: unknown, begin: number | null, end: number | null, doubts: Doubts): number | null {
  const said = readTimeSpan(value)
  const between = begin !== null && end !== null ? Math.max(0, end - begin) / 1000 : null
  if (said === null && value !== undefined && value !== null)
    doubts.add('duration-unusable', { said: quoted(value) })
  // Where the end was never set, a duration of nothing means that nobody measured.
  if (between === null) return said === 0 ? null : said
  if (said === null || (said === 0 && between > 2)) return between
  if (Math.abs(said - between) <= 2) return said
  doubts.add('duration-disagrees', { said: quoted(value) })
  return between
}
