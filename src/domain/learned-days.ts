import type { Interval } from './interval.ts'
import { DAY } from './moment.ts'
import { gapsOf, median } from './statistics.ts'
import { weekdayOf } from './zone.ts'

/** On which days runs come: every so many days, on a set of weekdays, or monthly; `day` is one of them. */
export interface DayHabit {
  readonly day: number
  readonly interval: Interval
  readonly weekdays: readonly number[]
}

/**
 * The days on which runs come. `days` are day numbers of punctual runs, ascending, `came` of late ones too;
 * `today` is the day of the newest run of any kind, so that a habit that was given up (two planned days without,
 * while other runs came) is not kept.
 */
export function learnDays(days: readonly number[], came: readonly number[], today: number): DayHabit | null {
  const seen = [...new Set(days)].sort((a, b) => a - b)
  const newest = seen.at(-1)
  if (newest === undefined || seen.length < 3) return null
  const gap = Math.round(median(gapsOf(seen)) ?? 1)
  const habit = onWeekdays(seen, came, gap) ?? monthly(seen, gap) ?? everySoManyDays(seen, gap)
  if (habit === null) return null
  return today - newest > 2 * lengthOf(habit) ? null : habit
}

function lengthOf(habit: DayHabit): number {
  if (habit.interval.months > 0) return 31
  return habit.weekdays.length > 0 ? Math.ceil(7 / habit.weekdays.length) : habit.interval.days
}

function onWeekdays(days: readonly number[], came: readonly number[], gap: number): DayHabit | null {
  const first = days[0] ?? 0
  const last = days.at(-1) ?? 0
  if (gap !== 1 && (gap > 7 || last - first < 13)) return null
  const weekdays = [0, 1, 2, 3, 4, 5, 6].filter((weekday) => isUsual(came, weekday, gap === 1 ? 0.3 : 0.6))
  const covered = days.filter((day) => weekdays.includes(weekdayOf(day * DAY)))
  const day = covered.at(-1)
  if (day === undefined || covered.length < days.length * 0.75) return null
  const all = weekdays.length === 7
  return { day, interval: { years: 0, months: 0, days: 1, clockMs: 0 }, weekdays: all ? [] : weekdays }
}

/** Whether a weekday had a run often enough; one that has not come yet since the first run counts as usual. */
function isUsual(days: readonly number[], weekday: number, share: number): boolean {
  const first = days[0] ?? 0
  const last = days.at(-1) ?? 0
  const lead = (weekday - weekdayOf(first * DAY) + 7) % 7
  const occurrences = Math.floor((last - first - lead) / 7) + 1
  if (occurrences <= 0) return last - first < 7
  const came = new Set(days.filter((day) => weekdayOf(day * DAY) === weekday))
  return came.size >= occurrences * share
}

function monthly(days: readonly number[], gap: number): DayHabit | null {
  if (gap < 28 || gap > 31) return null
  const dates = days.map((day) => new Date(day * DAY))
  const sameDay = new Set(dates.map((date) => date.getUTCDate())).size === 1
  const lastDay = days.every((day) => new Date((day + 1) * DAY).getUTCDate() === 1)
  const day = days.at(-1) ?? 0
  if (!sameDay && !lastDay) return null
  return { day, interval: { years: 0, months: 1, days: 0, clockMs: 0 }, weekdays: [] }
}

function everySoManyDays(days: readonly number[], gap: number): DayHabit | null {
  if (gap < 2) return null
  const gaps = gapsOf(days)
  const agreeing = gaps.filter((length) => length % gap === 0)
  if (agreeing.length < gaps.length * 0.7) return null
  const counts = days.map((day) => days.filter((other) => (day - other) % gap === 0).length)
  const most = Math.max(...counts)
  const day = days.findLast((_, index) => counts[index] === most) ?? days.at(-1) ?? 0
  return { day, interval: { years: 0, months: 0, days: gap, clockMs: 0 }, weekdays: [] }
}
