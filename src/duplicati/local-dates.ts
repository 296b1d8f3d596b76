import { fromWallClock } from '../domain/wall-clock.ts'

/** Which of the two small numbers of `09/01/2026` is the day. */
export type DateOrder = 'day-first' | 'month-first'

/** The parts of a date in the notation of some country; where the year stands first, `first` is the month. */
export interface LocalDate {
  readonly year: number
  readonly first: number
  readonly second: number
  readonly yearFirst: boolean
  readonly separator: string
  readonly hour: number
  readonly minute: number
  readonly second60: number
  /** Whether it is written with AM or PM. */
  readonly twelveHours: boolean
}

/**
 * Splits a date as .NET writes it in the language of the machine: `2026-09-01 03:00:00`, `2026. 09. 01. 3:00:00`,
 * `2026.09.01 AM 03:00:00`, `2026/09/01 03:00:00 PM`, `1/9/2026 03:00:00`, `01.09.2026 03:00:00`,
 * `1/9/2026 03.00.00`, `9/1/2026 3:00:00 AM`, `2026/9/1 下午3:00:00`, `1.9.2026 г. 3:00:00`,
 * `2026-09-01 15 h 00 min 00 s`, and `1/9/2569 03:00:00` by the Buddhist calendar. Null where it is none or no clock
 * shows it.
 */
export function splitLocalDate(text: string): LocalDate | null {
  if (text.length > 80) return null
  const plain = plainSpaces(text)
  const match = DATE.exec(plain) ?? DATE.exec(withoutWords(plain))
  if (match === null) return null
  const [
    ,
    a = '',
    separator = '',
    b = '',
    c = '',
    before = '',
    h = '',
    minute = '',
    second = '',
    after = '',
  ] = match
  const marker = before !== '' ? before : after
  const afternoon = marker === '' ? null : PM.test(marker) ? true : AM.test(marker) ? false : undefined
  if (afternoon === undefined || (a.length === 4) === (c.length === 4)) return null
  const hour = hourOf(Number(h), afternoon)
  if (hour === null || Number(minute) > 59 || Number(second) > 59) return null
  const yearFirst = a.length === 4
  const [year, one, two] = yearFirst ? [a, b, c] : [c, a, b]
  return {
    year: commonYear(Number(year)),
    first: Number(one),
    second: Number(two),
    yearFirst,
    separator: separator.trim(),
    hour,
    minute: Number(minute),
    second60: Number(second),
    twelveHours: afternoon !== null,
  }
}

/** The moment in milliseconds since 1970; null where the calendar has no such day. */
export function localMoment(date: LocalDate, order: DateOrder, zone: string | number): number | null {
  const monthFirst = date.yearFirst || order === 'month-first'
  const [month, day] = monthFirst ? [date.first, date.second] : [date.second, date.first]
  const clock = { year: date.year, month, day, hour: date.hour, minute: date.minute, second: date.second60 }
  return fromWallClock(clock, zone)
}

/** A single date: what it says itself decides the order, `order` only where both are possible. */
export function readLocalDate(text: string, zone: string | number, order: DateOrder): number | null {
  const date = splitLocalDate(text)
  if (date === null) return null
  return localMoment(
    date,
    ownOrder(date) ?? (date.twelveHours && date.separator === '/' ? 'month-first' : order),
    zone,
  )
}

/** The order that the numbers of a date force; null where both are possible. */
export function ownOrder(date: LocalDate): DateOrder | null {
  if (date.yearFirst) return 'month-first'
  if (date.first > 12) return 'day-first'
  if (date.second > 12) return 'month-first'
  return date.separator === '.' ? 'day-first' : null
}

const DATE =
  /^(\d{1,4})([-./] ?)(\d{1,2})[-./] ?(\d{1,4})\.?,? (?:([^\d ]{1,12}(?: [^\d ]{1,6})?) ?)?(\d{1,2})[:.](\d\d)[:.](\d\d)(?: ?([^\d]{1,16}))?$/
const AM = /^(am|a\. ?m\.?|vorm\.?|오전|上午|凌晨|午前|πμ|π\.μ\.|ص|ق\.ظ\.?|sa|pg|p\. ?d\.?|ጥዋት)$/iu
const PM = /^(pm|p\. ?m\.?|nachm\.?|오후|下午|午後|μμ|μ\.μ\.|م|ب\.ظ\.?|ch|ptg|m\. ?d\.?|ከሰዓት)$/iu

/** A year of the Buddhist calendar, which Thai machines count by, as ours. */
export function commonYear(year: number): number {
  return year > 2400 && year < 2800 ? year - 543 : year
}

/** Words between the numbers: `h min s` in a time, `年月日` in a date. */
function withoutWords(text: string): string {
  return text
    .replace(/(\d)年(\d{1,2})月(\d{1,2})日/, '$1/$2/$3')
    .replace(/ (\d\d) h (\d\d) (?:min|h) (\d\d)(?: s)?$/, ' $1:$2:$3')
}

function hourOf(hour: number, afternoon: boolean | null): number | null {
  if (afternoon === null) return hour < 24 ? hour : null
  if (hour > 12) return null
  return (hour % 12) + (afternoon ? 12 : 0)
}

/** No-break, narrow and directional signs stand in many locales' dates; behind a year `г.` may. */
function plainSpaces(text: string): string {
  return text
    .replace(/[\u200e\u200f\u061c]/g, '')
    .replace(/[\s\u00a0\u2000-\u200a\u202f]+/g, ' ')
    .replace(/(?<=\d{4}) г\.(?= )/, '')
    .trim()
}
