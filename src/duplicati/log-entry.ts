import type { LogLevel, LogLine } from '../domain/run.ts'
import { fromWallClock } from '../domain/wall-clock.ts'
import { maskSecrets } from './mask.ts'
import { cleanText } from './values.ts'

/** The time at the head of a log line: the clock of the machine and its distance from UTC. */
export interface EntryTime {
  readonly ms: number
  readonly offsetMinutes: number
}

/**
 * Reads `2026-09-01 03:00:30 +02 - [Error-Full.Type.Name-MessageId]: text`. What has no such head is all text, with
 * the level of the list it stood in. Masked and cleaned; longer than `limit` it loses its middle.
 */
export function readEntry(entry: string, level: LogLevel, limit: number): LogLine {
  const head = HEAD.exec(entry.length > 1000 ? entry.slice(0, 1000) : entry)
  const text = fit(
    cleanText(maskSecrets(head === null ? entry : entry.slice(head[0].length))).trimEnd(),
    limit,
  )
  if (head === null) return { level, at: null, tag: null, text }
  const time = timeOf(head)
  return {
    level: LEVELS.get((head[8] ?? '').toLowerCase()) ?? 'other',
    at: time === null ? null : new Date(time.ms).toISOString(),
    tag: cleanText(maskSecrets(head[9] ?? '')) || null,
    text,
  }
}

/** The level alone, without reading on: for counting half a million lines. */
export function levelOf(entry: string, level: LogLevel): LogLevel {
  const open = entry.startsWith('[') ? 0 : entry.indexOf('[', 20)
  if (open === -1 || open > 32) return level
  const end = entry.indexOf('-', open)
  return end === -1 || end > open + 16
    ? level
    : (LEVELS.get(entry.slice(open + 1, end).toLowerCase()) ?? level)
}

export function entryTime(entry: string): EntryTime | null {
  const head = HEAD.exec(entry.slice(0, 1000))
  return head === null ? null : timeOf(head)
}

const HEAD =
  /^(?:(\d{4}-\d\d-\d\d) (\d\d)[:.](\d\d)[:.](\d\d) ?([+-])(\d\d)(?::?(\d\d))? - )?\[([A-Za-z]{4,16})-([^\]]{0,400})\]: ?/

const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['error', 'error'],
  ['warning', 'warning'],
  ['information', 'information'],
  ['retry', 'retry'],
  ['dryrun', 'dry-run'],
  ['verbose', 'verbose'],
  ['profiling', 'profiling'],
  ['explicitonly', 'other'],
])

function timeOf(head: RegExpExecArray): EntryTime | null {
  const [, day, hour, minute, second, sign, hours, minutes = '00'] = head
  if (day === undefined) return null
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const clock = { year, month, day: date, hour: Number(hour), minute: Number(minute), second: Number(second) }
  if (year < 2000 || year > 2200 || Math.abs(offset) > 1080) return null
  const ms = fromWallClock(clock, offset)
  return ms === null ? null : { ms, offsetMinutes: offset }
}

/** Head and tail of a text that is too long, and between them how many characters are left out. */
function fit(text: string, limit: number): string {
  if (text.length <= limit) return text
  const tail = Math.floor(limit / 8)
  const head = limit - tail
  const cut = cleanText(`${text.slice(0, head)}\n… [${text.length - limit}] …\n${text.slice(-tail)}`)
  return cut
}
