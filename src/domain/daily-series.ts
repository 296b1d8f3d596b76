import { rowsSince } from './calendar-grid.ts'
import type { History } from './history.ts'
import type { Job } from './job.ts'
import { beginMs, DAY } from './moment.ts'
import { RECENT_RUNS } from './recent-runs.ts'
import { startOfDay } from './zone.ts'

/** Thirty days of a job, oldest first, today last. Bytes; NaN before the first run that told. */
export interface DailySeries {
  readonly source: readonly number[]
  readonly stored: readonly number[]
  readonly uploaded: readonly number[]
}

export const SERIES_DAYS = 30

const known = new WeakMap<Job, { readonly fromMs: number; readonly series: DailySeries }>()

/** What a job held and sent on each of the last 30 days; the same object until it runs again or the day is over. */
export function dailySeries(job: Job, history: History, now: Date, zone: string | null): DailySeries {
  const fromMs = startOfDay(now.getTime() - (SERIES_DAYS - 1) * DAY, zone)
  const earlier = known.get(job)
  if (earlier?.fromMs === fromMs) return earlier.series
  const series = seriesOf(pointsSince(job, history, fromMs), fromMs)
  known.set(job, { fromMs, series })
  return series
}

interface Point {
  readonly atMs: number
  readonly source: number
  readonly stored: number
  readonly uploaded: number
}

/** The job itself remembers its last runs; only where that is less than 30 days is history asked. */
function pointsSince(job: Job, history: History, fromMs: number): readonly Point[] {
  const { recent } = job.status
  const first = recent[0]
  if (first === undefined || recent.length < RECENT_RUNS || beginMs(first) <= fromMs) {
    return recent.map((run) => ({
      atMs: beginMs(run),
      source: run.sourceBytes ?? Number.NaN,
      stored: run.storedBytes ?? Number.NaN,
      uploaded: run.uploadedBytes ?? Number.NaN,
    }))
  }
  return rowsSince(history, job.id, fromMs, 3_000).map((row) => ({
    atMs: row.atMs,
    source: row.sourceBytes,
    stored: row.storedBytes,
    uploaded: row.uploadedBytes,
  }))
}

function seriesOf(points: readonly Point[], fromMs: number): DailySeries {
  const source: number[] = []
  const stored: number[] = []
  const uploaded: number[] = []
  let next = 0
  let heldSource = Number.NaN
  let heldStored = Number.NaN
  for (let day = 0; day < SERIES_DAYS; day += 1) {
    const end = fromMs + (day + 1) * DAY
    let sent = 0
    for (let point = points[next]; point !== undefined && point.atMs < end; point = points[next]) {
      if (!Number.isNaN(point.source)) heldSource = point.source
      if (!Number.isNaN(point.stored)) heldStored = point.stored
      if (point.atMs >= fromMs && !Number.isNaN(point.uploaded)) sent += point.uploaded
      next += 1
    }
    source.push(heldSource)
    stored.push(heldStored)
    uploaded.push(sent)
  }
  return { source, stored, uploaded }
}

/** Sum of several series, day by day; what is not known adds nothing. */
export function addSeries(sum: number[], series: readonly number[]): void {
  for (let day = 0; day < series.length; day += 1) {
    const value = series[day] ?? Number.NaN
    if (!Number.isNaN(value)) sum[day] = (sum[day] ?? 0) + value
  }
}
