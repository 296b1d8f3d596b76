import type { Span } from './channel.ts'
import { VARIABLE, type Values } from './template.ts'
import { LINK_VARIABLES } from './template-variables.ts'

/**
 * The lines of a filled template. `**bold**`, `*italic*` and addresses count only where the template itself has them:
 * a value is text, whatever it holds. A line that is a label and nothing but empty values ("Note: {server_note}")
 * is left out.
 */
export function linesOf(source: string, values: Values): Span[][] {
  const held: Held[] = []
  const marked = source
    .replace(PRIVATE, '')
    .replace(/\r\n?/g, '\n')
    .replace(VARIABLE, (_, doubled: string | undefined, name = '') => {
      held.push(
        doubled === undefined ? hold(name, values) : { text: `{${doubled}}`, link: false, known: true },
      )
      return held.length <= MOST ? String.fromCharCode(FIRST + held.length - 1) : ''
    })
  const lines = marked
    .split('\n')
    .filter((line) => !onlyLabel(line, held))
    .flatMap((line) => broken(spansOf(line, held)))
  return lines.slice(lines.findIndex(hasText), lines.findLastIndex(hasText) + 1)
}

/** The same as plain text. */
export function plainOf(lines: readonly (readonly Span[])[]): string {
  return lines.map((line) => line.map((span) => span.text).join('')).join('\n')
}

/** One plain line. */
export function plainLine(text: string): Span[] {
  return [{ text, bold: false, italic: false, url: null }]
}

function hasText(line: readonly Span[]): boolean {
  return line.some((span) => span.text.trim() !== '')
}

interface Held {
  readonly text: string
  readonly link: boolean
  readonly known: boolean
}

// Values wait outside of the text, each under a sign of the private use area, while the template's marks are read.
const FIRST = 0xe000
const MOST = 6000
const PRIVATE = /[\ue000-\uf8ff]/g

function hold(name: string, values: Values): Held {
  const value = values.get(name)
  return { text: value ?? '', link: LINK_VARIABLES.has(name), known: value !== undefined }
}

function onlyLabel(line: string, held: readonly Held[]): boolean {
  const match = /[:：]\s*[*]{0,2}\s*([\ue000-\uf8ff\s()*]+)$/.exec(line)
  if (match === null) return false
  const inside = [...line].filter((sign) => /[\ue000-\uf8ff]/.test(sign)).map((sign) => heldBy(sign, held))
  return inside.length > 0 && inside.every((value) => value.known && value.text === '')
}

const PIECE = /(\*\*[^*\n]+\*\*|\*[^*\s\n][^*\n]*\*|https?:\/\/[^\s<>"'*]+)/

function spansOf(line: string, held: readonly Held[]): Span[] {
  return line.split(PIECE).flatMap((piece, index) => {
    if (piece === '') return []
    if (index % 2 === 0) return filled(piece, held, { bold: false, italic: false })
    if (piece.startsWith('**')) return filled(piece.slice(2, -2), held, { bold: true, italic: false })
    if (piece.startsWith('*')) return filled(piece.slice(1, -1), held, { bold: false, italic: true })
    return [linkIn(piece, held)]
  })
}

function filled(piece: string, held: readonly Held[], style: { bold: boolean; italic: boolean }): Span[] {
  return piece
    .split(/([\ue000-\uf8ff])/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!/^[\ue000-\uf8ff]$/.test(part)) return { text: part, ...style, url: null }
      const { text, link } = heldBy(part, held)
      return { text, ...style, url: link ? webAddress(text) : null }
    })
}

function linkIn(piece: string, held: readonly Held[]): Span {
  const written = piece.replace(/[.,;:!?)]+$/, '')
  const rest = piece.slice(written.length)
  const text = written.replace(PRIVATE, (sign) => encodeURIComponent(heldBy(sign, held).text))
  return { text: text + rest, bold: false, italic: false, url: webAddress(text) }
}

function heldBy(sign: string, held: readonly Held[]): Held {
  return held[sign.charCodeAt(0) - FIRST] ?? { text: '', link: false, known: false }
}

/** An address only where it is one, http or https, and without a password in it. */
export function webAddress(text: string): string | null {
  if (text.length > 2000 || !URL.canParse(text)) return null
  const url = new URL(text)
  const fine =
    (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === ''
  return fine ? url.href : null
}

/** A value may bring line ends of its own. */
function broken(line: readonly Span[]): Span[][] {
  const lines: Span[][] = [[]]
  for (const span of line) {
    const [first = '', ...more] = span.text.split('\n')
    lines.at(-1)?.push({ ...span, text: first })
    for (const text of more) lines.push([{ ...span, text }])
  }
  return lines
}
