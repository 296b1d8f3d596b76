import type { Moment, Reader, Words } from '../domain/words.ts'
import { dateFormat, listFormat, numberFormat, relativeFormat, usableLocale, usableZone } from './intl.ts'

/** What is written by rule rather than by sentence. `unit` and `phrase` come from the catalogue. */
export type Formatter = Omit<Words, 'say' | 'reader'>

/** A short sentence of the catalogue, by the end of its key under `format.`. */
type Phrase = (name: string, values?: Record<string, string | number>) => string

const UNKNOWN = '–'
const GAP = '\u202f'
const NO_BREAK = '\u00a0'

export function createFormatter(reader: Reader, phrase: Phrase): Formatter {
  const locale = usableLocale(reader.locale)
  const numbers = usableLocale(reader.numberLocale ?? reader.locale)
  const timeZone = usableZone(reader.zone)
  const clock: Intl.DateTimeFormatOptions =
    reader.hour12 === null ? {} : reader.hour12 ? { hour12: true } : { hourCycle: 'h23' }
  const iso = reader.dateStyle === 'iso'

  const number = (value: number | null, digits = 1) =>
    known(value) ? numberFormat(numbers, { maximumFractionDigits: digits }).format(value) : UNKNOWN

  const dated = (at: Moment | null, options: Intl.DateTimeFormatOptions, tag = locale) => {
    const date = readMoment(at)
    return date === null ? UNKNOWN : dateFormat(tag, { ...options, timeZone }).format(date)
  }
  const day = (at: Moment | null) =>
    iso ? dated(at, ISO_DAY, 'sv-SE') : dated(at, { day: 'numeric', month: 'short', year: 'numeric' })
  const time = (at: Moment | null) =>
    iso
      ? dated(at, { hour: '2-digit', minute: '2-digit' }, 'sv-SE')
      : dated(at, { timeStyle: 'short', ...clock })
  const weekday = (at: Moment | null) => dated(at, { weekday: 'short' })

  return {
    bytes: (bytes) => (known(bytes) ? writeBytes(bytes, reader.units, numbers) : UNKNOWN),
    number,
    percent: (ratio) => (known(ratio) ? writePercent(ratio, numbers) : UNKNOWN),
    duration: (seconds) => (known(seconds) ? writeDuration(seconds, number, phrase) : UNKNOWN),
    moment: (at) =>
      iso
        ? readMoment(at) === null
          ? UNKNOWN
          : `${day(at)} ${time(at)}`
        : dated(at, { dateStyle: 'medium', timeStyle: 'short', ...clock }),
    full: (at) =>
      iso
        ? dated(at, { ...ISO_DAY, ...ISO_TIME, timeZoneName: 'short' }, 'sv-SE')
        : dated(at, { ...FULL, ...clock }),
    day,
    longDay: (at) => (iso ? day(at) : dated(at, { weekday: 'long', day: 'numeric', month: 'long' })),
    shortDay: (at) => (iso ? day(at) : dated(at, { day: 'numeric', month: 'short' })),
    time,
    clock: (at) => dated(at, ISO_TIME, 'sv-SE'),
    weekdayTime: (at) => (readMoment(at) === null ? UNKNOWN : `${weekday(at)} ${time(at)}`),
    relative: (at, now) => {
      const date = readMoment(at)
      return date === null ? UNKNOWN : writeRelative((date.getTime() - now.getTime()) / 1000, locale)
    },
    brief: (at, now) => {
      const date = readMoment(at)
      return date === null ? UNKNOWN : writeBrief((date.getTime() - now.getTime()) / 1000, number, phrase)
    },
    weekdays: (days) => writeWeekdays(days, locale, phrase),
    list: (items) => listFormat(locale).format(items),
  }
}

const ISO_DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
const ISO_TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const FULL = {
  weekday: 'long',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  ...ISO_TIME,
  timeZoneName: 'short',
} as const

function known(value: number | null): value is number {
  return value !== null && Number.isFinite(value)
}

function readMoment(at: Moment | null): Date | null {
  if (at === null) return null
  const date = at instanceof Date ? at : new Date(at)
  return Number.isNaN(date.getTime()) ? null : date
}

