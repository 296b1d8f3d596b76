import { IntlMessageFormat } from 'intl-messageformat'

/** Values ready to be placed: numbers stay numbers, so that a plural can choose by them. */
export type PlainValue = string | number | boolean

/** A sentence that waits for its values. `number` writes numbers the way the reader likes them. */
export type Message = (values: ReadonlyMap<string, PlainValue>, number: (value: number) => string) => string

/**
 * Compiles an ICU message. Most sentences only place values, so these never reach the parser: a page says some
 * thousand of them. A value that is missing throws a `MissingValue`.
 */
export function compileMessage(source: string, language: string): Message {
  if (!/[{'#]/.test(source)) return () => source
  return /'|\{\s*\w+\s*,/.test(source) ? compileChoice(source, language) : compilePlaces(source)
}

/** The sentence needs a value that was not given. */
export class MissingValue extends Error {
  override readonly name = 'MissingValue'
}

function compilePlaces(source: string): Message {
  const parts = source.split(/\{\s*(\w+)\s*\}/)
  return (values, number) => {
    let said = ''
    for (const [index, part] of parts.entries()) said += index % 2 === 0 ? part : place(part, values, number)
    return said
  }
}

function place(
  name: string,
  values: ReadonlyMap<string, PlainValue>,
  number: (value: number) => string,
): string {
  const value = values.get(name)
  if (value === undefined) throw new MissingValue(name)
  return typeof value === 'number' ? number(value) : String(value)
}

function compileChoice(source: string, language: string): Message {
  let format: IntlMessageFormat | null = null
  return (values, number) => {
    format ??= parse(source, language)
    write = number
    try {
      return String(format.format(Object.fromEntries(values)))
    } catch (error) {
      throw error instanceof Error && /not provided/.test(error.message)
        ? new MissingValue(error.message)
        : error
    }
  }
}

function parse(source: string, language: string): IntlMessageFormat {
  const format = new IntlMessageFormat(source, language, undefined, {
    ignoreTag: true,
    formatters: { getNumberFormat: () => readersNumbers, getDateTimeFormat, getPluralRules },
  })
  askForNumbers(format.getAst() as Element[])
  return format
}

const ARGUMENT = 1
const NUMBER = 2

interface Element {
  type: number
  options?: Record<string, { value: Element[] }>
}

/** A bare `{n}` would be written as `1234`; asked for as a number it goes through the reader's formatter too. */
function askForNumbers(elements: Element[]): void {
  for (const element of elements) {
    if (element.type === ARGUMENT) element.type = NUMBER
    for (const option of Object.values(element.options ?? {})) askForNumbers(option.value)
  }
}

// Formatting is synchronous, so one variable tells the compiled sentence who reads.
let write: (value: number) => string = String
const readersNumbers = {
  format: (value: unknown) => (typeof value === 'number' ? write(value) : String(value)),
} as unknown as Intl.NumberFormat

const getDateTimeFormat = () => {
  throw new Error('moments are given as { at }, not formatted inside a message')
}

const plurals = new Map<string, Intl.PluralRules>()

function getPluralRules(locales?: string | string[], options?: Intl.PluralRulesOptions): Intl.PluralRules {
  const id = `${String(locales)} ${options?.type ?? 'cardinal'}`
  const rules = plurals.get(id) ?? new Intl.PluralRules(locales, options)
  plurals.set(id, rules)
  return rules
}
