import { DAY, HOUR, MINUTE, SECOND } from './moment.ts'

/** An interval in Duplicati's grammar, taken apart. Parts of one unit are summed. */
export interface Interval {
  readonly years: number
  readonly months: number
  readonly days: number
  /** Hours, minutes and seconds together, in milliseconds. */
  readonly clockMs: number
}

type Written = { -readonly [K in keyof Interval]: Interval[K] }

/**
 * Reads `1D`, `12h`, `1D12h`, `1M` or a bare number of seconds. Units are case-sensitive: `s m h D W M Y`.
 * null for anything else, for zero, and for intervals beyond a century. Source: Duplicati `Timeparser.cs`.
 */
export function parseInterval(text: string): Interval | null {
  const source = text.trim()
  if (source.length === 0 || source.length > 60) return null
  if (/^\d+$/.test(source)) return checked({ years: 0, months: 0, days: 0, clockMs: Number(source) * SECOND })
  if (!/^(?:\d+[smhDWMY])+$/.test(source)) return null
  const interval: Written = { years: 0, months: 0, days: 0, clockMs: 0 }
  for (const [, count, unit] of source.matchAll(/(\d+)([smhDWMY])/g)) add(interval, Number(count), unit ?? '')
  return checked(interval)
}

function add(interval: Written, count: number, unit: string): void {
  if (unit === 'Y') interval.years += count
  else if (unit === 'M') interval.months += count
  else if (unit === 'W') interval.days += count * 7
  else if (unit === 'D') interval.days += count
  else if (unit === 'h') interval.clockMs += count * HOUR
  else if (unit === 'm') interval.clockMs += count * MINUTE
  else interval.clockMs += count * SECOND
}

const CENTURY = 36_525 * DAY

function checked(interval: Interval): Interval | null {
  const length = approximateMs(interval)
  return length > 0 && length <= CENTURY ? interval : null
}

/** Length with months of 30 days and years of 365, as Duplicati's own span parser has it. */
export function approximateMs(interval: Interval): number {
  return (interval.years * 365 + interval.months * 30 + interval.days) * DAY + interval.clockMs
}

/** Only days, weeks, months and years: such a rhythm keeps the local time of day over daylight saving. */
export function keepsTimeOfDay(interval: Interval): boolean {
  return interval.clockMs === 0
}

/** One step on the wall clock. The end of a month sticks: 31 January and a month is 28 February. */
export function stepWall(wall: number, interval: Interval): number {
  const months = interval.years * 12 + interval.months
  return (months === 0 ? wall : addMonths(wall, months)) + interval.days * DAY + interval.clockMs
}

function addMonths(wall: number, months: number): number {
  const date = new Date(wall)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + months
  const year = Math.floor(month / 12)
  const last = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate()
  const day = Math.min(date.getUTCDate(), last)
  return Date.UTC(year, month % 12, day) + (wall - Math.floor(wall / DAY) * DAY)
}
