/** Gives a text line by line without ever holding them all. */
export class LineReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): string | null {
    const line = this.peek()
    if (line !== null) this.#at += line.length + 1
    return line
  }

  peek(): string | null {
    if (this.#at >= this.#text.length) return null
    const end = this.#text.indexOf('\n', this.#at)
    return this.#text.slice(this.#at, end === -1 ? this.#text.length : end)
  }

  /** Everything not read yet. */
  rest(): string {
    return this.#text.slice(this.#at)
  }
}

/** Begin of a log line: `2026-09-01 03:00:30 +02 - [Error-`. */
const ENTRY = /^\d{4}-\d\d-\d\d \d\d(?:[:.]| h )\d\d(?:[:.]| h )\d\d ?[+-]\d\d(:?\d\d)? - \[/

/** Splits log text into its entries; lines that begin no entry belong to the one before. */
export function splitEntries(text: string): string[] {
  const entries: string[] = []
  const lines = new LineReader(text)
  let from = 0
  let at = 0
  let begun = false
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const begins = ENTRY.test(line.slice(0, 40)) || /^\.\.\. and \d/.test(line)
    if (begins || !begun) {
      if (at > from) entries.push(text.slice(from, at - 1))
      from = at
      begun = begins
    }
    at += line.length + 1
  }
  if (at > from) entries.push(text.slice(from, at))
  return entries.map((entry) => entry.trimEnd()).filter((entry) => entry !== '')
}

/**
 * The elements of a list whose `[` was read: each begins with four spaces and ends with a comma but for the last;
 * what stands between are lines of the same element. `...` says that the sender left some out.
 */
export function readList(lines: LineReader): string[] {
  const elements: string[] = []
  let element: string[] = []
  let ended = true
  for (let line = lines.next(); line !== null && line !== ']'; line = lines.next()) {
    if (line.trim() === '...') continue
    if (ended && line.startsWith('    ')) {
      if (element.length > 0) elements.push(element.join('\n'))
      element = [line.slice(4)]
    } else element.push(line)
    ended = line.endsWith(',')
  }
  if (element.length > 0) elements.push(element.join('\n'))
  return elements.map((text) => (text.endsWith(',') ? text.slice(0, -1) : text))
}
