import { approximateMs, type Interval, keepsTimeOfDay, parseInterval } from './interval.ts'
import type { Job, UserExpectation } from './job.ts'
import { samePhase } from './learned-rhythm.ts'
import { minutesOf } from './maintenance-window.ts'
import { beginMs, DAY, HOUR, MINUTE, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { afterTheLast, gridRhythm, intervalWords, noRhythm, type Rhythm } from './rhythm.ts'
import { text } from './text.ts'
import { type ExpectingServer, toleranceMinutes } from './tolerance.ts'
import { dayOf, utcOf, wallOf } from './zone.ts'

type UserInterval = Extract<UserExpectation, { kind: 'interval' }>

/** The rhythm that the owner set for a job, or for all jobs of its server. */
export function userRhythm(
  wish: UserExpectation,
  job: Job,
  server: ExpectingServer,
  settings: MonitoringSettings,
): Rhythm {
  if (wish.kind === 'manual') return noRhythm('user', text('because.user-manual'), text('rhythm.manual'))
  if (wish.kind === 'within') return withinDays(wish.days, settings)
  const interval = parseInterval(wish.interval)
  if (interval === null)
    return noRhythm('broken', text('because.broken-interval', { interval: wish.interval }))
  const length = approximateMs(interval)
  const zone = wish.zone ?? settings.zone
  const baseMs = baseOf(wish, interval, zone, job)
  const weekdays = wish.weekdays.length === 7 ? [] : wish.weekdays
  const earlyMs = Math.min(length / 4, Math.max(HOUR, toleranceMinutes(job, server, settings) * MINUTE))
  return gridRhythm('user', [{ grid: { baseMs, interval, weekdays, zone }, earlyMs }], (dueMs) =>
    text('because.user-interval', { rhythm: intervalWords(interval, weekdays, dueMs ?? baseMs) }),
  )
}

function withinDays(days: number, settings: MonitoringSettings): Rhythm {
  const whole = Number.isFinite(days) && days > 0 ? days : 1
  const next = (lastMs: number) => utcOf(wallOf(lastMs, settings.zone) + whole * DAY, settings.zone)
  return afterTheLast(
    'user',
    next,
    null,
    text('because.user-within', { days: whole }),
    text('rhythm.within', { days: whole }),
  )
}

/**
 * Where the grid begins: at the set time of day on the day of a usual run, else at a usual run itself. Usual is
 * what most of the last twelve runs agree on, so that a run by hand in between shifts nothing.
 */
function baseOf(wish: UserInterval, interval: Interval, zone: string | null, job: Job): number {
  const begins = job.status.recent.slice(-12).map(beginMs)
  const length = approximateMs(interval)
  const usual = usualRun(begins, interval, length, zone) ?? ms(job.createdAt)
  const minutes = wish.timeOfDay === null ? null : minutesOf(wish.timeOfDay)
  if (minutes === null) return usual
  const wall = wallOf(usual, zone)
  const sameDay = dayOf(wall) * DAY + minutes * MINUTE
  const nearest = [sameDay - DAY, sameDay, sameDay + DAY].reduce((best, one) =>
    Math.abs(one - wall) < Math.abs(best - wall) ? one : best,
  )
  return utcOf(nearest, zone)
}

function usualRun(
  begins: readonly number[],
  interval: Interval,
  length: number,
  zone: string | null,
): number | null {
  const last = begins.at(-1)
  if (last === undefined) return null
  if (interval.months > 0 || interval.years > 0) return last
  const walls = keepsTimeOfDay(interval) ? begins.map((begin) => wallOf(begin, zone)) : begins
  const near = Math.min(length / 6, 90 * MINUTE)
  const agreeing = samePhase(walls, length, near)
  const newest = agreeing.at(-1)
  if (newest === undefined || agreeing.length < 3 || agreeing.length < begins.length * 0.6) return last
  return begins[walls.indexOf(newest)] ?? last
}
