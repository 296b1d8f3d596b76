import { lineOf } from './cells.ts'
import type { Value } from './open-database.ts'

/** Old and new value by name, as our audit log keeps them; of what was only said, the old one is null. */
export type Details = Readonly<Record<string, readonly [Detail, Detail]>>
type Detail = string | number | boolean | null

const MOST = 30
const LONGEST = 300
const SECRET = /pass(word|wd|phrase)?|secret|token|api_?key|session_?id|csrf|credential|cookie/i

/**
 * What an entry of the reference product's audit log tells beside who did what: a JSON object whose secrets are left
 * out once more, since some of its entries have a password in clear. What is no object is one text.
 */
export function detailsOf(written: Value | undefined): Details {
  const text = typeof written === 'string' ? written.trim() : ''
  if (text === '') return {}
  const read = parsed(text)
  if (!isObject(read)) return { details: [null, detailOf('details', read ?? text)] }
  const { changes, ...others } = read
  const found = [...fieldsOf(others), ...(isObject(changes) ? fieldsOf(changes) : fieldsOf({ changes }))]
  return Object.fromEntries(found.slice(0, MOST))
}

function fieldsOf(object: Readonly<Record<string, unknown>>): [string, readonly [Detail, Detail]][] {
  return Object.entries(object).flatMap(([name, value]) => {
    const newer = /^old([A-Z_].*|)$/.exec(name)
    // Both stand in one line, under the name of the new one.
    if (newer !== null && Object.hasOwn(object, `new${newer[1] ?? ''}`)) return []
    const before = Object.hasOwn(object, name.replace(/^new/, 'old'))
      ? object[name.replace(/^new/, 'old')]
      : null
    const key = lineOf(name, 60)
    if (key === '' || key === '__proto__' || value === undefined) return []
    if (isObject(value) && ('old' in value || 'new' in value || 'from' in value || 'to' in value))
      return [
        [key, [detailOf(name, value['old'] ?? value['from']), detailOf(name, value['new'] ?? value['to'])]],
      ]
    return [[key, [name.startsWith('new') ? detailOf(name, before) : null, detailOf(name, value)]]]
  })
}

function detailOf(name: string, value: unknown): Detail {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean' || typeof value === 'number') return value
  if (SECRET.test(name)) return '***'
  const text = typeof value === 'string' ? value : JSON.stringify(value, masked)
  return lineOf(text, LONGEST).replace(/\/\/[^/@\s]+@/g, '//***@')
}

function masked(name: string, value: unknown): unknown {
  return SECRET.test(name) && (typeof value === 'string' || isObject(value)) ? '***' : value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
