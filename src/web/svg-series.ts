/** A line and the area under it, drawn on a ground of `width` by `height`; '' where there is nothing to draw. */
export interface SeriesDrawing {
  readonly line: string
  readonly area: string
  /** Crosses where a run failed. */
  readonly bad: string
}

export interface SeriesPoint {
  /** Milliseconds since 1970. */
  readonly at: number
  /** NaN leaves a gap. */
  readonly value: number
  readonly isBad?: boolean
}

export interface Ground {
  readonly width: number
  readonly height: number
  /** Time at the left and right end. */
  readonly from: number
  readonly to: number
  /** Value at the bottom. */
  readonly floor: number
}

const MOST_POINTS = 240

/** Points on a real axis of time, joined by straight lines. Many points are thinned: the drawing is small. */
export function drawSeries(points: readonly SeriesPoint[], ground: Ground): SeriesDrawing {
  const told = points.filter((point) => !Number.isNaN(point.value))
  const span = ground.to - ground.from
  if (told.length === 0 || span <= 0) return { line: '', area: '', bad: '' }
  const values = told.map((point) => point.value)
  const most = Math.max(...values)
  const height = most - ground.floor || 1
  const x = (at: number) => round(((at - ground.from) / span) * ground.width)
  const y = (value: number) => round(ground.height - ((value - ground.floor) / height) * (ground.height - 4))

  const line = thin(told).map((point) => `${x(point.at)} ${y(point.value)}`)
  const first = line[0] ?? ''
  const left = first.split(' ')[0] ?? '0'
  const right = line.at(-1)?.split(' ')[0] ?? '0'
  const bad = points.filter((point) => point.isBad === true).slice(-40)
  return {
    line: told.length === 1 ? `M${first}h2` : `M${line.join('L')}`,
    area: `M${line.join('L')}L${right} ${ground.height}L${left} ${ground.height}Z`,
    bad: bad
      .map((point) => cross(x(point.at), Number.isNaN(point.value) ? ground.height - 6 : y(point.value)))
      .join(''),
  }
}

/** The same points as bars: one upright stroke each, and no area. */
export function drawBars(points: readonly SeriesPoint[], ground: Ground): SeriesDrawing {
  const { line, bad } = drawSeries(points, ground)
  const tops = line.slice(1).split('L')
  const bars = tops.map((top) => `M${top}V${ground.height}`).join('')
  return { line: line === '' || points.length === 1 ? line : bars, area: '', bad }
}

/**
 * The small line under a total. Its own shape matters, not the zero; but what changes by a hundredth must not look as
 * if all of it were gone: at least a third of the value is shown.
 */
export function drawSpark(values: readonly number[]): SeriesDrawing {
  const points = values.map((value, index) => ({ at: index, value }))
  const last = Math.max(1, values.length - 1)
  const told = values.filter((value) => !Number.isNaN(value))
  const most = Math.max(0, ...told)
  const least = Math.min(most, ...told)
  const floor = Math.max(0, least - Math.max((most - least) * 0.25, most * 0.3))
  return drawSeries(points, { width: 116, height: 26, from: 0, to: last, floor })
}

function cross(x: number, y: number): string {
  return `M${x - 4} ${y - 4}l8 8m0-8l-8 8`
}

/** Keeps every n-th point, and the last. */
function thin<Point>(points: readonly Point[]): Point[] {
  const step = Math.ceil(points.length / MOST_POINTS)
  return points.filter((_, index) => index % step === 0 || index === points.length - 1)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
