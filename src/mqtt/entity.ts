import type { Text } from '../domain/text.ts'

/** Keys of an entity in a device document, abbreviated as Home Assistant knows them. */
export type EntityDocument = Readonly<Record<string, unknown>>

/** One entity before it is placed on a device. */
export interface Entity {
  /** Last part of its unique id, never changed once released. */
  readonly key: string
  readonly platform: 'sensor' | 'binary_sensor' | 'button' | 'event' | 'update'
  /** Its own part of the name; null for the main feature of its device, which is called as the device. */
  readonly name: Text | null
  /** Last part of the suggested entity id; '' for the main feature. */
  readonly id: string
  readonly rest: EntityDocument
}

/** A value of the state document as it is: text, number or (as `None`, which means unknown) null. */
export function value(name: string): EntityDocument {
  return { val_tpl: `{{ value_json.${name} }}` }
}

/** `ON` or `OFF`; `None` (unknown) where the state says null. */
export function onOff(name: string): EntityDocument {
  return {
    val_tpl: `{{ None if value_json.${name} is none else ('ON' if value_json.${name} else 'OFF') }}`,
  }
}

/** Bytes shown in GB: the unit of a sensor stays the same for ever, or its statistics break. */
export function gigabytes(name: string): EntityDocument {
  return {
    dev_cla: 'data_size',
    unit_of_meas: 'GB',
    stat_cla: 'measurement',
    sug_dsp_prc: 2,
    val_tpl: `{{ (value_json.${name} / 1000000000) | round(3) if value_json.${name} is number else None }}`,
  }
}

export function count(name: string, icon: string): EntityDocument {
  return { stat_cla: 'measurement', ic: icon, ...value(name) }
}

export function moment(name: string): EntityDocument {
  return { dev_cla: 'timestamp', ...value(name) }
}

/** Kept under "diagnostic" on the device page. */
export const diagnostic: EntityDocument = { ent_cat: 'diagnostic' }
/** Registered, and switched on by who wants it. */
export const disabled: EntityDocument = { en: false }
