import type { Words } from '../domain/words.ts'

/** A figure in two parts, so that its unit can be set smaller: `1.42` and `TB`. */
export interface Measure {
  readonly value: string
  readonly unit: string
}

/** A figure and nothing but its unit behind a narrow space, which parts thousands as well in some languages. */
const WITH_UNIT = /^([\d.,\s’'−-]+)\u202f([^\d\s]+)$/

/** Parts a formatted size or percentage; what has no unit, several (`2 h 14 m`) or words (`4 d ago`), stays whole. */
export function measure(formatted: string): Measure {
  const sized = WITH_UNIT.exec(formatted)
  if (sized !== null) return { value: sized[1] ?? '', unit: sized[2] ?? '' }
  const percent = /^([\d.,\s]+?)\s?(%)$/.exec(formatted)
  return percent === null
    ? { value: formatted, unit: '' }
    : { value: percent[1] ?? '', unit: percent[2] ?? '' }
}

/** A change between two figures with its sign: `+4.9 GB`, `−12`, '' where nothing changed or is known. */
export function change(
  before: number | null,
  after: number | null,
  write: (value: number | null) => string,
): string {
  if (before === null || after === null || Number.isNaN(before) || Number.isNaN(after) || before === after)
    return ''
  return `${after > before ? '+' : '−'}${write(Math.abs(after - before))}`
}

/** NaN of the index as null. */
export function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

export type Write = (words: Words, value: number | null) => string

/** Writes a figure by the unit that its name ends with: `freed_bytes`, `waited_s`, `deleted_files`. */
export function writeByName(name: string, value: number, words: Words): string {
  if (name.endsWith('_bytes')) return words.bytes(value)
  if (name.endsWith('_s')) return words.duration(value)
  return words.number(value)
}
