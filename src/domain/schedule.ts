import { approximateMs, type Interval, keepsTimeOfDay, stepWall } from './interval.ts'
import { DAY } from './moment.ts'
import { utcOf, wallOf, weekdayOf } from './zone.ts'

/** Planned begins: from `baseMs` on by `interval`, on the allowed weekdays of a zone. */
export interface Grid {
  readonly baseMs: number
  readonly interval: Interval
  /** 0 = Sunday ... 6 = Saturday; empty means every day. */
  readonly weekdays: readonly number[]
  /** Zone of weekdays and, for D, W, M and Y, of the time of day; null for the zone of this process. */
  readonly zone: string | null
}

/** Duplicati gives up here too. */
const MOST_STEPS = 50_000

/**
 * The first planned begin after a moment. Rules of Duplicati's scheduler (`Scheduler.cs`): intervals of days,
 * weeks, months and years keep the local time of day; any part of hours or less makes it plain UTC arithmetic;
 * a weekday that is not allowed moves intervals of a day or more on by 24 hours at a time (at most 8), shorter
 * ones keep stepping. null where nothing is found in 50 000 steps.
 */
export function nextSlot(grid: Grid, afterMs: number): number | null {
  return slotsAfter(grid, afterMs, Number.POSITIVE_INFINITY, 1)[0] ?? null
}

/** Planned begins inside `(fromMs, toMs]`, also those before the grid's base; at most `limit`. */
export function slotsBetween(grid: Grid, fromMs: number, toMs: number, limit: number): readonly number[] {
  return slotsAfter(reachingBack(grid, fromMs), fromMs, toMs, limit)
}

function slotsAfter(grid: Grid, afterMs: number, toMs: number, limit: number): number[] {
  if (!Number.isFinite(grid.baseMs) || !Number.isFinite(afterMs)) return []
  const walk = keepsTimeOfDay(grid.interval) ? walkCalendar : walkClock
  const slots: number[] = []
  walk(grid, afterMs, (slot) => {
    if (slot <= afterMs) return true
    if (slot > toMs) return false
    return slots.push(slot) < limit
  })
  return slots
}

/** Gives planned begins one after another, from somewhere before `afterMs` on, until told to stop. */
function walkCalendar(grid: Grid, afterMs: number, goOn: (slot: number) => boolean): void {
  const { interval, zone } = grid
  let wall = wallOf(grid.baseMs, zone)
  // A plain run of days can be reached in one leap; weekdays and months have to be walked, because each step
  // starts where the last one ended.
  if (grid.weekdays.length === 0 && interval.months === 0 && interval.years === 0) {
    const length = interval.days * DAY
    const steps = Math.floor((wallOf(afterMs, zone) - wall) / length) - 1
    if (steps > 0) wall += steps * length
  }
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const allowed = allowedDay(grid, wall)
    if (allowed === null || !goOn(utcOf(allowed, zone))) return
    wall = stepWall(allowed, interval)
  }
}

function allowedDay(grid: Grid, wall: number): number | null {
  if (grid.weekdays.length === 0) return wall
  for (let day = 0; day < 8; day += 1) {
    if (grid.weekdays.includes(weekdayOf(wall + day * DAY))) return wall + day * DAY
  }
  return null
}

function walkClock(grid: Grid, afterMs: number, goOn: (slot: number) => boolean): void {
  const { interval, weekdays } = grid
  const calendarFree = interval.months === 0 && interval.years === 0
  const length = approximateMs(interval)
  let slot = grid.baseMs
  if (calendarFree && slot <= afterMs) {
    const leap = Math.floor((afterMs - slot) / length) * length
    if (weekdays.length === 0 || length < DAY) slot += leap
  }
  for (let step = 0; step < MOST_STEPS; step += 1) {
    slot = length < DAY ? slot : (skipDays(grid, slot) ?? Number.NaN)
    if (Number.isNaN(slot) || (isAllowed(grid, slot) && !goOn(slot))) return
    slot = stepWall(slot, interval)
  }
}

function skipDays(grid: Grid, slot: number): number | null {
  for (let day = 0; day < 8; day += 1) {
    if (isAllowed(grid, slot + day * DAY)) return slot + day * DAY
  }
  return null
}

function isAllowed(grid: Grid, slot: number): boolean {
  return grid.weekdays.length === 0 || grid.weekdays.includes(weekdayOf(wallOf(slot, grid.zone)))
}

function reachingBack(grid: Grid, fromMs: number): Grid {
  if (grid.baseMs <= fromMs) return grid
  const steps = Math.ceil((grid.baseMs - fromMs) / approximateMs(grid.interval)) + 1
  const { years, months, days, clockMs } = grid.interval
  const back = {
    years: -years * steps,
    months: -months * steps,
    days: -days * steps,
    clockMs: -clockMs * steps,
  }
  if (!keepsTimeOfDay(grid.interval)) return { ...grid, baseMs: stepWall(grid.baseMs, back) }
  return { ...grid, baseMs: utcOf(stepWall(wallOf(grid.baseMs, grid.zone), back), grid.zone) }
}
