import { isZone, utcOf, wallOf } from './zone.ts'

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
 * The moment, in milliseconds since 1970, at which a clock in `zone` shows this; null where no clock can (30
 * February, 25 o'clock). `zone` is an IANA name, or minutes east of Greenwich. Unknown names count as UTC.
 */
export function fromWallClock(shown: WallClock, zone: string | number): number | null {
  if (typeof zone === 'number') return fromOffset(shown, zone)
  const wall = fromOffset(shown, 0)
  return wall === null ? null : utcOf(wall, isKnown(zone) ? zone : 'UTC')
}

/** Plain arithmetic: most times of a report come with their offset, and there are many of them. */
function fromOffset(shown: WallClock, offset: number): number | null {
  const { year, month, day, hour, minute, second } = shown
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null
  if (year < 100 || (day > 28 && day > new Date(Date.UTC(year, month, 0)).getUTCDate())) return null
  return Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000
}

/** Minutes east of Greenwich that clocks in `zone` go by at that moment. */
export function offsetMinutes(zone: string, atMs: number): number {
  return (wallOf(atMs, isKnown(zone) ? zone : 'UTC') - atMs) / 60_000
}

const known = new Map<string, boolean>()

/** Asking Intl for a zone is slow, and a list of versions asks for the same one hundreds of times. */
function isKnown(zone: string): boolean {
  const answer = known.get(zone) ?? isZone(zone)
  if (known.size < 500) known.set(zone, answer)
  return answer
}
