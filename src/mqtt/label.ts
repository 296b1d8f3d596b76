const LONGEST = 80
/** Control characters, halves of surrogate pairs, and marks that turn the direction of what follows. */
const UNFIT = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** A foreign name as it is fit to be shown as a device's or entity's name: one line, bounded, never empty. */
export function label(name: string, fallback: string): string {
  return shorten(name, LONGEST) || fallback
}

/** A foreign text as one line of at most `length` characters; emoji are never cut in half. */
export function shorten(raw: string, length: number): string {
  const line = raw
    .slice(0, length * 8)
    .replace(UNFIT, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const signs = [...line]
  return signs.length <= length ? line : `${signs.slice(0, length - 1).join('')}…`
}

/**
 * Part of a suggested entity id, `[a-z0-9_]`: what of the name can be written in plain letters, else the fallback
 * (names in other scripts, emoji).
 */
export function slug(name: string, fallback: string): string {
  const plain = name
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40)
    .replace(/_+$/, '')
  return plain === '' ? fallback : plain
}
