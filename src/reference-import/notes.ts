import type { ImportKind, ImportNote } from '../domain/import-share.ts'
import { text } from '../domain/text.ts'

/** How many are named one by one. */
const NAMED = 8

/** `a, b, c …`: names of what a sentence counts. */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => short(name))
  return names.length > NAMED ? `${shown.join(', ')} …` : shown.join(', ')
}

/** How a foreign value is quoted in a sentence. */
export function short(value: unknown): string {
  const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const line = written.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
  return (line.length > 80 ? `${line.slice(0, 79)}…` : line).replace(/\p{Surrogate}/gu, '\ufffd')
}

/** A value of the settings that is not understood. */
export function misread(kind: ImportKind, name: string, value: unknown): ImportNote {
  return { kind, text: text('import.note.value', { name: short(name), value: short(value) }) }
}
