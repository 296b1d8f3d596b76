import { MASK, maskSecrets } from './mask.ts'
import { isSecretName } from './secret-names.ts'
import { cleanText, isFields, shorten } from './values.ts'

const DEEPEST = 24
const LONGEST_LIST = 200
const LONGEST_TEXT = 20_000
/** Characters of names and texts that are kept of one document. */
const ROOM = 256 * 1024

/**
 * A copy of a report to be kept: without its log lines, secrets masked, long lists and texts cut (a list ends with
 * `… 1200`, the number of its elements that were left out). `inside` names the part that holds the result.
 */
export function keptCopy(document: unknown, inside: '' | 'Data'): unknown {
  const left = { room: ROOM }
  if (!isFields(document)) return copy(document, left, 0)
  const out = emptyObject()
  for (const [key, value] of Object.entries(document)) {
    if (key === 'LogLines' || (inside === '' && LINES.includes(key))) continue
    out[key] =
      key === inside && isFields(value) ? copyFields(value, left, 1, LINES) : copyMember(key, value, left, 1)
  }
  return out
}

const LINES = ['Messages', 'Warnings', 'Errors']

function copy(value: unknown, left: { room: number }, depth: number): unknown {
  if (typeof value === 'string') return copyText(value, left)
  if (typeof value !== 'object' || value === null) {
    left.room -= 8
    return value
  }
  if (depth >= DEEPEST || left.room <= 0) return '…'
  if (isFields(value)) return copyFields(value, left, depth, [])
  const list = value as readonly unknown[]
  const kept: unknown[] = []
  for (const item of list) {
    if (kept.length >= LONGEST_LIST || left.room <= 0) break
    kept.push(copy(item, left, depth + 1))
  }
  if (kept.length < list.length) kept.push(`… ${list.length - kept.length}`)
  return kept
}

function copyFields(
  value: object,
  left: { room: number },
  depth: number,
  without: readonly string[],
): unknown {
  const out = emptyObject()
  for (const [key, member] of Object.entries(value)) {
    if (without.includes(key)) continue
    if (left.room <= 0) {
      out['…'] = '…'
      break
    }
    out[shorten(cleanText(key), 200)] = copyMember(key, member, left, depth + 1)
  }
  return out
}

function copyMember(key: string, value: unknown, left: { room: number }, depth: number): unknown {
  left.room -= key.length
  const secret = value !== null && value !== '' && typeof value !== 'object' && isSecretName(key)
  return secret ? MASK : copy(value, left, depth)
}

function copyText(value: string, left: { room: number }): string {
  const masked = value.length < 4 ? value : shorten(cleanText(maskSecrets(value)), LONGEST_TEXT)
  left.room -= masked.length
  return masked
}

/** Foreign keys such as `__proto__` are plain keys on an object without prototype. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}
