/**
 * A sentence that will be said in some language later: a key of the catalogue (`views/locales/*.json`) and its
 * values. What is stored in the database (why a run is expected, why an incident opened) is a Text, so that it
 * can be read in any language, and in another zone, ever after.
 */
export interface Text {
  readonly key: string
  readonly values?: Readonly<Record<string, TextValue>>
}

/** Plain values, or values that the formatter must write for the reader's locale and zone. */
export type TextValue = string | number | boolean | TypedValue | Text

/** `at` is an ISO moment; `bytes`, `seconds` and `days` are numbers in the unit of their name. */
export type TypedValue =
  | { readonly at: string; readonly as?: 'moment' | 'day' | 'time' | 'weekday-time' | 'relative' }
  | { readonly bytes: number }
  | { readonly seconds: number }
  | { readonly weekdays: readonly number[] }

/** A Text in one line: `say('job.late', { since: { at } })`. */
export function text(key: string, values?: Readonly<Record<string, TextValue>>): Text {
  return values === undefined ? { key } : { key, values }
}
