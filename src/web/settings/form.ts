import type { Text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import type { Field } from './field.ts'
import { fieldValue, readField, shownValue } from './field.ts'

/** A field as the template prints it. */
export interface Row {
  readonly key: string
  readonly kind: Field['kind']
  readonly label: string
  readonly help: string
  readonly value: string
  readonly placeholder: string
  readonly unit: string
  readonly range: readonly [number, number] | null
  readonly choices: readonly { readonly value: string; readonly label: string; readonly isChosen: boolean }[]
  readonly fault: string
  /** Name of the environment variable that fixes it; '' for none. */
  readonly lockedBy: string
  /** For secrets: when it was set, as a sentence; '' where it is not. */
  readonly secretSet: string
  readonly isDisabled: boolean
}

/** Rows for the template, with what was typed and what was wrong with it where a save failed. */
export function rowsOf(
  fields: readonly Field[],
  house: House,
  visit: Visit,
  failed: ReadonlyMap<string, { readonly typed: string; readonly fault: Text | null }> = new Map(),
): Row[] {
  const state = house.store.state()
  const { words } = visit
  return fields.map((field) => {
    const again = failed.get(field.key)
    const value = again?.typed ?? shownValue(field, fieldValue(field, state))
    const secret = field.kind === 'secret' ? state.secrets[field.key] : undefined
    const lockedBy = house.settings.locked[field.key] ?? ''
    const choices = (field.choices ?? []).map((choice) => ({
      value: choice,
      label: field.choiceLabels?.[choice] ?? words.say(`setting.${field.key}.choice.${choice}`),
      isChosen: choice === value,
    }))
    return {
      key: field.key,
      kind: field.kind,
      label: words.say(`setting.${field.key}.label`),
      help: words.say(`setting.${field.key}.help`),
      value: field.kind === 'secret' ? '' : value,
      placeholder: field.placeholder ?? '',
      unit: field.unit === undefined ? '' : words.say(field.unit),
      range: field.range ?? null,
      choices,
      fault: again?.fault == null ? '' : words.say(again.fault),
      lockedBy,
      secretSet:
        secret === undefined ? '' : words.say('setting.secret.set', { at: { at: secret.setAt, as: 'day' } }),
      isDisabled: lockedBy !== '' || !visit.isAdministrator,
    }
  })
}

/** What a form changes: new values by key, new secrets by name, or what is wrong, by key. */
export interface Reading {
  readonly values: Readonly<Record<string, unknown>>
  readonly secrets: ReadonlyMap<string, string | null>
  readonly failed: ReadonlyMap<string, { readonly typed: string; readonly fault: Text | null }>
  readonly isGood: boolean
}

/** Reads a whole form. Locked fields are left alone; an empty secret stays as it is, `clear:<key>` forgets it. */
export function readForm(fields: readonly Field[], house: House, form: URLSearchParams): Reading {
  const values: Record<string, unknown> = {}
  const secrets = new Map<string, string | null>()
  const failed = new Map<string, { typed: string; fault: Text | null }>()
  let isGood = true
  for (const field of fields) {
    if (house.settings.locked[field.key] !== undefined) continue
    const raw = form.get(field.key)
    if (field.kind === 'secret') {
      if (form.get(`clear:${field.key}`) !== null) secrets.set(field.key, null)
      else if (raw !== null && raw !== '') secrets.set(field.key, raw)
      continue
    }
    const reading = readField(field, raw)
    failed.set(field.key, { typed: raw ?? '', fault: reading.fault })
    if (reading.fault === null) values[field.key] = reading.value
    else isGood = false
  }
  return { values, secrets, failed, isGood }
}
