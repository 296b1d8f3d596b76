import { rowsSince } from '../domain/calendar-grid.ts'
import { thinned } from '../domain/figures.ts'
import type { History, RunRow } from '../domain/history.ts'
import { runId } from '../domain/run.ts'
import { rangeStart, sumTrends, TREND_METRICS, type TrendMetric, type TrendRange } from '../domain/trends.ts'

/** Six measures over one line of time, as charts and the table beside them show it. null where nothing was told. */
export interface ChartData {
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[]
  /** Ids of the runs behind the points; empty for sums. */
  readonly runs: readonly string[]
  /** Places in `times` at which a run failed. */
  readonly failed: readonly number[]
  readonly values: Readonly<Record<TrendMetric, readonly (number | null)[]>>
  /** Where the axis begins and ends. */
  readonly from: number
  readonly to: number
}

const MOST_POINTS = 300
const MOST_RUNS = 20_000

const FIGURE = {
  uploaded: 'uploadedBytes',
  duration: 'durationS',
  files: 'sourceFiles',
  source: 'sourceBytes',
  stored: 'storedBytes',
  versions: 'versions',
} as const satisfies Record<TrendMetric, keyof RunRow>

/** One job: a point a run; of very many every so many, but each that failed. */
export function jobChartData(jobId: string, history: History, range: TrendRange, now: Date): ChartData {
  const all = rowsSince(history, jobId, rangeStart(range, now), MOST_RUNS)
  const isBad = (row: RunRow) => row.result === 'error' || row.result === 'fatal'
  const kept = new Set([...thinned(all, MOST_POINTS), ...all.filter(isBad).slice(-60)])
  const rows = all.filter((row) => kept.has(row))
  return {
    times: rows.map((row) => row.atMs),
    runs: rows.map((row) => runId(row.no)),
    failed: rows.flatMap((row, index) => (isBad(row) ? [index] : [])),
    values: valuesOf((metric) =>
      // A failed run tells little of the job: it would be a hole to zero in the line. It is marked instead.
      rows.map((row) => (isBad(row) ? null : told(row[FIGURE[metric]]))),
    ),
    from: range === 'all' ? (rows[0]?.atMs ?? now.getTime()) : rangeStart(range, now),
    to: now.getTime(),
  }
}

/** Sums over several jobs, each carrying on with what it told last. */
export function sumChartData(
  jobIds: readonly string[],
  history: History,
  range: TrendRange,
  now: Date,
  zone: string,
): ChartData {
  const trends = sumTrends(jobIds, history, range, now, zone)
  const times = [...new Set(TREND_METRICS.flatMap((metric) => trends[metric].map(([at]) => at)))].sort(
    (one, other) => one - other,
  )
  return {
    times,
    runs: [],
    failed: [],
    values: valuesOf((metric) => {
      const at = new Map(trends[metric])
      return times.map((time) => at.get(time) ?? null)
    }),
    from: range === 'all' ? (times[0] ?? now.getTime()) : rangeStart(range, now),
    to: now.getTime(),
  }
}

function valuesOf(of: (metric: TrendMetric) => (number | null)[]): ChartData['values'] {
  const values = TREND_METRICS.map((metric) => [metric, of(metric)] as const)
  return Object.fromEntries(values) as Record<TrendMetric, (number | null)[]>
}

function told(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
