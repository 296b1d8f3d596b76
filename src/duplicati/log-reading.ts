import type { LogLine } from '../domain/run.ts'
import { levelOf, readEntry } from './log-entry.ts'
import { type Entries, gatherEntries, type LogSources } from './log-sources.ts'
import { shorten } from './values.ts'

/** What the log of a run tells. */
export interface LogReading {
  readonly lines: readonly LogLine[]
  /** Lines between head and tail that the size limit left out. */
  readonly linesLeftOut: number
  readonly warnings: number
  readonly errors: number
  readonly messages: number
  /** The first 20, 500 characters each. */
  readonly firstWarnings: readonly string[]
  readonly firstErrors: readonly string[]
  /** Lines that name the restorable versions, as they came. */
  readonly retention: readonly string[]
  /** How many lines lost their middle. */
  readonly longLines: number
}

/**
 * Reads the lists of a report into one log of at most `limitBytes`: half of it for the head, half for the tail.
 * `zone` where log lines lose the minutes of its offset, else null. Counts and first texts are of all lines. Time is linear, and only the lines that are kept are taken apart.
 */
export function readLog(sources: LogSources, limitBytes: number, zone: string | null): LogReading {
  const entries = gatherEntries(sources)
  const survey = surveyEntries(entries)
  const lineLimit = Math.max(200, Math.min(LONGEST_LINE, Math.floor(limitBytes / 4)))
  const { head, tail } = keptRange(entries, limitBytes, lineLimit)
  const lines: LogLine[] = []
  let longLines = 0
  const keep = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      const text = entries.texts[at] ?? ''
      if (text.length > lineLimit) longLines++
      lines.push(readEntry(text, entries.levels[at] ?? 'other', lineLimit, zone))
    }
  }
  keep(0, head)
  keep(tail, entries.texts.length)
  return { ...survey, lines, linesLeftOut: tail - head, longLines }
}

const LONGEST_LINE = 64 * 1024
/** What a line costs beside its text. */
const LINE_COST = 64

function surveyEntries({ texts, levels }: Entries) {
  const first: Record<'warning' | 'error', string[]> = { warning: [], error: [] }
  const counts = { warning: 0, error: 0, information: 0 }
  const retention: string[] = []
  for (const [at, text] of texts.entries()) {
    const level = levelOf(text, levels[at] ?? 'other')
    if (level === 'warning' || level === 'error') {
      counts[level]++
      if (first[level].length < 20) first[level].push(shorten(readEntry(text, level, 2000, null).text, 500))
    } else if (level === 'information') counts.information++
    if (retention.length < 20 && namesVersions(text)) retention.push(text.slice(0, 256 * 1024))
  }
  return {
    warnings: counts.warning,
    errors: counts.error,
    messages: counts.information,
    firstWarnings: first.warning,
    firstErrors: first.error,
    retention,
  }
}

function namesVersions(text: string): boolean {
  return text.includes('Backups to consider:') || text.includes('All backups to delete:')
}

/** Lines `[0, head)` and `[tail, end)` fit; those between do not. */
function keptRange(
  { texts }: Entries,
  limitBytes: number,
  lineLimit: number,
): { head: number; tail: number } {
  const cost = (at: number) => {
    const text = texts[at] ?? ''
    return Math.min(text.length > lineLimit ? lineLimit : Buffer.byteLength(text), lineLimit * 2) + LINE_COST
  }
  let head = 0
  for (let left = limitBytes / 2; head < texts.length; head++) {
    left -= cost(head)
    if (left < 0) break
  }
  let tail = texts.length
  for (let left = limitBytes / 2; tail > head; tail--) {
    left -= cost(tail - 1)
    if (left < 0) break
  }
  return { head, tail }
}
