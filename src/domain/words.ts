import type { Text, TextValue } from './text.ts'

/** Who reads: in which language, and how this person likes dates, numbers and sizes written. */
export interface Reader {
  /** Language of the sentences, one of the catalogues: `en`, `de`, ... */
  readonly language: string
  /** BCP 47 tag for dates (and for numbers where `numberLocale` is not set): `en-GB`. */
  readonly locale: string
  /** IANA time zone: `Europe/Berlin`. */
  readonly zone: string
  readonly theme: 'auto' | 'light' | 'dark'
  readonly units: 'decimal' | 'binary'
  readonly dateStyle: 'locale' | 'iso'
  /** null: as the locale has it. */
  readonly hour12: boolean | null
  readonly numberLocale?: string
  /** 0 = Sunday; not set: as the locale has it. */
  readonly weekStart?: number
}

/**
 * Everything that is said to one reader. Moments are ISO strings or `Date`; what is unknown (null, NaN) is a dash,
 * what cannot be read as a moment too. A value and its unit are kept together by a narrow no-break space (U+202F).
 */
export interface Words {
  readonly reader: Reader
  /** A sentence of the catalogue. Values may be plain, typed (`{ bytes }`, `{ at }`, ...) or sentences themselves. */
  say(key: string | Text, values?: Readonly<Record<string, TextValue>>): string
  /** `482.3 GB`, or `449.2 GiB` for who likes powers of 1024. */
  bytes(bytes: number | null): string
  number(value: number | null): string
  /** `0.994` as `99.4%`; never rounded up to 100% nor down to 0%. */
  percent(ratio: number | null): string
  /** The two largest parts: `2 h 14 m`, `45 s`. */
  duration(seconds: number | null): string
  /** Date and time to the minute. */
  moment(at: Moment | null): string
  /** With weekday, seconds and zone: what stands in a tooltip. */
  full(at: Moment | null): string
  day(at: Moment | null): string
  /** With the weekday, without the year: a heading of something recent. */
  longDay(at: Moment | null): string
  /** Day without the year. */
  shortDay(at: Moment | null): string
  time(at: Moment | null): string
  /** Time with seconds, for lines of a log. */
  clock(at: Moment | null): string
  /** Weekday and time: `Sat 03:00`. */
  weekdayTime(at: Moment | null): string
  /** `2 hours ago`, `in 3 days`, `now`. */
  relative(at: Moment | null, now: Date): string
  /** The same in a table: `4 h ago`, `in 20 h`, `now`. */
  brief(at: Moment | null, now: Date): string
  /** 0 = Sunday ... 6 = Saturday; none or all seven is "every day". */
  weekdays(days: readonly number[]): string
  list(items: readonly string[]): string
}

export type Moment = string | Date
