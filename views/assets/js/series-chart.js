// @ts-check
import { chartText, figureWriter } from './write-figure.js'

/**
 * A figure of one measure over time. The server has drawn it already; when it comes into view the library takes
 * over: values under the pointer, zoom, a click opens the run. Its data is the JSON in `data-series`:
 * `{ name, unit, points: [[milliseconds, value, run id, failed]] }`.
 */
export function seriesChart() {
  return {
    /** @type {{ destroy(): void } | null} */ chart: null,
    /** @this {any} */
    init() {
      /** @type {HTMLElement} */
      const root = this.$root
      const seen = new IntersectionObserver(async (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        seen.disconnect()
        this.chart = await draw(root)
      })
      seen.observe(root)
    },
    /** @this {any} */
    destroy() {
      this.chart?.destroy()
    },
  }
}

/** @typedef {{ name: string, unit: string, points: [number, number, string, boolean][] }} Series */

async function draw(/** @type {HTMLElement} */ root) {
  const source = root.querySelector('script[type="application/json"]')
  const plot = root.querySelector('.plot')
  if (source === null || plot === null) return null
  /** @type {Series} */
  const series = JSON.parse(source.textContent ?? '{}')
  const { default: ApexCharts } = await import('../vendor/apexcharts.js')
  const box = document.createElement('div')
  const chart = new ApexCharts(box, options(root, series))
  plot.replaceChildren(box)
  await chart.render()
  return chart
}

function options(/** @type {HTMLElement} */ root, /** @type {Series} */ series) {
  const style = getComputedStyle(root)
  const colour = (/** @type {string} */ name) => resolve(root, style.getPropertyValue(name))
  const write = figureWriter(series.unit)
  const runs = root.dataset['runs'] ?? ''
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    chart: {
      type: 'area',
      height: 160,
      nonce: document.documentElement.dataset['nonce'],
      group: root.dataset['group'],
      id: `${root.dataset['group']}-${series.unit}-${chartText(series.name)}`,
      fontFamily: 'inherit',
      foreColor: colour('--soft'),
      background: 'transparent',
      animations: { enabled: !isStill && series.points.length < 100, speed: 150 },
      toolbar: { show: false, autoSelected: 'zoom' },
      zoom: { enabled: true, type: 'x', autoScaleYaxis: true, allowMouseWheelZoom: false },
      events: {
        markerClick: (/** @type {any} */ _e, /** @type {any} */ _c, /** @type {any} */ at) =>
          go(at.dataPointIndex),
        beforeResetZoom: () => undefined,
      },
    },
    series: [{ name: chartText(series.name), data: series.points.map(([x, y]) => ({ x, y })) }],
    colors: [colour('--c')],
    stroke: { curve: 'straight', width: 2 },
    fill: { type: 'solid', opacity: 0.12 },
    dataLabels: { enabled: false },
    markers: {
      size: series.points.length > 120 ? 0 : 2,
      strokeWidth: 0,
      hover: { size: 5 },
      discrete: series.points.flatMap(([, , , failed], dataPointIndex) =>
        failed
          ? [
              {
                seriesIndex: 0,
                dataPointIndex,
                size: 4,
                fillColor: colour('--fail'),
                strokeColor: colour('--fail'),
              },
            ]
          : [],
      ),
    },
    grid: { borderColor: colour('--line'), strokeDashArray: 0, padding: { left: 4, right: 4, top: -16 } },
    xaxis: { type: 'datetime', labels: { datetimeUTC: false }, tooltip: { enabled: false } },
    yaxis: {
      labels: { formatter: write, minWidth: 48 },
      min: series.unit === 'count' ? undefined : 0,
      tickAmount: 3,
    },
    tooltip: {
      theme: isDark(root) ? 'dark' : 'light',
      x: {
        formatter: (/** @type {number} */ at) =>
          chartText(new Date(at).toLocaleString(document.documentElement.lang)),
      },
      y: { formatter: write },
    },
  }

  function go(/** @type {number} */ index) {
    const run = series.points[index]?.[2]
    if (run) location.assign(`${runs}${encodeURIComponent(run)}`)
  }
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
