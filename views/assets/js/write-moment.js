// @ts-check
// Moments as the server writes them (src/language/format.ts): in the zone and the taste of the reader.

const page = document.documentElement
const { zone: timeZone, dates, clock } = page.dataset
const isIso = dates === 'iso'
/** Swedish dates are ISO dates. */
const locale = isIso ? 'sv-SE' : page.lang
/** @type {Intl.DateTimeFormatOptions} */
const hours = clock === undefined || isIso ? {} : clock === '12' ? { hour12: true } : { hourCycle: 'h23' }
/** @type {Intl.DateTimeFormatOptions} */
const isoDay = { year: 'numeric', month: '2-digit', day: '2-digit' }
/** @type {Intl.DateTimeFormatOptions} */
const isoTime = { hour: '2-digit', minute: '2-digit' }

const moment = writer(
  isIso ? { ...isoDay, ...isoTime } : { dateStyle: 'medium', timeStyle: 'short', ...hours },
)
const day = writer(isIso ? isoDay : { day: 'numeric', month: 'short' })
const time = writer(isIso ? isoTime : { timeStyle: 'short', ...hours })

/** @returns {string} */
export function writeMoment(/** @type {number} */ at) {
  return moment.format(at)
}

/** @returns {string} */
export function writeDay(/** @type {number} */ at) {
  return day.format(at)
}

/** @returns {string} */
export function writeTime(/** @type {number} */ at) {
  return time.format(at)
}

function writer(/** @type {Intl.DateTimeFormatOptions} */ options) {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone })
}
