const LONGEST = 200

/**
 * What is the same of a log text every time: numbers, dates, ids, addresses and paths are taken out of it, so that
 * the same warning about another file on another day has the same fingerprint. Readable, 200 characters.
 */
export function fingerprint(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(?:at |---)/.test(line))
  const words = lines.join(' ').split(/\s+/).filter(Boolean)
  const kept: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const begin = beginOfPath(words[at] ?? '')
    if (begin < 0) {
      kept.push(plainWord(words[at] ?? ''))
      continue
    }
    const last = endOfPath(words, at)
    kept.push(`${(words[at] ?? '').slice(0, begin)}…${tailOf(words[last] ?? '')}`)
    at = last
  }
  return together(kept.join(' ')).slice(0, LONGEST).trim()
}

/** Where a path or an address begins in a word; -1 where it has none. */
function beginOfPath(word: string): number {
  return word.search(
    /(?<![a-z0-9.])(?:[a-z][a-z0-9+.-]{1,20}:\/\/|[a-z]:[\\/]|\\\\|~\/|%\w+%\\|\/(?=[^\s/]))/i,
  )
}

/** A path goes on over blanks as long as a following word has a separator, or is the name of a file. */
function endOfPath(words: readonly string[], first: number): number {
  let last = first
  const quote = /["'`«“]/.exec((words[first] ?? '').slice(0, beginOfPath(words[first] ?? '')))
  if (quote !== null) return closing(words, first)
  for (let at = first; at + 1 < words.length && at < last + 4 && !isEnded(words[last] ?? ''); at += 1) {
    const next = words[at + 1] ?? ''
    if (isEnded(words[at] ?? '') || beginOfPath(next) === 0) break
    if (/[\\/]/.test(next) || /\.[a-z0-9]{1,5}["',;:)\]]*$/i.test(next)) last = at + 1
  }
  return last
}

/** A quoted path ends where its quotes do. */
function closing(words: readonly string[], first: number): number {
  const end = words.findIndex(
    (word, at) => at >= first && /["'`»”][.,;:)\]]*$/.test(word.slice(at === first ? 1 : 0)),
  )
  return end < 0 ? first : end
}

function isEnded(word: string): boolean {
  return /["',;:)\]]$/.test(word)
}

function tailOf(word: string): string {
  return /["',;:)\].]*$/.exec(word)?.[0] ?? ''
}

/** Ids (letters and digits mixed, or long and hexadecimal) and numbers. */
function plainWord(word: string): string {
  return word
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '#')
    .replace(/[A-Za-z0-9]{6,}/g, (part) => (isId(part) ? '#' : part))
    .replace(/\p{Nd}+/gu, '#')
}

function isId(part: string): boolean {
  return (/\d/.test(part) && /[A-Za-z]/.test(part)) || (part.length >= 12 && /^[0-9a-f]+$/i.test(part))
}

/** `#:#:#`, `#.#`, `+#` are one number, whatever their lengths. */
function together(text: string): string {
  return text.replace(/[+-]?#(?:[.,:/\-+TZ_]*#)*Z?/g, '#').replace(/#(?: #)+/g, '#')
}
