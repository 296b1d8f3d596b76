// @ts-check
// The upright axis of a chart: from zero in steps that people count in, so that no line stands at 2 h 47 m.

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const SPANS = [
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100].map((n) => n * DAY),
]

/**
 * Where the axis ends and how many steps it has.
 * @param {string} unit `bytes`, `seconds` or `count`
 * @param {number} most the largest value
 * @param {number} base what a unit of sizes is counted in: 1000 or 1024
 */
export function niceAxis(unit, most, base) {
  const step = Math.max(1, stepOf(unit, most / 3, base))
  const tickAmount = Math.max(1, Math.ceil(most / step))
  return { max: step * tickAmount, tickAmount }
}

function stepOf(/** @type {string} */ unit, /** @type {number} */ wanted, /** @type {number} */ base) {
  if (!(wanted > 0)) return 1
  if (unit === 'seconds') return SPANS.find((span) => span >= wanted) ?? round(wanted / DAY) * DAY
  if (unit !== 'bytes') return round(wanted)
  const power = base ** Math.max(0, Math.floor(Math.log(wanted) / Math.log(base)))
  return Math.min(round(wanted / power), base) * power
}

/** The next of 1, 2, 5, 10, 20, 50 ... */
function round(/** @type {number} */ wanted) {
  const ten = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5].find((n) => n * ten >= wanted) ?? 10) * ten
}
