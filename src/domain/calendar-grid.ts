import type { History, RunRow } from './history.ts'
import type { Job } from './job.ts'
import { missedSlots } from './missed-slots.ts'
import { DAY, iso, ms, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { rhythmOf } from './rhythm-of.ts'
import { isBackup, isGood } from './run.ts'
import { kindOf, type RunKind } from './run-kind.ts'
import type { ExpectingServer } from './tolerance.ts'
import { dayOf, utcOf, wallOf, weekdayOf } from './zone.ts'

/** A day of the calendar. `kind` is the worst that happened; null where nothing ran and nothing was missed. */
export interface CalendarDay {
  /** `YYYY-MM-DD` in the reader's zone. */
  readonly date: string
  readonly kind: RunKind | 'missed' | null
  readonly runs: number
  readonly missed: number
  /** Number of the worst run of the day, for the link; null where none ran. */
  readonly no: number | null
}

/** Six months of runs, a column a week. */
export interface CalendarGrid {
  /** Weeks from the oldest; each has seven days from `firstWeekday` on, null outside of the range. */
  readonly weeks: readonly (readonly (CalendarDay | null)[])[]
  readonly runs: number
  /** Good runs of all runs; null where there were none. */
  readonly goodShare: number | null
  /** The longest time between two good runs, or since the last one; null with no good run. */
  readonly longestGap: { readonly seconds: number; readonly from: string; readonly untilNow: boolean } | null
}

const DAYS = 183
const MOST_RUNS = 6_000
const WORSE: readonly CalendarDay['kind'][] = ['failed', 'missed', 'warning', 'unknown', 'success', null]

/** The calendar of a job in a zone (null: that of the process). `firstWeekday` 0 = Sunday, 1 = Monday. */
export function calendarGrid(
  job: Job,
  server: ExpectingServer,
  history: History,
  settings: MonitoringSettings,
  now: Date,
  view: { readonly zone: string | null; readonly firstWeekday?: number } = { zone: null },
): CalendarGrid {
  const nowMs = now.getTime()
  const today = dayOf(wallOf(nowMs, view.zone))
  const fromMs = utcOf((today - DAYS + 1) * DAY, view.zone)
  const rows = rowsSince(history, job.id, fromMs)
  const first = rows[0]
  const expectation = job.expectation
  const graceMs = ms(expectation?.overdueAt ?? '') - ms(expectation?.dueAt ?? '')
  const missed =
    first === undefined
      ? []
      : missedSlots(
          rhythmOf(job, server, settings),
          rows.map((row) => row.atMs),
          first.atMs,
          nowMs - (Number.isNaN(graceMs) ? 0 : graceMs),
        )
  const days = daysOf(rows, missed, view.zone)
  const good = rows.filter(isGood)
  return {
    weeks: weeksOf(days, today, view.firstWeekday ?? 1),
    runs: rows.length,
    goodShare: rows.length === 0 ? null : good.length / rows.length,
    longestGap: longestGap(good, nowMs),
  }
}

/** Backup runs of a job since a moment, oldest first. */
export function rowsSince(
  history: History,
  jobId: string,
  fromMs: number,
  most = MOST_RUNS,
): readonly RunRow[] {
  const rows: RunRow[] = []
  for (let offset = 0; offset < most; offset += 500) {
    const page = history.ofJob(jobId, { limit: 500, offset })
    for (const row of page) if (row.atMs >= fromMs && isBackup(row)) rows.push(row)
    const oldest = page.at(-1)
    if (page.length < 500 || oldest === undefined || oldest.atMs < fromMs) break
  }
  return rows.reverse()
}

function daysOf(
  rows: readonly RunRow[],
  missed: readonly number[],
  zone: string | null,
): Map<number, CalendarDay> {
  const days = new Map<number, CalendarDay>()
  for (const row of rows) {
    const day = dayOf(wallOf(row.atMs, zone))
    const before = days.get(day) ?? blank(day)
    const worse = WORSE.indexOf(kindOf(row)) < WORSE.indexOf(before.kind)
    const shown = worse ? { kind: kindOf(row), no: row.no } : {}
    days.set(day, { ...before, ...shown, runs: before.runs + 1 })
  }
  for (const slot of missed) {
    const day = dayOf(wallOf(slot, zone))
    const before = days.get(day) ?? blank(day)
    const worse = WORSE.indexOf('missed') < WORSE.indexOf(before.kind)
    days.set(day, { ...before, kind: worse ? 'missed' : before.kind, missed: before.missed + 1 })
  }
  return days
}

function blank(day: number): CalendarDay {
  return { date: iso(day * DAY).slice(0, 10), kind: null, runs: 0, missed: 0, no: null }
}

function weeksOf(
  days: ReadonlyMap<number, CalendarDay>,
  today: number,
  firstWeekday: number,
): (CalendarDay | null)[][] {
  const first = today - DAYS + 1
  const lead = (weekdayOf(first * DAY) - firstWeekday + 7) % 7
  const weeks: (CalendarDay | null)[][] = []
  for (let start = first - lead; start <= today; start += 7) {
    weeks.push([0, 1, 2, 3, 4, 5, 6].map((offset) => dayIn(days, start + offset, first, today)))
  }
  return weeks
}

function dayIn(
  days: ReadonlyMap<number, CalendarDay>,
  day: number,
  first: number,
  today: number,
): CalendarDay | null {
  return day < first || day > today ? null : (days.get(day) ?? blank(day))
}

function longestGap(good: readonly RunRow[], nowMs: number): CalendarGrid['longestGap'] {
  const ends = [...good.map((row) => row.atMs), nowMs]
  let longest: CalendarGrid['longestGap'] = null
  for (let index = 0; index < ends.length - 1; index += 1) {
    const from = ends[index] ?? 0
    const seconds = Math.max(0, Math.round(((ends[index + 1] ?? from) - from) / SECOND))
    if (longest !== null && seconds <= longest.seconds) continue
    longest = { seconds, from: iso(from), untilNow: index === ends.length - 2 }
  }
  return longest
}
