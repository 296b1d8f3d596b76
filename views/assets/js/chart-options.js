// @ts-check
import { niceAxis } from './nice-axis.js'
import { chartText, figureWriter, sizeBase } from './write-figure.js'
import { writeDay, writeMoment, writeTime } from './write-moment.js'

const DAY_MS = 86_400_000

/** @typedef {import('./series-chart.js').Point} Point */

/**
 * What the chart library is told: a true axis of time, straight lines or bars, one for each run, failures marked.
 * @param {HTMLElement} root the figure, with `data-unit`, `data-name`, `data-group`, `data-style`
 * @param {Point[]} points
 */
export function chartOptions(root, points) {
  const { unit = 'count', name = '', group = '', metric = '', style = 'line' } = root.dataset
  const isBars = style === 'bars'
  const colour = (/** @type {string} */ token) => resolve(root, `var(${token})`)
  const write = figureWriter(unit)
  const told = points.filter(({ value }) => value !== null)
  const isMany = told.length > 120
  const open = (/** @type {any} */ _e, /** @type {any} */ _c, /** @type {any} */ at) =>
    go(root, told[at.dataPointIndex]?.run ?? '')
  return {
    chart: {
      type: isBars ? 'bar' : 'area',
      height: 165,
      nonce: document.documentElement.dataset['nonce'],
      group: group || undefined,
      id: `${group}-${metric}`,
      fontFamily: 'inherit',
      foreColor: colour('--soft'),
      background: 'transparent',
      animations: { enabled: false },
      toolbar: { show: false, autoSelected: 'zoom' },
      zoom: { enabled: true, type: 'x', autoScaleYaxis: false, allowMouseWheelZoom: false },
      events: isBars ? { dataPointSelection: open } : { markerClick: open },
    },
    series: [{ name: chartText(name), data: told.map(({ at, value }) => [at, value]) }],
    colors: [colour('--c')],
    stroke: { curve: 'straight', width: isBars ? 0 : 2 },
    fill: { type: 'solid', opacity: isBars ? 0.8 : 0.12 },
    // As wide as there is room, in whole dots: a share of the least gap would be nothing after two runs in a minute.
    plotOptions: { bar: { columnWidth: String(Math.max(2, Math.min(14, Math.floor(300 / told.length)))) } },
    dataLabels: { enabled: false },
    legend: { show: false },
    markers: { size: isMany ? 0 : 2.5, strokeWidth: 0, hover: { size: 5 } },
    annotations: { xaxis: failures(points, colour('--fail')) },
    grid: { borderColor: colour('--line'), padding: { left: 6, right: 6, top: -18, bottom: -6 } },
    xaxis: {
      type: 'datetime',
      tickAmount: 3,
      labels: {
        formatter: writeTick,
        rotate: 0,
        hideOverlappingLabels: true,
        offsetY: -3,
        style: { fontSize: '12px' },
      },
      axisBorder: { show: false },
      axisTicks: { show: false },
      tooltip: { enabled: false },
    },
    yaxis: {
      min: 0,
      ...niceAxis(unit, Math.max(0, ...told.map(({ value }) => value ?? 0)), sizeBase),
      labels: { formatter: write, minWidth: 52, maxWidth: 72 },
    },
    tooltip: {
      theme: isDark(root) ? 'dark' : 'light',
      x: { formatter: (/** @type {number} */ at) => chartText(writeMoment(at)) },
      y: { formatter: write },
    },
  }
}

/** A thin line where a run failed: it has no value to stand on. */
function failures(/** @type {Point[]} */ points, /** @type {string} */ borderColor) {
  return points
    .filter(({ isBad }) => isBad)
    .map(({ at }) => ({ x: at, borderColor, strokeDashArray: 3, opacity: 0.7 }))
}

function go(/** @type {HTMLElement} */ root, /** @type {string} */ run) {
  const runs = root.closest('[data-runs]')?.getAttribute('data-runs') ?? ''
  if (run !== '' && runs !== '') location.assign(runs + encodeURIComponent(run))
}

/** The library wants a plain colour; `light-dark()` is resolved by painting an element with it. */
function resolve(/** @type {HTMLElement} */ root, /** @type {string} */ value) {
  const probe = document.createElement('i')
  probe.style.color = value
  root.append(probe)
  const plain = getComputedStyle(probe).color
  probe.remove()
  return plain
}

function isDark(/** @type {HTMLElement} */ root) {
  const [red = 0] = (resolve(root, 'var(--card)').match(/\d+/g) ?? []).map(Number)
  return red < 128
}

/**
 * Days below a span of days, times below a span of hours, as the reader writes them.
 * @param {string} _value
 * @param {number} at
 * @param {any} [chart]
 */
function writeTick(_value, at, chart) {
  const { minX = 0, maxX = Number.POSITIVE_INFINITY } = chart?.w?.globals ?? {}
  return chartText(maxX - minX < 2 * DAY_MS ? writeTime(at) : writeDay(at))
}
