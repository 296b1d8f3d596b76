import type { LogLevel } from '../domain/run.ts'
import { entryTime } from './log-entry.ts'
import { splitEntries } from './text-parts.ts'

/** The lists of a report that hold log lines; nothing is known of their shape. */
export interface LogSources {
  readonly logLines: unknown
  readonly messages: unknown
  readonly warnings: unknown
  readonly errors: unknown
}

/** Lines in order; `levels` says what a line without head of its own counts as. */
export interface Entries {
  readonly texts: readonly string[]
  readonly levels: readonly LogLevel[]
}

/**
 * Puts the lists of a report into one: all of `LogLines`, and of the others what is not among these (the lists of a
 * result lack the exception text that a log line carries, so first lines are compared). By time where lists are
 * mixed. `... and 12 more`, where the sender cut its list, is a line that counts as nothing.
 */
export function gatherEntries(sources: LogSources): Entries {
  const main = listOf(sources.logLines)
  const texts: string[] = []
  const levels: LogLevel[] = []
  const add = (text: string, level: LogLevel) => {
    if (text.trim() === '') return
    texts.push(text)
    levels.push(text.startsWith('... and ') ? 'other' : level)
  }
  for (const text of main) add(text, 'other')
  const others = OTHERS.map(([key, level]) => ({ level, list: listOf(sources[key]) })).filter(
    ({ list }) => list.length > 0,
  )
  const known = others.length === 0 ? NOTHING : firstLines(texts, others)
  for (const { level, list } of others) {
    for (const text of list) if (!known.has(firstLine(text))) add(text, level)
  }
  const lists = others.length + (main.length > 0 ? 1 : 0)
  return lists < 2 || texts.length > MOST_SORTED ? { texts, levels } : byTime(texts, levels)
}

const OTHERS = [
  ['messages', 'information'],
  ['warnings', 'warning'],
  ['errors', 'error'],
] as const
const NOTHING: ReadonlySet<string> = new Set()
/** Longer mixed logs are left list by list. Duplicati puts 20 texts into each list of a result. */
const MOST_SORTED = 5000

/** First lines of the main log, where the other lists are of a size that Duplicati sends. */
function firstLines(
  texts: readonly string[],
  others: readonly { list: readonly string[] }[],
): ReadonlySet<string> {
  const wanted = new Set<string>()
  for (const { list } of others) for (const text of list.slice(0, 1000)) wanted.add(firstLine(text))
  return new Set(texts.map(firstLine).filter((line) => wanted.has(line)))
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return (end === -1 ? text : text.slice(0, end)).trimEnd()
}

/** Stable; a line without time stays behind the one before it. */
function byTime(texts: readonly string[], levels: readonly LogLevel[]): Entries {
  let last = Number.NEGATIVE_INFINITY
  const rows = texts.map((text, at) => {
    last = entryTime(text)?.ms ?? last
    return { text, level: levels[at] ?? ('other' as const), last }
  })
  rows.sort((a, b) => (a.last < b.last ? -1 : a.last > b.last ? 1 : 0))
  return { texts: rows.map((row) => row.text), levels: rows.map((row) => row.level) }
}

/** A list of texts from whatever stands there: a text is split into its entries, other things become JSON. */
function listOf(value: unknown): readonly string[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'string')
    return splitEntries(value.includes('\r') ? value.replace(/\r\n?/g, '\n') : value)
  if (!Array.isArray(value)) return [textOf(value)]
  return value.every((item) => typeof item === 'string')
    ? value
    : value.filter((item) => item !== null).map(textOf)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
