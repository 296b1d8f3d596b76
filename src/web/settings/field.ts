import { Failure } from '../../domain/failure.ts'
import type { State } from '../../domain/state.ts'
import type { Text } from '../../domain/text.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'

/**
 * One row of a settings form. Its texts are `setting.<key>.label` and `setting.<key>.help` of the catalogue, those of
 * its choices `setting.<key>.choice.<value>`. Stored in `State.settings[key]`; secrets are sealed elsewhere.
 */
export interface Field {
  readonly key: string
  readonly kind:
    | 'text'
    | 'url'
    | 'number'
    | 'flag'
    | 'choice'
    | 'segments'
    | 'lines'
    | 'longtext'
    | 'time'
    | 'secret'
  readonly default: unknown
  readonly choices?: readonly string[]
  /** Choices that are not the product's words: languages, zones, topics. */
  readonly choiceLabels?: Readonly<Record<string, string>>
  readonly range?: readonly [number, number]
  /** Catalogue key of the unit behind a number: `unit.minutes`. */
  readonly unit?: string
  readonly placeholder?: string
  /** What is wrong with a value that has the right kind, in words; null where nothing is. */
  readonly check?: (value: unknown) => Text | null
  /** Reads what was typed in place of the kind; throws a Failure with the sentence that stands beside the field. */
  readonly read?: (typed: string, house: House) => unknown
  /** Choices that only the running house knows: languages, targets. */
  readonly options?: (house: House, visit: Visit) => readonly Option[]
  /** Values to pick from; others can be typed. */
  readonly suggestions?: () => readonly string[]
  /** Where it is false the field is neither shown nor read. */
  readonly isOffered?: (house: House) => boolean
  /** Name of its texts in the catalogue, where that is not the key. */
  readonly said?: string
  /** Name of the panel it stands in, for pages that have several. */
  readonly group?: string
}

export interface Option {
  readonly value: string
  readonly label: string
}

/** What a person typed, read; `fault` says what is wrong with it. */
export type FieldReading =
  | { readonly value: unknown; readonly fault: null }
  | { readonly value: string; readonly fault: Text }

/** The value that holds now: the stored one, else the default. */
export function fieldValue(field: Field, state: State): unknown {
  return Object.hasOwn(state.settings, field.key) ? state.settings[field.key] : field.default
}

/** Reads what a form sent for a field. A flag that is not there is off. */
export function readField(field: Field, raw: string | null, house?: House): FieldReading {
  const typed = (raw ?? '').trim()
  if (field.read !== undefined && house !== undefined) return readBy(field.read, typed, house)
  const value = parse(field, typed)
  if (value === undefined) return { value: typed, fault: faultOf(field) }
  const fault = field.check?.(value) ?? null
  return fault === null ? { value, fault } : { value: typed, fault }
}

/** A value as it stands in its control. */
export function shownValue(field: Field, value: unknown): string {
  if (field.kind === 'lines') return Array.isArray(value) ? value.join('\n') : ''
  if (field.kind === 'flag') return value === true ? 'on' : ''
  if (field.kind === 'url') return String(value ?? '').replace(/\/\/[^/@]*@/, '//***@')
  return value === null || value === undefined ? '' : String(value)
}

function readBy(read: NonNullable<Field['read']>, typed: string, house: House): FieldReading {
  try {
    return { value: read(typed, house), fault: null }
  } catch (error) {
    if (error instanceof Failure) return { value: typed, fault: error.text }
    throw error
  }
}

function parse(field: Field, typed: string): unknown {
  switch (field.kind) {
    case 'flag':
      return typed !== ''
    case 'number': {
      const number = typed === '' ? Number.NaN : Number(typed.replace(',', '.'))
      const [low, high] = field.range ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
      return number >= low && number <= high ? number : undefined
    }
    case 'choice':
    case 'segments':
      return field.choices?.includes(typed) === true ? typed : undefined
    case 'url':
      return typed === '' || /^[a-z]+:\/\/[^\s/]+/i.test(typed) ? typed.replace(/\/+$/, '') : undefined
    case 'time':
      return typed === '' || /^([01]\d|2[0-3]):[0-5]\d$/.test(typed) ? typed : undefined
    case 'lines':
      return typed
        .split(/[\n,;]/)
        .map((one) => one.trim())
        .filter((one) => one !== '')
    default:
      return typed.length <= 20_000 ? typed : undefined
  }
}

function faultOf(field: Field): Text {
  if (field.kind === 'number' && field.range !== undefined)
    return text('setting.fault.number', { low: field.range[0], high: field.range[1] })
  return text(`setting.fault.${field.kind}`)
}
