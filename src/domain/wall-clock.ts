import { DateTime, FixedOffsetZone, IANAZone, type Zone } from 'luxon'

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
  const at = DateTime.fromObject(shown, { zone: zoneOf(zone) })
  return at.isValid ? at.toMillis() : null
}

/** Minutes east of Greenwich that clocks in `zone` go by at that moment. */
export function offsetMinutes(zone: string, atMs: number): number {
  return zoneOf(zone).offset(atMs)
}

function zoneOf(zone: string | number): Zone {
  if (typeof zone === 'number') return FixedOffsetZone.instance(zone)
  return IANAZone.isValidZone(zone) ? IANAZone.create(zone) : FixedOffsetZone.utcInstance
}
