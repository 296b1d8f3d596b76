import { median } from '../domain/statistics.ts'
import { TREND_METRICS, TREND_RANGES, type TrendMetric, type TrendRange } from '../domain/trends.ts'
import type { Words } from '../domain/words.ts'
import type { ChartData } from './chart-data.ts'
import { type Measure, measure } from './measure.ts'
import { preference } from './preferences.ts'
import { drawBars, drawSeries, type SeriesDrawing } from './svg-series.ts'
import type { Visit } from './visit.ts'

export interface ChartsView {
  readonly ranges: readonly { label: string; title: string; href: string; isHere: boolean }[]
  readonly charts: readonly ChartView[]
  readonly style: string
  readonly styles: readonly { name: string; icon: string; label: string; isHere: boolean }[]
  /** Where one comes back to after choosing a style. */
  readonly next: string
  /** What the script draws from. Times are seconds after the first. */
  readonly data: object
  /** Beginning, middle and end of the axis. */
  readonly axis: readonly string[]
  readonly numbersHref: string
  /** The numbers as a table, where it was asked for. */
  readonly numbers: { readonly heads: readonly string[]; readonly rows: readonly NumbersRow[] } | null
  readonly isEmpty: boolean
}

interface ChartView extends Measure {
  readonly metric: TrendMetric
  readonly unitKind: 'bytes' | 'seconds' | 'count'
  readonly title: string
  readonly note: string
  readonly drawing: SeriesDrawing
}

interface NumbersRow {
  readonly at: string
  readonly href: string
  readonly values: readonly string[]
}

const UNIT = {
  uploaded: 'bytes',
  duration: 'seconds',
  files: 'count',
  source: 'bytes',
  stored: 'bytes',
  versions: 'count',
} as const satisfies Record<TrendMetric, string>

const STYLES = [
  ['line', 'chart-line'],
  ['bars', 'chart-column'],
] as const

const PREFERRED: Readonly<Record<string, TrendRange>> = {
  week: '1w',
  month: '1m',
  quarter: '3m',
  year: '1y',
  all: 'all',
}

/** The range that is asked for, else the one this person likes. */
export function rangeOf(query: Readonly<Record<string, string>>, visit: Visit): TrendRange {
  const asked = TREND_RANGES.find((range) => range === query['range'])
  return asked ?? PREFERRED[preference(visit.user, 'range')] ?? '3m'
}

/** Six charts with their drawings, and what script needs to make more of them. `notes` say how a measure goes on. */
export function chartsView(
  data: ChartData,
  range: TrendRange,
  visit: Visit,
  page: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  notes: Readonly<Partial<Record<TrendMetric, string>>> = {},
): ChartsView {
  const { words } = visit
  const first = data.times[0] ?? 0
  const style = preference(visit.user, 'chart_style')
  const link = (changed: Record<string, string>) => visit.link(page.path, { ...page.query, ...changed })
  return {
    ranges: TREND_RANGES.map((one) => ({
      label: words.say(`page.range.${one}`),
      title: words.say(`page.range.${one}.long`),
      href: `${link({ range: one })}#metrics`,
      isHere: one === range,
    })),
    charts: TREND_METRICS.map((metric) => chart(metric, data, words, notes[metric], style)),
    style,
    styles: STYLES.map(([name, icon]) => ({
      name,
      icon,
      label: words.say(`setting.display.chart_style.choice.${name}`),
      isHere: name === style,
    })),
    next: `${link({}).slice(visit.base.length)}#metrics`,
    data: {
      first,
      times: data.times.map((time) => Math.round((time - first) / 1000)),
      runs: data.runs,
      failed: data.failed,
      values: data.values,
    },
    axis: [0, 1 / 3, 2 / 3, 1].map((share) =>
      words.shortDay(new Date(data.from + (data.to - data.from) * share)),
    ),
    numbersHref: `${link({ numbers: '1' })}#numbers`,
    numbers: page.query['numbers'] === '1' ? numbers(data, visit) : null,
    isEmpty: data.times.length === 0,
  }
}

function chart(
  metric: TrendMetric,
  data: ChartData,
  words: Words,
  note: string | undefined,
  style: string,
): ChartView {
  const values = data.values[metric]
  const known = values.filter((value) => value !== null)
  const unitKind = UNIT[metric]
  const write = unitKind === 'bytes' ? words.bytes : unitKind === 'seconds' ? words.duration : whole(words)
  const failed = new Set(data.failed)
  const points = data.times.map((at, index) => ({
    at,
    value: values[index] ?? Number.NaN,
    isBad: failed.has(index),
  }))
  const ground = { width: 560, height: 150, from: data.from, to: data.to, floor: 0 }
  return {
    metric,
    unitKind,
    title: words.say(`page.metric.${metric}`),
    ...measure(write(known.at(-1) ?? null)),
    note: note ?? words.say('page.chart.median', { median: write(median(known)) }),
    drawing: style === 'bars' ? drawBars(points, ground) : drawSeries(points, ground),
  }
}

function whole(words: Words): (value: number | null) => string {
  return (value) => words.number(value === null ? null : Math.round(value))
}

function numbers(data: ChartData, visit: Visit): NonNullable<ChartsView['numbers']> {
  const { words } = visit
  const write = (metric: TrendMetric, value: number | null) =>
    UNIT[metric] === 'bytes'
      ? words.bytes(value)
      : UNIT[metric] === 'seconds'
        ? words.duration(value)
        : words.number(value)
  const rows = data.times.map((time, index) => ({
    at: words.moment(new Date(time)),
    href: data.runs[index] === undefined ? '' : visit.link(`/runs/${data.runs[index]}`),
    values: TREND_METRICS.map((metric) => write(metric, data.values[metric][index] ?? null)),
  }))
  return { heads: TREND_METRICS.map((metric) => words.say(`page.metric.${metric}`)), rows: rows.reverse() }
}
