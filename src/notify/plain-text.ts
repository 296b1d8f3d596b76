/**
 * Foreign text made harmless for a message: no control characters, no signs that turn the direction of what follows,
 * no half characters, bounded.
 */
export function oneLine(text: string, limit = 300): string {
  return cut(
    clean(text)
      .replace(/[\t\n\v\f\r \u2028\u2029]+/g, ' ')
      .trim(),
    limit,
  )
}

/** The same for text of several lines; line ends become `\n`. */
export function manyLines(text: string, limit = 4000): string {
  const lines = text.slice(0, limit * 4).replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
  return cut(clean(lines).trim(), limit)
}

/** At most `limit` characters, the last one an ellipsis where something was left out; never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, Math.max(0, limit - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** At most `limit` bytes of UTF-8, the last character an ellipsis where something was left out. */
export function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  let end = Math.max(0, limit - 3)
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return `${bytes.subarray(0, end).toString()}…`
}

// C0 and C1 controls except tab and line feed, soft direction marks, zero-width signs, byte order mark, lone surrogates.
const UNWANTED =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Surrogate}]/gu

function clean(text: string): string {
  return text.slice(0, 1_000_000).replace(UNWANTED, ' ')
}
