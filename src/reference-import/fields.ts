export type Fields = Readonly<Record<string, unknown>>

/** JSON text, once or twice written, or a value, as an object; null where it is something else. */
export function fieldsOf(value: unknown): Fields | null {
  const given = parsed(parsed(value))
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : null
}

/** Those fields that are texts or numbers, as texts without blanks around them. */
export function strings(fields: Fields): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = Object.create(null)
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string' || typeof value === 'number') found[name] = String(value).trim()
  return found
}

/** A boolean, as this product and those who edit by hand write it; null for anything else. */
export function flag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  const word =
    typeof value === 'number' || typeof value === 'string' ? String(value).trim().toLowerCase() : ''
  if (['1', 'true', 'yes', 'on'].includes(word)) return true
  return ['0', 'false', 'no', 'off'].includes(word) ? false : null
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}
