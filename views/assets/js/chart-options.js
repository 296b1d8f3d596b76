// @ts-check
import { chartText, figureWriter } from './write-figure.js'

/** @typedef {import('./series-chart.js').Point} Point */

/**
 * What the chart library is told: a true axis of time, straight lines, one point a run, failures marked.
 * @param {HTMLElement} root the figure, with `data-unit`, `data-name`, `data-group`
 * @param {Point[]} points
 */
export function chartOptions(root, points) {
  const { unit = 'count', name = '', group = '', metric = '' } = root.dataset
  const colour = (/** @type {string} */ token) => resolve(root, `var(${token})`)
  const write = figureWriter(unit)
  const told = points.filter(({ value }) => value !== null)
  const isMany = told.length > 120
  return {
    chart: {
      type: 'area',
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
      events: {
        markerClick: (/** @type {any} */ _e, /** @type {any} */ _c, /** @type {any} */ at) => {
          go(root, told[at.dataPointIndex]?.run ?? '')
        },
      },
    },
    series: [{ name: chartText(name), data: told.map(({ at, value }) => [at, value]) }],
    colors: [colour('--c')],
    stroke: { curve: 'straight', width: 2 },
    fill: { type: 'solid', opacity: 0.12 },
    dataLabels: { enabled: false },
    legend: { show: false },
    markers: { size: isMany ? 0 : 2.5, strokeWidth: 0, hover: { size: 5 } },
    annotations: { xaxis: failures(points, colour('--fail')) },
    grid: { borderColor: colour('--line'), padding: { left: 6, right: 6, top: -18, bottom: -6 } },
    xaxis: {
      type: 'datetime',
      labels: { datetimeUTC: false, style: { fontSize: '12px' } },
      axisBorder: { show: false },
      axisTicks: { show: false },
      tooltip: { enabled: false },
    },
    yaxis: {
      min: 0,
      tickAmount: 3,
      forceNiceScale: unit === 'count',
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

function writeMoment(/** @type {number} */ at) {
  return new Date(at).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
}
