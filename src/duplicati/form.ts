import { decodeBody } from './decode.ts'

export interface FormField {
  readonly name: string
  readonly value: string
  /** The value as it came, nothing unescaped. */
  readonly raw: string
}

/**
 * The fields of a form body, decoded; null where the text is no form: a name without spaces or quotes, then `=`,
 * is what makes one.
 */
export function formFields(text: string): readonly FormField[] | null {
  if (!/^[^\s={}[\]"'<>:;,]{1,200}=/.test(text)) return null
  const fields: FormField[] = []
  for (let from = 0; from <= text.length && fields.length < MOST_FIELDS; ) {
    const end = text.indexOf('&', from)
    const part = text.slice(from, end === -1 ? text.length : end)
    const sign = part.indexOf('=')
    const raw = part.slice(sign + 1)
    if (sign > 0) fields.push({ name: decodePart(part.slice(0, sign)), value: decodePart(raw), raw })
    if (end === -1) break
    from = end + 1
  }
  return fields
}

const MOST_FIELDS = 1000

/** The fields and files of a multipart body, by what stands in it rather than by its declared boundary; else null. */
export function multipartFields(text: string): readonly FormField[] | null {
  const boundary = /^--(\S{1,200})\r?\n[a-z-]{1,40}:/i.exec(text.slice(0, 300))?.[1]
  if (boundary === undefined) return null
  const parts = `\n${text}`.split(`\n--${boundary}`, MOST_FIELDS).slice(1)
  return parts.flatMap((part) => {
    const blank = /\r?\n\r?\n/.exec(part)
    if (blank === null) return []
    const name = /[; ]name="([^"\r\n]{0,200})"/i.exec(part.slice(0, Math.min(blank.index, 2000)))?.[1] ?? ''
    const value = part.slice(blank.index + blank[0].length)
    return [{ name, value, raw: value }]
  })
}

/** A text of which every sign may be escaped as in a form. */
export function unescaped(text: string): string {
  return decodePart(text)
}

export function encodeForm(fields: readonly Pick<FormField, 'name' | 'value'>[]): string {
  return fields.map(({ name, value }) => `${encodePart(name)}=${encodePart(value)}`).join('&')
}

/** Percent signs that escape nothing stay as they are: some senders do not escape. */
function decodePart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return decodeBytes(spaced)
  }
}

function decodeBytes(part: string): string {
  const source = Buffer.from(part)
  const bytes = Buffer.allocUnsafe(source.length)
  let length = 0
  for (let at = 0; at < source.length; at++) {
    const high = source[at] === 37 ? hexOf(source[at + 1]) : -1
    const low = high === -1 ? -1 : hexOf(source[at + 2])
    bytes[length++] = low === -1 ? (source[at] ?? 0) : high * 16 + low
    if (low !== -1) at += 2
  }
  return decodeBody(bytes.subarray(0, length), null)
}

function hexOf(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd'))
}