const UNITS = {
  decimal: { step: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] },
  binary: { step: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] },
} as const

/** One digit after the point below 1000, none for plain bytes: `482.3 GB`, `12 B`. */
function writeBytes(bytes: number, units: Reader['units'], locale: string): string {
  const { step, names } = UNITS[units]
  let power = 0
  let size = Math.abs(bytes)
  // 999.95 would be written as 1000.0 of the smaller unit.
  while (power < names.length - 1 && size >= (power === 0 ? step : step - 0.05)) {
    size /= step
    power += 1
  }
  const digits = power === 0 ? 0 : size < 10 ? 2 : 1
  const written = numberFormat(locale, { maximumFractionDigits: digits }).format(Math.sign(bytes) * size)
  return `${written}${GAP}${names[power] ?? ''}`
}

/** Whole percents are rounded towards the middle: 100% means all, 0% means none. */
function writePercent(ratio: number, locale: string): string {
  const thousandths = ratio > 0.5 ? Math.floor(ratio * 1000 + 1e-9) : Math.ceil(ratio * 1000 - 1e-9) + 0
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(thousandths / 1000)
}

const DAYS = ['days', 86_400] as const
const HOURS = ['hours', 3600] as const
const MINUTES = ['minutes', 60] as const
const PARTS = [DAYS, HOURS, MINUTES, ['seconds', 1]] as const

function writeDuration(seconds: number, number: (value: number) => string, phrase: Phrase): string {
  const sign = seconds < 0 ? '−' : ''
  const size = Math.abs(seconds)
  if (size < 10 && size % 1 !== 0) return sign + phrase('duration.seconds', { n: number(size) })
  // Seconds do not matter beside hours, nor minutes beside days.
  let rest =
    size >= 86_400
      ? Math.round(size / 3600) * 3600
      : size >= 3600
        ? Math.round(size / 60) * 60
        : Math.round(size)
  const said: string[] = []
  for (const [name, length] of PARTS) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0 && said.length < 2) said.push(phrase(`duration.${name}`, { n: number(count) }))
    else if (said.length > 0) break
  }
  return said.length === 0 ? phrase('duration.seconds', { n: number(0) }) : sign + said.join(NO_BREAK)
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 30 * 86_400],
  ['month', 30.44 * 86_400, 365 * 86_400],
  ['year', 365.25 * 86_400, Number.POSITIVE_INFINITY],
]

function writeRelative(seconds: number, locale: string): string {
  const size = Math.abs(seconds)
  if (size < 45) return relativeFormat(locale).format(0, 'second')
  for (const [unit, length, below] of STEPS) {
    const count = Math.max(1, Math.round(size / length))
    if (size < below - length / 2) return relativeFormat(locale).format(Math.sign(seconds) * count, unit)
  }
  return UNKNOWN
}

function writeBrief(seconds: number, number: (value: number) => string, phrase: Phrase): string {
  const size = Math.abs(seconds)
  if (size < 45) return phrase('brief.now')
  const [name, length] = size >= 84_600 ? DAYS : size >= 3570 ? HOURS : MINUTES
  const span = phrase(`duration.${name}`, { n: number(Math.max(1, Math.round(size / length))) })
  return phrase(seconds < 0 ? 'brief.ago' : 'brief.in', { span })
}

const WORKDAYS = '1,2,3,4,5'
const WEEKEND = '0,6'

function writeWeekdays(days: readonly number[], locale: string, phrase: Phrase): string {
  const chosen = [...new Set(days)].filter((day) => day >= 0 && day <= 6).sort((a, b) => a - b)
  if (chosen.length === 0 || chosen.length === 7) return phrase('weekdays.every')
  if (chosen.join() === WORKDAYS) return phrase('weekdays.workdays')
  if (chosen.join() === WEEKEND) return phrase('weekdays.weekend')
  const mondayFirst = chosen.map((day) => (day + 6) % 7).sort((a, b) => a - b)
  // 5 January 1970 was a Monday.
  const names = mondayFirst.map((day) =>
    dateFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(new Date((day + 4) * 86_400_000)),
  )
  return names.join(', ')
}
