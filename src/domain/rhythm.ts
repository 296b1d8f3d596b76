import type { Expectation } from './expectation-shape.ts'
import { approximateMs, type Interval, keepsTimeOfDay } from './interval.ts'
import { DAY, HOUR, SECOND } from './moment.ts'
import { type Grid, nextSlot, slotsBetween } from './schedule.ts'
import { type Text, text } from './text.ts'

/** When the runs of a job are planned, from one source of knowledge. Moments in milliseconds since 1970. */
export interface Rhythm {
  readonly source: Expectation['source']
  /** The planned begin that is due once a run began at `lastMs`; null where nothing is planned any more. */
  due(lastMs: number): number | null
  /** Planned begins inside `(fromMs, toMs]`, for strips and calendars; empty where there is no grid. */
  between(fromMs: number, toMs: number, limit: number): readonly number[]
  /** How long before a planned begin a run may begin and still be that one. Milliseconds. */
  readonly earlyMs: number
  /** Seconds between two planned begins; null where that is not known. */
  readonly intervalS: number | null
  /** The rhythm in words, with `dueMs` as an example of its time of day. */
  words(dueMs: number): Text | null
  /** Why this is expected. */
  because(dueMs: number | null): Text
}

/** Nothing is expected, and why. */
export function noRhythm(source: Expectation['source'], because: Text, words: Text | null = null): Rhythm {
  return {
    source,
    due: () => null,
    between: () => [],
    earlyMs: 0,
    intervalS: null,
    words: () => words,
    because: () => because,
  }
}

/** Each run is due some time after the last one. */
export function afterTheLast(
  source: Expectation['source'],
  step: (lastMs: number) => number,
  intervalS: number | null,
  because: Text,
  words: Text | null = null,
): Rhythm {
  return {
    source,
    due: step,
    between: () => [],
    earlyMs: 0,
    intervalS,
    words: () => words,
    because: () => because,
  }
}

/** Planned begins of one or more grids; a run up to `earlyMs` before a planned begin counts as that one. */
export function gridRhythm(
  source: Expectation['source'],
  grids: readonly { readonly grid: Grid; readonly earlyMs: number }[],
  because: (dueMs: number | null) => Text,
): Rhythm {
  return {
    source,
    due(lastMs) {
      const slots = grids.flatMap(({ grid, earlyMs }) => nextSlot(grid, lastMs + earlyMs) ?? [])
      return slots.length === 0 ? null : Math.min(...slots)
    },
    between(fromMs, toMs, limit) {
      const slots = grids.flatMap(({ grid }) => slotsBetween(grid, fromMs, toMs, limit))
      return grids.length === 1 ? slots : slots.sort((a, b) => a - b).slice(0, limit)
    },
    earlyMs: Math.min(...grids.map(({ earlyMs }) => earlyMs)),
    intervalS: intervalOf(grids.map(({ grid }) => grid)),
    words: (dueMs) =>
      gridWords(
        grids.map(({ grid }) => grid),
        dueMs,
      ),
    because,
  }
}

function intervalOf(grids: readonly Grid[]): number | null {
  const first = grids[0]
  return first === undefined ? null : Math.round(approximateMs(first.interval) / SECOND / grids.length)
}

function gridWords(grids: readonly Grid[], dueMs: number): Text | null {
  const [first, second] = grids
  if (first === undefined) return null
  if (second === undefined) return intervalWords(first.interval, first.weekdays, dueMs)
  if (grids.length > 2) return text('rhythm.times-a-day', { count: grids.length })
  return text('rhythm.twice-a-day', { first: time(first.baseMs), second: time(second.baseMs) })
}

/** An interval in words: "every day at 03:00", "Monday to Friday at 22:00", "every 4 hours". */
export function intervalWords(interval: Interval, weekdays: readonly number[], dueMs: number): Text {
  const at = time(dueMs)
  const some = weekdays.length > 0 && weekdays.length < 7
  if (!keepsTimeOfDay(interval)) {
    const length = approximateMs(interval)
    if (length === HOUR)
      return some ? text('rhythm.hourly-on', { days: { weekdays } }) : text('rhythm.hourly')
    const every = { seconds: length / SECOND }
    return some ? text('rhythm.every-on', { every, days: { weekdays } }) : text('rhythm.every', { every })
  }
  const { years, months, days } = interval
  if (months === 0 && years === 0) {
    if (days === 1)
      return some ? text('rhythm.weekdays', { days: { weekdays }, at }) : text('rhythm.daily', { at })
    if (days % 7 === 0) return text('rhythm.weeks', { weeks: days / 7, at: weekdayTime(dueMs) })
    return text('rhythm.days', { days, at })
  }
  if (days === 0 && years === 0) return text('rhythm.months', { months, at })
  if (days === 0 && months === 0) return text('rhythm.years', { years, at })
  return text('rhythm.every', { every: { seconds: approximateMs(interval) / SECOND } })
}

function time(at: number): { at: string; as: 'time' } {
  return { at: new Date(at).toISOString(), as: 'time' }
}

function weekdayTime(at: number): { at: string; as: 'weekday-time' } {
  return { at: new Date(at).toISOString(), as: 'weekday-time' }
}

/** A whole number of days where a length is one (to a tenth), else the length itself, to the minute. */
export function intervalFromLength(lengthMs: number): Interval {
  const days = Math.round(lengthMs / DAY)
  const whole = days >= 1 && Math.abs(lengthMs - days * DAY) <= Math.min(days * DAY * 0.1, 3 * 3_600_000)
  return whole
    ? { years: 0, months: 0, days, clockMs: 0 }
    : { years: 0, months: 0, days: 0, clockMs: Math.max(60_000, Math.round(lengthMs / 60_000) * 60_000) }
}
