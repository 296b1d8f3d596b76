import type { Moment, Reader, Words } from '../domain/words.ts'
import { dateFormat, listFormat, numberFormat, usableLocale, usableZone } from './intl.ts'
import type { Phrase } from './phrase.ts'
import { remembered } from './remembered.ts'
import { writeBytes, writePercent } from './sizes.ts'
import { wholeBrief, writeBrief, writeDuration, writeRelative } from './spans.ts'

/** What is written by rule rather than by sentence. */
export type Formatter = Omit<Words, 'say' | 'reader'>

const UNKNOWN = '–'

export function createFormatter(reader: Reader, phrase: Phrase): Formatter {
  const locale = usableLocale(reader.locale)
  const numbers = usableLocale(reader.numberLocale ?? reader.locale)
  const timeZone = usableZone(reader.zone)
  const hours: Intl.DateTimeFormatOptions =
    reader.hour12 === null ? {} : reader.hour12 ? { hour12: true } : { hourCycle: 'h23' }
  const iso = reader.dateStyle === 'iso'

  const figure = remembered<number>((value) =>
    numberFormat(numbers, { maximumFractionDigits: 1 }).format(value),
  )
  const size = remembered<number>((bytes) => writeBytes(bytes, reader.units, numbers))
  const span = remembered<number>((seconds) => writeDuration(seconds, number, phrase))
  const brief = remembered<number>((seconds) => writeBrief(seconds, number, phrase))
  const number = (value: number | null) => (known(value) ? figure(value) : UNKNOWN)

  /** Writes a moment one way; Swedish dates are ISO dates. */
  const dated = (likeLocale: Intl.DateTimeFormatOptions, likeIso: Intl.DateTimeFormatOptions | null) => {
    const [tag, options] = iso && likeIso !== null ? ['sv-SE', likeIso] : [locale, likeLocale]
    const write = remembered<number>((at) => dateFormat(tag, { ...options, timeZone }).format(at))
    return (at: Moment | null) => {
      const read = readMoment(at)
      return read === null ? UNKNOWN : write(read)
    }
  }
  const weekday = dated({ weekday: 'short' }, null)
  const time = dated({ timeStyle: 'short', ...hours }, { hour: '2-digit', minute: '2-digit' })

  return {
    bytes: (bytes) => (known(bytes) ? size(bytes) : UNKNOWN),
    number,
    percent: (ratio) => (known(ratio) ? writePercent(ratio, numbers) : UNKNOWN),
    duration: (seconds) => (known(seconds) ? span(seconds) : UNKNOWN),
    moment: dated(
      { dateStyle: 'medium', timeStyle: 'short', ...hours },
      { ...ISO_DAY, hour: '2-digit', minute: '2-digit' },
    ),
    full: dated({ ...FULL, ...hours }, { ...ISO_DAY, ...SECONDS, timeZoneName: 'short' }),
    day: dated({ day: 'numeric', month: 'short', year: 'numeric' }, ISO_DAY),
    longDay: dated({ weekday: 'long', day: 'numeric', month: 'long' }, ISO_DAY),
    shortDay: dated({ day: 'numeric', month: 'short' }, ISO_DAY),
    time,
    clock: dated({ ...SECONDS, hourCycle: 'h23' }, SECONDS),
    weekdayTime: (at) => (readMoment(at) === null ? UNKNOWN : `${weekday(at)} ${time(at)}`),
    relative: (at, now) => {
      const read = readMoment(at)
      return read === null ? UNKNOWN : writeRelative((read - now.getTime()) / 1000, locale)
    },
    brief: (at, now) => {
      const read = readMoment(at)
      return read === null ? UNKNOWN : brief(wholeBrief((read - now.getTime()) / 1000))
    },
    weekdays: (days) => writeWeekdays(days, locale, phrase),
    list: (items) => listFormat(locale).format(items),
  }
}

const ISO_DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
const SECONDS = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const FULL = {
  weekday: 'long',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  ...SECONDS,
  timeZoneName: 'short',
} as const

function known(value: number | null): value is number {
  return value !== null && Number.isFinite(value)
}

/** Milliseconds since 1970; null for what is no moment. */
function readMoment(at: Moment | null): number | null {
  if (at === null) return null
  const read = at instanceof Date ? at.getTime() : Date.parse(at)
  return Number.isNaN(read) ? null : read
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
