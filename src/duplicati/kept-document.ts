import { remembered } from '../kit/remembered.ts'
import { MASK, maskSecrets } from './mask.ts'
import { isSecretName } from './secret-names.ts'
import { cleanText, isFields, shorten } from './values.ts'

const DEEPEST = 24
const LONGEST_LIST = 200
const LONGEST_TEXT = 20_000
const LONGEST_KEY = 200
/** Characters of names and texts that are kept of one document. */
const ROOM = 256 * 1024

/**
 * Makes a parsed report fit to be kept: without its log lines, secrets masked, long lists and texts cut (a list ends
 * with `… 1200`, the number of its elements that were left out). It changes the document rather than copying it,
 * since every report passes here: nobody may read it afterwards. `inside` names the part that holds the result.
 */
export function keptDocument(document: Record<string, unknown>, inside: '' | 'Data'): unknown {
  delete document['LogLines']
  const result = inside === '' ? document : document[inside]
  if (isFields(result))
    for (const name of ['Messages', 'Warnings', 'Errors']) delete (result as typeof document)[name]
  return keepFields(document, { room: ROOM }, 0)
}

interface Left {
  room: number
}

function keep(value: unknown, left: Left, depth: number): unknown {
  if (typeof value === 'string') return keepText(value, left)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST || left.room <= 0) return '…'
  return Array.isArray(value)
    ? keepList(value, left, depth)
    : keepFields(value as Record<string, unknown>, left, depth)
}

function keepFields(fields: Record<string, unknown>, left: Left, depth: number): unknown {
  for (const key in fields) {
    if (key.length > LONGEST_KEY) return keepFields(withShortKeys(fields), left, depth)
    left.room -= key.length + 8
    if (left.room <= 0) return before(fields, key)
    const member = fields[key]
    if (member === null || typeof member === 'boolean') continue
    const kept = typeof member !== 'object' && isSecret(key) ? MASK : keep(member, left, depth + 1)
    if (kept !== member) fields[key] = kept
  }
  return fields
}

function keepList(list: unknown[], left: Left, depth: number): unknown {
  let at = 0
  for (; at < list.length && at < LONGEST_LIST && left.room > 0; at++) {
    left.room -= 8
    list[at] = keep(list[at], left, depth + 1)
  }
  if (at === list.length) return list
  return [...list.slice(0, at), `… ${list.length - at}`]
}

function keepText(text: string, left: Left): string {
  const kept = text.length < 8 ? text : shorten(maskSecrets(text), LONGEST_TEXT)
  left.room -= kept.length
  return cleanText(kept)
}

/** The members before a key: there is no room for more. */
function before(fields: Record<string, unknown>, end: string): unknown {
  const kept: [string, unknown][] = []
  for (const key in fields) {
    if (key === end) break
    kept.push([key, fields[key]])
  }
  return Object.fromEntries([...kept, ['…', '…']])
}

function withShortKeys(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [shorten(key, LONGEST_KEY), value]))
}

/** The names in reports are always the same few. */
const isSecret = remembered(isSecretName, 64)
