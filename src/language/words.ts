import type { Text, TextValue, TypedValue } from '../domain/text.ts'
import type { Reader, Words } from '../domain/words.ts'
import { type Clock, systemClock } from '../kit/clock.ts'
import { type Catalogue, openCatalogue } from './catalogue.ts'
import { createFormatter, type Formatter } from './format.ts'
import { MissingValue, type PlainValue } from './message.ts'

/** The languages this installation speaks, and the words for each reader. */
export interface Languages {
  /** English first; `name` is in the language itself. */
  readonly languages: readonly { readonly code: string; readonly name: string }[]
  /** Words of equal readers are the same object: cheap to ask for with every request. */
  words(reader: Reader): Words
  /** The best language of an `Accept-Language` header, English where none fits. */
  choose(acceptLanguage: string): string
}

/**
 * @param dir folder with `en.json` and its translations
 * @param outside `clock` for "2 hours ago" inside a sentence. `missing` is told of a key or value that is not
 *   there, and then the key is shown instead; without it that throws, so that a test sees it.
 */
export function createLanguages(
  dir: string,
  outside: { clock?: Clock; missing?: (what: string) => void } = {},
): Languages {
  const catalogue = openCatalogue(dir)
  const clock = outside.clock ?? systemClock
  const missing = outside.missing ?? refuse
  const known = new Map<string, Words>()

  const words = (reader: Reader) => {
    const id = JSON.stringify(reader)
    const found = known.get(id)
    if (found !== undefined) return found
    if (known.size >= 50) known.clear()
    const made = createWords(reader, catalogue, clock, missing)
    known.set(id, made)
    return made
  }

  return {
    words,
    languages: catalogue.languages.map((code) => ({ code, name: nameOf(code) })),
    choose: (acceptLanguage) => chooseLanguage(acceptLanguage, catalogue.languages),
  }
}

function refuse(what: string): never {
  throw new Error(`the catalogue has no ${what}`)
}

function nameOf(code: string): string {
  const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1)
}

function createWords(
  reader: Reader,
  catalogue: Catalogue,
  clock: Clock,
  missing: (what: string) => void,
): Words {
  const phrase = (name: string, values: Record<string, TextValue> = {}) => sayKey(`format.${name}`, values)
  const format: Formatter = createFormatter(reader, phrase)

  const sayKey = (key: string, values: Readonly<Record<string, TextValue>>): string => {
    const found = catalogue.find(reader.language, key)
    if (found === null) {
      missing(`text "${key}"`)
      return key
    }
    const ready = new Map<string, PlainValue>()
    for (const name of Object.keys(values)) {
      const value = values[name]
      if (value !== undefined) ready.set(name, plain(value))
    }
    try {
      return found.message(ready, format.number)
    } catch (error) {
      if (!(error instanceof MissingValue)) throw error
      missing(`value for "${key}": ${error.message}`)
      return key
    }
  }

  const plain = (value: TextValue): PlainValue => {
    if (typeof value !== 'object') return value
    if ('key' in value) return sayText(value)
    return typed(value, format, clock)
  }

  const sayText = (said: Text) => sayKey(said.key, said.values ?? {})

  return {
    reader,
    say: (key, values = {}) => (typeof key === 'string' ? sayKey(key, values) : sayText(key)),
    ...format,
  }
}

function typed(value: TypedValue, format: Formatter, clock: Clock): string {
  if ('bytes' in value) return format.bytes(value.bytes)
  if ('seconds' in value) return format.duration(value.seconds)
  if ('weekdays' in value) return format.weekdays(value.weekdays)
  switch (value.as) {
    case 'day':
      return format.day(value.at)
    case 'time':
      return format.time(value.at)
    case 'weekday-time':
      return format.weekdayTime(value.at)
    case 'relative':
      return format.relative(value.at, clock.now())
    default:
      return format.moment(value.at)
  }
}

/** Reads `de-AT,de;q=0.9,en;q=0.8`: the first asked-for language we speak, by its tag or by its first part. */
function chooseLanguage(header: string, spoken: readonly string[]): string {
  const asked = header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.split(';')
      const q = quality === undefined ? 1 : Number.parseFloat(quality.replace(/^\s*q=/, ''))
      return { tag: tag.trim().toLowerCase(), q: Number.isNaN(q) ? 0 : q }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
  for (const { tag } of asked) {
    const same = spoken.find((code) => code.toLowerCase() === tag)
    const near = spoken.find((code) => code.toLowerCase().split('-')[0] === tag.split('-')[0])
    if (same !== undefined || near !== undefined) return same ?? near ?? 'en'
  }
  return 'en'
}
