// @ts-check

/**
 * A figure of one measure over time. The server has drawn it already; when it comes into view the library takes
 * over: values under the pointer, zoom, a click opens the run. All charts of a page share the data in `#series`:
 * `{ first, times, runs, failed, values }`, times in seconds after the first.
 */
export function seriesChart() {
  return {
    /** @type {{ destroy(): void } | null} */ chart: null,
    drawnFrom: '',
    /** @this {any} */
    init() {
      const seen = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return
        seen.disconnect()
        this.redraw = () => this.draw()
        document.addEventListener('ds:replaced', this.redraw)
        this.draw()
      })
      seen.observe(this.$root)
    },
    /** @this {any} */
    destroy() {
      document.removeEventListener('ds:replaced', this.redraw)
      this.chart?.destroy()
    },
    /** @this {any} */
    async draw() {
      const source = document.getElementById('series')?.textContent ?? ''
      const plot = this.$root.querySelector('.plot')
      if (source === '' || source === this.drawnFrom || plot === null) return
      this.drawnFrom = source
      const { default: ApexCharts } = await import('../vendor/apexcharts.js')
      const { chartOptions } = await import('./chart-options.js')
      this.chart?.destroy()
      const box = document.createElement('div')
      this.chart = new ApexCharts(box, chartOptions(this.$root, pointsOf(source, this.$root.dataset.metric)))
      plot.setAttribute('data-keep', '')
      plot.replaceChildren(box)
      await this.chart.render()
    },
  }
}

/** @typedef {{ at: number, value: number | null, run: string, isBad: boolean }} Point */

/** @returns {Point[]} */
function pointsOf(/** @type {string} */ source, /** @type {string} */ metric) {
  const { first, times, runs, failed, values } = JSON.parse(source)
  const bad = new Set(failed)
  return times.map((/** @type {number} */ time, /** @type {number} */ index) => ({
    at: first + time * 1000,
    value: values[metric][index] ?? null,
    run: runs[index] ?? '',
    isBad: bad.has(index),
  }))
}
