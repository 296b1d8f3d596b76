// @ts-check

/** A calendar of days: a click on a day shows its runs in the history. `data-first` is the day in its
 * upper left corner. */
export function calendarDay() {
  return {
    /** @this {any} */
    open() {
      /** @type {SVGSVGElement} */
      const svg = this.$root
      const event = /** @type {MouseEvent} */ (this.$event)
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()?.inverse())
      const [step, top] = [17, 14]
      const row = Math.floor((place.y - top) / step)
      const days = Math.floor(place.x / step) * 7 + row
      const first = Date.parse(`${svg.dataset['first']}T00:00:00Z`)
      if (row < 0 || row > 6 || Number.isNaN(first)) return
      const day = new Date(first + days * 86_400_000).toISOString().slice(0, 10)
      const to = new URL(location.href)
      to.searchParams.set('day', day)
      to.searchParams.delete('page')
      to.hash = 'history'
      location.assign(to)
    },
  }
}
