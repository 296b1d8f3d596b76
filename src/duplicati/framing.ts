import { type FormField, formFields, multipartFields, unescaped } from './form.ts'
import { type Fields, NO_FIELDS } from './values.ts'

/** A report taken out of the form it came in. */
export interface Framed {
  /** The texts that the sender may have meant, likeliest first. */
  readonly texts: readonly string[]
  /** What other fields of the form say of the machine and the job, under the names of `Extra`. */
  readonly extra: Fields
}

/**
 * Takes a report out of a form, URL-encoded or multipart: the largest field is it, whatever its name. A sender that
 * puts the text behind the name without escaping it is known by the spaces and braces that no form has. Null where
 * the text is no form.
 */
export function unframe(text: string): Framed | null {
  const parts = multipartFields(text)
  if (parts !== null) return { texts: [largestOf(parts).value], extra: besideOf(parts) }
  const fields = formFields(text)
  if (fields === null) return null
  const asItCame = text.slice(text.indexOf('=') + 1)
  const { value, raw } = largestOf(fields)
  const isEscaped = !/[\s{]/.test(asItCame.slice(0, 2000))
  return { texts: isEscaped ? [value, asItCame] : [asItCame, raw, value], extra: besideOf(fields) }
}

/** The text without what stands around it unseen: byte order marks, blanks, the zero that ends a text in C. */
export function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isUnseen(text.charCodeAt(from))) from++
  while (to > from && isUnseen(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/** JSON that was written as a JSON text or escaped once more; anything else as it is. */
export function unwrapped(text: string): string {
  if (/^%7b/i.test(text)) return unescaped(text)
  if (!text.startsWith('"{') && !text.startsWith('"[')) return text
  try {
    const inner: unknown = JSON.parse(text)
    return typeof inner === 'string' ? inner : text
  } catch {
    return text
  }
}

const IDENTITY = ['machine-id', 'machine-name', 'backup-id', 'backup-name', 'next-scheduled-run']
const NO_FIELD: FormField = { name: '', value: '', raw: '' }

function largestOf(fields: readonly FormField[]): FormField {
  return fields.reduce((most, field) => (field.value.length > most.value.length ? field : most), NO_FIELD)
}

function besideOf(fields: readonly FormField[]): Fields {
  const largest = largestOf(fields)
  const beside = fields.filter((field) => field !== largest && IDENTITY.includes(field.name))
  return beside.length === 0
    ? NO_FIELDS
    : Object.fromEntries(beside.map(({ name, value }) => [name, value.trim()]))
}

function isUnseen(code: number): boolean {
  return code <= 32 || code === 0xfeff || code === 0xa0
}
