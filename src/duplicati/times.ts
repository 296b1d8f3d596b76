import { fromWallClock } from '../domain/wall-clock.ts'
import { type DateOrder, readLocalDate } from './local-dates.ts'

/**
 * A time as a report tells it. `unset` is how .NET writes a time that was never set (year 1); `guessed` marks one
 * that came without zone or in a notation that reads two ways.
 */
export type Stamp =
  | { readonly kind: 'missing' | 'unset' | 'unreadable' }
  | { readonly kind: 'at'; readonly ms: number; readonly guessed: boolean }

/**
 * Reads `2026-09-01T01:00:00.4137182Z`, the same with an offset or none (then a clock in `zone`), the compact
 * `20260902T010000Z`, and `23.02.2020 23:04:56 (1582495496)`, where the number in brackets, seconds since 1970, is
 * what counts. The plain local dates of very old text reports are read as well as they can be.
 */
export function readStamp(value: unknown, zone: string): Stamp {
  if (value === undefined || value === null) return MISSING
  if (typeof value !== 'string' || value.length > 100) return UNREADABLE
  const iso = ISO.exec(value)
  if (iso !== null) return isoStamp(iso, zone)
  const epoch = EPOCH.exec(value)
  // Swedish, Norwegian and Finnish machines write a minus sign of their own.
  if (epoch !== null) return epochStamp(Number(epoch[1]?.replace('\u2212', '-')))
  const local = readLocalDate(value, zone, DAY_FIRST)
  return local === null ? UNREADABLE : { kind: 'at', ms: local, guessed: true }
}

/**
 * Seconds of a .NET TimeSpan, `[-][d.]hh:mm:ss[.fffffff]`, to the millisecond; null where it is none, is negative
 * or longer than ten years.
 */
export function readTimeSpan(value: unknown): number | null {
  const match = typeof value === 'string' && value.length < 40 ? SPAN.exec(value.trim()) : null
  if (match === null) return null
  const [, days = '0', hours = '', minutes = '', seconds = ''] = match
  const total = Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return total > TEN_YEARS_S ? null : Math.round(total * 1000) / 1000
}

const ISO =
  /^\s*(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,3})\d{0,9})?\s*(Z|[+-]\d\d(?::?\d\d)?)?\s*$/i
const EPOCH = /\(([-\u2212]?\d{1,12})\)\s*$/
const SPAN = /^(?:(\d{1,8})\.)?([01]?\d|2[0-3]):([0-5]\d):([0-5]\d(?:\.\d{1,9})?)$/
const TEN_YEARS_S = 10 * 366 * 86_400
/** `01/01/0001 00:00:00` in seconds since 1970. */
const UNSET_EPOCH = -62_135_596_800
const DAY_FIRST: DateOrder = 'day-first'

const MISSING: Stamp = { kind: 'missing' }
const UNSET: Stamp = { kind: 'unset' }
const UNREADABLE: Stamp = { kind: 'unreadable' }

function isoStamp(match: RegExpExecArray, zone: string): Stamp {
  const shown = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
  }
  if (shown.year === 1) return UNSET
  const offset = match[8]
  const at = fromWallClock(shown, offset === undefined ? zone : minutesOf(offset))
  if (at === null) return UNREADABLE
  return { kind: 'at', ms: at + Number((match[7] ?? '').padEnd(3, '0')), guessed: offset === undefined }
}

function minutesOf(offset: string): number {
  if (offset === 'Z' || offset === 'z') return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || '0')
  return offset.startsWith('-') ? -minutes : minutes
}

function epochStamp(seconds: number): Stamp {
  // A local clock up to a day away from UTC: the unset time may be off by its zone.
  if (seconds < UNSET_EPOCH + 2 * 86_400) return UNSET
  return { kind: 'at', ms: seconds * 1000, guessed: false }
}
