// @ts-check
// Figures as the server writes them (src/language/format.ts), for what is drawn in the browser.

const page = document.documentElement
const units =
  page.dataset['units'] === 'binary' ? [1024, 'B KiB MiB GiB TiB PiB'] : [1000, 'B kB MB GB TB PB']

/** The library writes names and labels into the page as HTML: nothing in them may be markup. */
export function chartText(/** @type {unknown} */ text) {
  return String(text ?? '')
    .replace(/[<>&"'`]/g, (sign) => SAFE[sign] ?? '')
    .slice(0, 80)
}

/** @type {Record<string, string>} */
const SAFE = { '<': '‹', '>': '›', '&': '＆', '"': '”', "'": '’', '`': '’' }

/** What sizes are counted in: 1000 or 1024. */
export const sizeBase = Number(units[0])

/** @returns {(value: number | null) => string} */
export function figureWriter(/** @type {string} */ unit) {
  if (unit === 'bytes') return (value) => (value === null ? '' : bytes(value))
  if (unit === 'seconds') return (value) => (value === null ? '' : duration(value))
  return (value) => (value === null ? '' : number(value, 1))
}

function number(/** @type {number} */ value, /** @type {number} */ digits) {
  return value.toLocaleString(page.dataset['numbers'] || page.lang, { maximumFractionDigits: digits })
}

function bytes(/** @type {number} */ value) {
  const step = Number(units[0])
  const names = String(units[1]).split(' ')
  let size = Math.abs(value)
  let power = 0
  while (power < names.length - 1 && size >= (power === 0 ? step : step - 0.05)) {
    size /= step
    power += 1
  }
  return `${number(Math.sign(value) * size, power === 0 ? 0 : size < 10 ? 2 : 1)}\u202f${names[power]}`
}

function duration(/** @type {number} */ seconds) {
  const part = (/** @type {string} */ name, /** @type {number} */ n) =>
    (page.dataset[name] ?? '{n}').replace('{n}', number(n, 0))
  const minutes = Math.round(seconds / 60)
  if (seconds < 60) return part('seconds', Math.round(seconds))
  if (seconds < 3600) return part('minutes', minutes)
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0
    ? part('hours', hours)
    : `${part('hours', hours)} ${part('minutes', minutes % 60)}`
}
