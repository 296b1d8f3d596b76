import type { Text } from '../../domain/text.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import type { Field, Option } from './field.ts'
import { fieldValue, readField, shownValue } from './field.ts'

/** A field as the template prints it. */
export interface Row {
  readonly key: string
  readonly kind: Field['kind']
  readonly group: string
  readonly label: string
  readonly help: string
  readonly value: string
  readonly placeholder: string
  readonly unit: string
  readonly range: readonly [number, number] | null
  readonly choices: readonly (Option & { readonly isChosen: boolean })[]
  /** Values to pick from beside what can be typed. */
  readonly suggestions: readonly string[]
  readonly fault: string
  /** Name of the environment variable that fixes it; '' for none. */
  readonly lockedBy: string
  /** For secrets: when it was set, as a sentence; '' where it is not. */
  readonly secretSet: string
  /** For secrets: stored, but sealed with a key that is gone. */
  readonly isLost: boolean
  readonly isDisabled: boolean
}

/** What was typed and what was wrong with it, by key, where a save failed. */
export type Failed = ReadonlyMap<string, { readonly typed: string; readonly fault: Text | null }>

/** Where values come from, and whether this visitor may change them; by default the settings of the house. */
export interface Source {
  value(field: Field): unknown
  readonly canChange: boolean
}

/** Rows for the template, with what was typed and what was wrong with it where a save failed. */
export function rowsOf(
  fields: readonly Field[],
  house: House,
  visit: Visit,
  failed: Failed = new Map(),
  source: Source = {
    value: (field) => fieldValue(field, house.store.state()),
    canChange: visit.isAdministrator,
  },
): Row[] {
  return fields
    .filter((field) => field.isOffered?.(house) !== false)
    .map((field) => rowOf(field, house, visit, failed.get(field.key), source))
}

function rowOf(
  field: Field,
  house: House,
  visit: Visit,
  again: { readonly typed: string; readonly fault: Text | null } | undefined,
  source: Source,
): Row {
  const { words } = visit
  const area = `setting.${field.said ?? field.key}`
  const value = again?.typed ?? shownValue(field, source.value(field))
  const lockedBy = house.settings.locked[field.key] ?? ''
  return {
    key: field.key,
    kind: field.kind,
    group: field.group ?? '',
    label: words.say(`${area}.label`),
    help: words.say(`${area}.help`),
    value: field.kind === 'secret' ? '' : value,
    placeholder: field.placeholder ?? '',
    unit: field.unit === undefined ? '' : words.say(field.unit),
    range: field.range ?? null,
    choices: optionsOf(field, house, visit, area).map((one) => ({ ...one, isChosen: one.value === value })),
    suggestions: field.suggestions?.() ?? [],
    fault: again?.fault == null ? '' : words.say(again.fault),
    lockedBy,
    ...secretFacts(field, house, words),
    isDisabled: lockedBy !== '' || !source.canChange,
  }
}

function optionsOf(field: Field, house: House, visit: Visit, area: string): readonly Option[] {
  if (field.options !== undefined) return field.options(house, visit)
  return (field.choices ?? []).map((value) => ({
    value,
    label: field.choiceLabels?.[value] ?? visit.words.say(`${area}.choice.${value === '' ? 'none' : value}`),
  }))
}

function secretFacts(field: Field, house: House, words: Words): { secretSet: string; isLost: boolean } {
  const secret = field.kind === 'secret' ? house.store.state().secrets[field.key] : undefined
  if (secret === undefined) return { secretSet: '', isLost: false }
  const isLost = house.secrets.lost().includes(field.key)
  const key = isLost ? 'setting.secret.lost' : 'setting.secret.set'
  return { secretSet: words.say(key, { at: { at: secret.setAt, as: 'day' } }), isLost }
}

/** What a form changes: new values by key, new secrets by name, or what is wrong, by key. */
export interface Reading {
  readonly values: Readonly<Record<string, unknown>>
  readonly secrets: ReadonlyMap<string, string | null>
  readonly failed: Failed
  readonly isGood: boolean
}

/** Reads a whole form. Locked fields are left alone; an empty secret stays as it is, `clear:<key>` forgets it. */
export function readForm(fields: readonly Field[], house: House, form: URLSearchParams): Reading {
  const values: Record<string, unknown> = {}
  const secrets = new Map<string, string | null>()
  const failed = new Map<string, { typed: string; fault: Text | null }>()
  let isGood = true
  for (const field of fields) {
    if (house.settings.locked[field.key] !== undefined || field.isOffered?.(house) === false) continue
    const raw = form.has(field.key) ? form.getAll(field.key).join('\n') : null
    if (field.kind === 'secret') {
      if (form.get(`clear:${field.key}`) !== null) secrets.set(field.key, null)
      else if (raw !== null && raw !== '') secrets.set(field.key, raw)
      continue
    }
    const reading = readField(field, raw, house)
    failed.set(field.key, { typed: raw ?? '', fault: reading.fault })
    if (reading.fault === null) values[field.key] = reading.value
    else isGood = false
  }
  return { values, secrets, failed, isGood }
}
