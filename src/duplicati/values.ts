import { createHash } from 'node:crypto'
import { maskSecrets } from './mask.ts'

/** An object of a foreign document; nothing is known of its values. */
export type Fields = Readonly<Record<string, unknown>>

export const NO_FIELDS: Fields = Object.freeze(Object.create(null) as Fields)

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS
}

/** Text that can be shown and kept: whole characters, no control signs but newline and tab. */
export function cleanText(text: string): string {
  if (!ODD.test(text)) return text
  return text.replace(/\r\n?/g, '\n').replace(CONTROL, '').replace(LONE_SURROGATE, '\ufffd')
}

const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufeff\ufffe\uffff]/
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ufffe\uffff]/g
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * A name, an id or another short text in one line, masked; null where it is no text or shows nothing. What is
 * longer than `limit` keeps its head and ends with a hash of all of it, so that different ones stay different.
 */
export function nameOf(value: unknown, limit = NAME_LIMIT): string | null {
  if (typeof value !== 'string') return null
  const name = cleanText(maskSecrets(value))
    .replace(/[\n\t]+/g, ' ')
    .trim()
  if (name.length <= limit) return /[^\s\p{Cf}]/u.test(name) ? name : null
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16)
  return `${cut(name, limit - 17)}…${hash}`
}

export const NAME_LIMIT = 1000
export const ID_LIMIT = 200

/** The first `limit` characters, an ellipsis for the rest; never half of a character. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${cut(text, limit - 1)}…`
}

function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

/** A figure: whole, not negative, exact. Anything else is null. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/**
 * Whether something is said to be so. What is there but no boolean counts as "yes": flags of a report tell of
 * something bad, and an unreadable one must not make a run look better than it was.
 */
export function flagOf(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  return typeof value === 'string' ? !/^\s*(false|0|no)?\s*$/i.test(value) : true
}

/** How a foreign value is quoted in a sentence of ours. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return shorten(nameOf(value.slice(0, 500)) ?? '–', 60)
  return typeof value === 'number'
    ? String(value)
    : Array.isArray(value)
      ? '[…]'
      : isFields(value)
        ? '{…}'
        : String(value)
}
