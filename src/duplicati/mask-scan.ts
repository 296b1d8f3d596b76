/** Where a name stands and where its value does: `[from, to)` of the value, without its quotes. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Signs at which a value ends. */
export const QUERY_END = ' \t\r\n&"\'<>`'
export const OPTION_END = ' \t\r\n"\'<>`'
export const NAMED_END = ' \t\r\n,"\'<>`}]'
export const LINE_END = '\r\n"'
export const AUTHORITY_END = ' \t\r\n/?#"\'<>`'
export const ADDRESS_END = ' \t\r\n?"\'<>`'

/** The value that begins at `at`: to its closing quote where it is quoted, else to one of `ends`. */
export function valueSpan(text: string, at: number, ends: string): Span {
  const escaped = text.charAt(at) === '\\'
  const quote = text.charAt(escaped ? at + 1 : at)
  if (quote !== '"' && quote !== "'") return { from: at, to: scan(text, at, ends) }
  const from = escaped ? at + 2 : at + 1
  let to = text.indexOf(escaped ? `\\${quote}` : quote, from)
  while (!escaped && to !== -1 && text.charAt(to - 1) === '\\' && to > from) to = text.indexOf(quote, to + 1)
  return { from, to: to === -1 ? scan(text, from, '\n') : to }
}

/** The first of `ends` from `at` on, else the end of the text. */
export function scan(text: string, at: number, ends: string): number {
  let end = at
  while (end < text.length && !ends.includes(text.charAt(end))) end++
  return end
}

/** Begin of the name that ends before `end`, at most 64 characters back. */
export function nameStart(text: string, end: number): number {
  let start = end
  while (start > 0 && end - start < 64 && isNameSign(text.charCodeAt(start - 1))) start--
  return start
}

function isNameSign(code: number): boolean {
  const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
  return letter || (code >= 48 && code <= 57) || code === 45 || code === 46 || code === 95
}

/** Up to two spaces are stepped over: `name = value`. */
export function skipSpace(text: string, at: number): number {
  return text.charAt(at) === ' ' ? (text.charAt(at + 1) === ' ' ? at + 2 : at + 1) : at
}

export function skipSpaceBack(text: string, at: number): number {
  return text.charAt(at - 1) === ' ' ? (text.charAt(at - 2) === ' ' ? at - 2 : at - 1) : at
}
