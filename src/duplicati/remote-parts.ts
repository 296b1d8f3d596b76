/** Parts of an answer of Duplicati, each null where it is missing or of another kind than promised. */

export type Part = Readonly<Record<string, unknown>>

/** The object that a text is in JSON; null where it is none. */
export function readObject(json: string): Part | null {
  const value = readJson(json)
  return isPart(value) ? value : null
}

/** Any JSON value; undefined where the text is none. */
export function readJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function partOf(part: Part | null, name: string): Part | null {
  const value = fieldOf(part, name)
  return isPart(value) ? value : null
}

export function listOf(part: Part | null, name: string): readonly Part[] {
  const value = fieldOf(part, name)
  return Array.isArray(value) ? value.filter(isPart) : []
}

/** A text that says something, shortened; null for an empty one. */
export function stringOf(part: Part | null, name: string, limit = 4000): string | null {
  const value = fieldOf(part, name)
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, limit) : null
}

export function numberOf(part: Part | null, name: string): number | null {
  const value = fieldOf(part, name)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A number that counts something: -1 is Duplicati's word for unknown. */
export function countOf(part: Part | null, name: string): number | null {
  const value = numberOf(part, name)
  return value === null || value < 0 ? null : value
}

/** ISO moment in UTC; null for .NET's unset date and whatever is none. */
export function momentOf(part: Part | null, name: string): string | null {
  const written = stringOf(part, name)
  if (written === null || written.startsWith('0001-')) return null
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(written) ? written : `${written}Z`
  // .NET writes seven digits of a second; a Date takes three.
  const date = new Date(zoned.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** `yyyyMMdd'T'HHmmss'Z'`, as job metadata has it. */
export function stampOf(part: Part | null, name: string): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stringOf(part, name) ?? '')
  if (match === null || match[1] === '0001') return null
  const date = new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** Unix seconds. */
export function secondsOf(part: Part | null, name: string): string | null {
  const value = numberOf(part, name)
  if (value === null || value <= 0 || value > 253_402_300_799) return null
  return new Date(value * 1000).toISOString()
}

function fieldOf(part: Part | null, name: string): unknown {
  return part !== null && Object.hasOwn(part, name) ? part[name] : undefined
}
