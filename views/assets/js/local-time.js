// @ts-check
// <time datetime data-tick="relative">: keeps "4 h ago" true, with the words the server would choose.

const EVERY_MS = 15_000
const phrases = document.documentElement.dataset
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang || 'en', { numeric: 'auto' })

export function keepTimes() {
  tellZone()
  setInterval(tick, EVERY_MS)
  document.addEventListener('visibilitychange', () => document.hidden || tick())
  document.addEventListener('ds:replaced', () => tick())
}

/** Writes all ticking times below an element anew. */
export function tick(/** @type {ParentNode | unknown} */ root = document) {
  const within = root instanceof Element ? root : document
  if (document.hidden) return
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (
    within.querySelectorAll('time[data-tick]')
  )) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000
    if (Number.isNaN(seconds)) continue
    const said = time.dataset['tick'] === 'relative' ? sayRelative(seconds) : sayBrief(seconds)
    if (time.textContent !== said) time.textContent = said
  }
}

/** The same steps as `writeBrief` in src/language/format.ts. */
function sayBrief(/** @type {number} */ seconds) {
  const size = Math.abs(seconds)
  if (size < 45) return phrases['now'] ?? ''
  const [phrase, length] =
    size >= 84_600
      ? [phrases['days'], 86_400]
      : size >= 3570
        ? [phrases['hours'], 3600]
        : [phrases['minutes'], 60]
  const count = Math.max(1, Math.round(size / length))
  const span = (phrase ?? '').replace(
    '{n}',
    count.toLocaleString(phrases['numbers'] || document.documentElement.lang),
  )
  return ((seconds < 0 ? phrases['ago'] : phrases['in']) ?? '').replace('{span}', span)
}

/** @type {[Intl.RelativeTimeFormatUnit, number, number][]} */
const STEPS = [
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 30 * 86_400],
  ['month', 30.44 * 86_400, 365 * 86_400],
  ['year', 365.25 * 86_400, Number.POSITIVE_INFINITY],
]

function sayRelative(/** @type {number} */ seconds) {
  const size = Math.abs(seconds)
  if (size < 45) return relative.format(0, 'second')
  const [unit, length] = STEPS.find(([, length, below]) => size < below - length / 2) ?? ['day', 86_400]
  return relative.format(Math.sign(seconds) * Math.max(1, Math.round(size / length)), unit)
}

/** The next page is written for this browser's zone. */
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!zone || document.cookie.includes(`ds_zone=${zone}`)) return
  if (!/^[\w+/-]{1,60}$/.test(zone)) return
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is not on plain http
  document.cookie = `ds_zone=${zone}; path=${phrases['base'] ?? ''}/; max-age=31536000; samesite=lax`
}
