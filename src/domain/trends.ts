import { rowsSince } from './calendar-grid.ts'
import { thinned } from './figures.ts'
import type { History, RunRow } from './history.ts'
import { DAY } from './moment.ts'
import { isBackup } from './run.ts'
import { startOfDay } from './zone.ts'

export type TrendMetric = 'uploaded' | 'duration' | 'files' | 'source' | 'stored' | 'versions'
export const TREND_METRICS: readonly TrendMetric[] = [
  'stored',
  'source',
  'uploaded',
  'duration',
  'files',
  'versions',
]

export type TrendRange = '1w' | '1m' | '3m' | '1y' | 'all'
export const TREND_RANGES: readonly TrendRange[] = ['1w', '1m', '3m', '1y', 'all']

/** Begin (or end of the span) in milliseconds and a value in the metric's unit: bytes, seconds or a count. */
export type TrendPoint = readonly [atMs: number, value: number]
export type Trends = Readonly<Record<TrendMetric, readonly TrendPoint[]>>

const FIGURE = {
  uploaded: 'uploadedBytes',
  duration: 'durationS',
  files: 'sourceFiles',
  source: 'sourceBytes',
  stored: 'storedBytes',
  versions: 'versions',
} as const satisfies Record<TrendMetric, keyof RunRow>

/** Of these a sum takes what happened in a span; of the others what stood at its end. */
const FLOWS: ReadonlySet<TrendMetric> = new Set(['uploaded', 'duration'])
const LENGTH = { '1w': 7, '1m': 30, '3m': 91, '1y': 365, all: 20 * 365 } as const
const MOST_POINTS = 400
const MOST_RUNS = 20_000
const PAGE = 100

/** Where a range begins. */
export function rangeStart(range: TrendRange, now: Date): number {
  return range === 'all' ? 0 : now.getTime() - LENGTH[range] * DAY
}

/** One job: every run a point, oldest first; of very many every so many. Runs that do not tell are left out. */
export function jobTrends(jobId: string, history: History, range: TrendRange, now: Date): Trends {
  const rows = rowsSince(history, jobId, rangeStart(range, now), MOST_RUNS)
  return trendsOf((metric) => {
    const known = rows.filter((row) => !Number.isNaN(row[FIGURE[metric]]))
    return thinned(known, MOST_POINTS).map((row) => [row.atMs, row[FIGURE[metric]]] as const)
  })
}

/**
 * Sums over several jobs, a point for each span of whole days: what was uploaded and how long it took in the span;
 * files, sizes and versions as they stood at its end, each job carrying on with what it told last.
 */
export function sumTrends(
  jobIds: readonly string[],
  history: History,
  range: TrendRange,
  now: Date,
  zone: string | null,
): Trends {
  const rowsOf = jobIds.map((id) => rowsAndBefore(history, id, rangeStart(range, now)))
  const oldest = Math.min(now.getTime(), ...rowsOf.map((rows) => rows[0]?.atMs ?? now.getTime()))
  const fromMs = startOfDay(Math.max(rangeStart(range, now), oldest), zone)
  const ends = spanEnds(fromMs, now.getTime())
  return trendsOf((metric) => summed(rowsOf, metric, fromMs, ends))
}

/** Backup runs since a moment, oldest first, after at least a page of earlier ones: what those told is carried on. */
function rowsAndBefore(history: History, jobId: string, fromMs: number): readonly RunRow[] {
  const rows: RunRow[] = []
  let isBefore = false
  for (let offset = 0; offset < MOST_RUNS; offset += PAGE) {
    const page = history.ofJob(jobId, { limit: PAGE, offset })
    for (const row of page) if (isBackup(row)) rows.push(row)
    if (page.length < PAGE || isBefore) break
    isBefore = (page.at(-1)?.atMs ?? fromMs) < fromMs
  }
  return rows.reverse()
}

function spanEnds(first: number, nowMs: number): readonly number[] {
  const days = Math.max(1, Math.ceil((nowMs - first) / DAY))
  const step = Math.ceil(days / MOST_POINTS) * DAY
  const ends: number[] = []
  for (let end = first + step; end < nowMs; end += step) ends.push(end)
  return [...ends, nowMs]
}

function summed(
  rowsOf: readonly (readonly RunRow[])[],
  metric: TrendMetric,
  fromMs: number,
  ends: readonly number[],
): TrendPoint[] {
  const sums = ends.map(() => 0)
  const told = ends.map(() => false)
  for (const rows of rowsOf) {
    let next = 0
    let carried = Number.NaN
    for (const [index, end] of ends.entries()) {
      let flow = 0
      for (let row = rows[next]; row !== undefined && row.atMs <= end; row = rows[next]) {
        const value = row[FIGURE[metric]]
        if (!Number.isNaN(value)) {
          carried = value
          // What came before the first span is no part of it.
          if (row.atMs >= fromMs) flow += value
        }
        next += 1
      }
      const value = FLOWS.has(metric) ? flow : carried
      if (Number.isNaN(value)) continue
      sums[index] = (sums[index] ?? 0) + value
      told[index] = true
    }
  }
  return ends.flatMap((end, index) => (told[index] ? [[end, sums[index] ?? 0] as const] : []))
}

function trendsOf(points: (metric: TrendMetric) => readonly TrendPoint[]): Trends {
  const trends = TREND_METRICS.map((metric) => [metric, points(metric)] as const)
  return Object.fromEntries(trends) as Trends
}
