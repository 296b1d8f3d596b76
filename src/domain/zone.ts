import { IANAZone, SystemZone, type Zone } from 'luxon'
import { DAY, MINUTE } from './moment.ts'

/**
 * Wall clock arithmetic. A "wall" moment is the reading of a clock on the wall written as if it were UTC, in
 * milliseconds: days and times of day are whole divisions of it, whatever the zone does.
 */
export function wallOf(utcMs: number, zone: string | null): number {
  return utcMs + offsetMs(utcMs, zone)
}

/**
 * The moment a wall clock shows `wall`. A reading that daylight saving skips is moved forward by the gap; of one
 * that comes twice the moment nearer to the offset in force just before is taken (as luxon does).
 */
export function utcOf(wall: number, zone: string | null): number {
  const first = offsetMs(wall - offsetMs(wall, zone), zone)
  const second = offsetMs(wall - first, zone)
  if (first === second) return wall - first
  const third = offsetMs(wall - second, zone)
  return second === third ? wall - second : wall - Math.min(second, third)
}

/** 0 = Sunday ... 6 = Saturday. */
export function weekdayOf(wall: number): number {
  return (((Math.floor(wall / DAY) + 4) % 7) + 7) % 7
}

/** Whole days since 1 January 1970. */
export function dayOf(wall: number): number {
  return Math.floor(wall / DAY)
}

/** Minutes since midnight. */
export function minuteOf(wall: number): number {
  return Math.floor((wall - dayOf(wall) * DAY) / MINUTE)
}

/** Midnight of the day in which a moment falls, in a zone. */
export function startOfDay(utcMs: number, zone: string | null): number {
  return utcOf(dayOf(wallOf(utcMs, zone)) * DAY, zone)
}

export function isZone(name: string): boolean {
  return name !== '' && IANAZone.isValidZone(name)
}

const zones = new Map<string, Zone>()

function zoneNamed(name: string | null): Zone {
  if (name === null) return SystemZone.instance
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = isZone(name) ? IANAZone.create(name) : SystemZone.instance
  if (zones.size < 500) zones.set(name, zone)
  return zone
}

// Asking Intl costs microseconds and rhythms ask for the same moments again and again; offsets change only at
// quarters of an hour, so a quarter is the key.
const QUARTER = 15 * MINUTE
const offsets = new Map<string | null, Map<number, number>>()

function offsetMs(utcMs: number, zone: string | null): number {
  if (!Number.isFinite(utcMs)) return Number.NaN
  let known = offsets.get(zone)
  if (known === undefined || known.size > 20_000) {
    if (offsets.size > 500) offsets.clear()
    known = new Map()
    offsets.set(zone, known)
  }
  const quarter = Math.floor(utcMs / QUARTER)
  let offset = known.get(quarter)
  if (offset === undefined) {
    offset = zoneNamed(zone).offset(quarter * QUARTER) * MINUTE
    known.set(quarter, offset)
  }
  return offset
}
