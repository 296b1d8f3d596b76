import { OWN_FIGURES } from './own-figure-table.ts'
import { countOf, type Fields } from './values.ts'

/** Every name that `ownFigures` gives to what it knows; each has its label in the catalogue. */
export const OWN_FIGURE_NAMES: readonly string[] = [
  ...new Set([...OWN_FIGURES.values()].flatMap((figures) => Object.keys(figures))),
].sort()

/** Operations without figures of their own, so that they are not taken for unknown ones. */
const WITHOUT: ReadonlySet<string> = new Set(['Backup', 'Repair', 'Vacuum', 'CreateLogDb'])

/**
 * Figures of an operation under our names, with units in the name; what is missing or unreadable is left out. Of an
 * operation that we do not know every number at the top of its result, under its name in snake_case.
 */
export function ownFigures(operation: string, data: Fields): Record<string, number> {
  const known = OWN_FIGURES.get(operation)
  const out: Record<string, number> = {}
  if (known === undefined) return WITHOUT.has(operation) ? out : allNumbers(data)
  for (const [name, source] of Object.entries(known)) {
    const value = typeof source === 'string' ? countOf(data[source]) : source(data)
    if (value !== null) out[name] = value
  }
  return out
}

const COMMON = /^(Messages|Warnings|Errors)ActualLength$/
const MOST_UNKNOWN = 60

function allNumbers(data: Fields): Record<string, number> {
  const out: Record<string, number> = {}
  let count = 0
  for (const [field, value] of Object.entries(data)) {
    if (countOf(value) === null || COMMON.test(field) || !/^[A-Za-z][A-Za-z0-9]{0,60}$/.test(field)) continue
    if (++count > MOST_UNKNOWN) break
    out[ownName(field)] = value as number
  }
  return out
}

/** `SizeOfMovedFiles` as `moved_files_bytes`: a size says its unit. */
function ownName(field: string): string {
  const size = /^SizeOf(.+)$|^(.+)Size$/.exec(field)
  const part = size?.[1] ?? size?.[2]
  return part === undefined ? snakeCase(field) : `${snakeCase(part)}_bytes`
}

function snakeCase(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
