import { relativeFormat } from './intl.ts'
import type { Phrase } from './phrase.ts'

const DAYS = ['days', 86_400] as const
const HOURS = ['hours', 3600] as const
const MINUTES = ['minutes', 60] as const
const PARTS = [DAYS, HOURS, MINUTES, ['seconds', 1]] as const

/** The two largest parts of a span; a line may break between them, never between a number and its unit. */
export function writeDuration(seconds: number, number: (value: number) => string, phrase: Phrase): string {
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
  return said.length === 0 ? phrase('duration.seconds', { n: number(0) }) : sign + said.join(' ')
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['minute', 60, 3600],
  ['hour', 3600, 86_400],
  ['day', 86_400, 30 * 86_400],
  ['month', 30.44 * 86_400, 365 * 86_400],
  ['year', 365.25 * 86_400, Number.POSITIVE_INFINITY],
]

/** Seconds from now as speech has it; negative ones are past. */
export function writeRelative(seconds: number, locale: string): string {
  const size = Math.abs(seconds)
  if (size < 45) return relativeFormat(locale).format(0, 'second')
  for (const [unit, length, below] of STEPS) {
    const count = Math.max(1, Math.round(size / length))
    if (size < below - length / 2) return relativeFormat(locale).format(Math.sign(seconds) * count, unit)
  }
  return ''
}

/** Whole minutes, hours or days in seconds, whichever a span is told in; 0 for now. */
export function wholeBrief(seconds: number): number {
  const size = Math.abs(seconds)
  if (size < 45) return 0
  const [, length] = partOf(size)
  return Math.sign(seconds) * Math.max(1, Math.round(size / length)) * length
}

/** The same in one part, for tables: of a span as `wholeBrief` gives it. */
export function writeBrief(seconds: number, number: (value: number) => string, phrase: Phrase): string {
  const size = Math.abs(seconds)
  if (size === 0) return phrase('brief.now')
  const [name, length] = partOf(size)
  const span = phrase(`duration.${name}`, { n: number(size / length) })
  return phrase(seconds < 0 ? 'brief.ago' : 'brief.in', { span })
}

function partOf(size: number) {
  return size >= 84_600 ? DAYS : size >= 3570 ? HOURS : MINUTES
}
