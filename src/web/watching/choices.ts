import type { NotifyOn } from '../../domain/job.ts'
import type { Words } from '../../domain/words.ts'

/** Minutes that can be chosen at once; any other can be typed. */
export const TOLERANCES: readonly number[] = [0, 5, 15, 30, 60, 120, 240, 360, 720, 1440]
export const MOST_TOLERANCE = 43_200

export const NOTIFY_ON: readonly NotifyOn[] = ['all', 'warnings', 'errors', 'off']
export const REPEATS: readonly string[] = ['never', 'daily', 'weekly', 'monthly']
export const UNITS: readonly string[] = ['m', 'h', 'D', 'W', 'M', 'Y', 'custom']
export const ALL_DAYS: readonly number[] = [0, 1, 2, 3, 4, 5, 6]

/** One entry of a select. */
export interface Choice {
  readonly value: string
  readonly label: string
  readonly isChosen: boolean
}

export function toleranceText(minutes: number, words: Words): string {
  return minutes === 0 ? words.say('watching.no-tolerance') : words.duration(minutes * 60)
}

export function repeatText(repeat: string, words: Words): string {
  const hours = /^(\d+)h$/.exec(repeat)?.[1]
  return hours === undefined
    ? words.say(`page.repeat.${repeat}`)
    : words.say('page.repeat.hours', { hours: Number(hours) })
}

export function notifyText(on: NotifyOn | null, words: Words): string {
  return words.say(on === null ? 'watching.same-as-notify' : `page.notify-on.${on}`)
}

export function yesNo(value: boolean, words: Words): string {
  return words.say(value ? 'page.yes' : 'page.no')
}

/** Choices with a label each; the one that is chosen is marked. */
export function choicesOf(
  values: readonly string[],
  chosen: string,
  label: (value: string) => string,
): Choice[] {
  return values.map((value) => ({ value, label: label(value), isChosen: value === chosen }))
}

/** A chip for a weekday: short for the eye, whole for the ear. */
export interface DayChip {
  readonly day: number
  readonly short: string
  readonly name: string
  readonly isOn: boolean
}

/** Chips for a week in the order of the reader's country; an empty list of days means all of them. */
export function dayChips(days: readonly number[], words: Words): DayChip[] {
  const first = words.reader.weekStart ?? firstDayOf(words.reader.locale)
  const names = ALL_DAYS.map((day) => words.weekdays([day]))
  const short = beginnings(names)
  return ALL_DAYS.map((offset) => {
    const day = (first + offset) % 7
    return {
      day,
      short: short[day] ?? '',
      name: names[day] ?? '',
      isOn: days.length === 0 || days.includes(day),
    }
  })
}

/** As many letters of each as tell them apart, two at least; 周一 and its like are told by what follows 周. */
function beginnings(names: readonly string[]): string[] {
  const letters = names.map((name) => [...name.replace(/^周/u, '')])
  const shorter = [2, 3, 4].map((length) => letters.map((all) => all.slice(0, length).join('')))
  return shorter.find((all) => new Set(all).size === names.length) ?? [...names]
}

/** 0 = Sunday. Node 20 has it as a property, later versions as a function. */
function firstDayOf(locale: string): number {
  try {
    const known = new Intl.Locale(locale) as Intl.Locale & {
      weekInfo?: { firstDay: number }
      getWeekInfo?(): { firstDay: number }
    }
    return (known.getWeekInfo?.() ?? known.weekInfo ?? { firstDay: 1 }).firstDay % 7
  } catch {
    return 1
  }
}
