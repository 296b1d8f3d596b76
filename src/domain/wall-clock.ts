import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'

/** What a clock on the wall shows; `month` is 1 to 12. */
export interface WallClock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/**
 * The moment, in milliseconds since 1970, at which a clock in `zone` shows this; null where no calendar has it (30
 * February, 25 o'clock). `zone` is an IANA name, or minutes east of Greenwich. Unknown names count as UTC. What a
 * clock shows twice is the earlier, what it skips is read by the offset before.
 */
export function fromWallClock(shown: WallClock, zone: string | number): number | null {
  const asUtc = fromUtcClock(shown)
  if (asUtc === null) return null
  if (typeof zone === 'number') return asUtc - zone * MINUTE_MS
  // The larger offset gives the earlier moment; it is right where the clock goes by it then.
  const offsets = [offsetMinutes(zone, asUtc - DAY_MS), offsetMinutes(zone, asUtc + DAY_MS)] as const
  const early = asUtc - Math.max(...offsets) * MINUTE_MS
  if (offsets[0] === offsets[1] || offsetMinutes(zone, early) === Math.max(...offsets)) return early
  const late = asUtc - Math.min(...offsets) * MINUTE_MS
  return offsetMinutes(zone, late) === Math.min(...offsets) ? late : asUtc - offsets[0] * MINUTE_MS
}

/** Minutes east of Greenwich that clocks in `zone` go by at that moment. */
export function offsetMinutes(zone: string, atMs: number): number {
  const day = Math.floor(atMs / DAY_MS)
  const days = daysOf(zone)
  const whole = days.get(day)
  if (whole !== undefined && whole !== null) return whole
  const found = zoneOf(zone)
  if (whole === null) return found.offset(atMs)
  const [first, last] = [found.offset(day * DAY_MS), found.offset((day + 1) * DAY_MS - 1)]
  if (days.size >= MOST_DAYS) days.clear()
  days.set(day, first === last ? first : null)
  return first === last ? first : found.offset(atMs)
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const MOST_DAYS = 5000
const MOST_ZONES = 20

/** Offsets of whole days by zone, null for a day on which the clock is changed: asking for one takes long. */
const known = new Map<string, Map<number, number | null>>()

function daysOf(zone: string): Map<number, number | null> {
  const days = known.get(zone)
  if (days !== undefined) return days
  if (known.size >= MOST_ZONES) known.clear()
  const fresh = new Map<number, number | null>()
  known.set(zone, fresh)
  return fresh
}

function fromUtcClock({ year, month, day, hour, minute, second }: WallClock): number | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null
  if (year < 100 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function zoneOf(zone: string): Zone {
  return IANAZone.isValidZone(zone) ? IANAZone.create(zone) : FixedOffsetZone.utcInstance
}
