import { iso } from '../domain/moment.ts'
import type { LogLevel, LogLine } from '../domain/run.ts'
import { fromWallClock, offsetMinutes } from '../domain/wall-clock.ts'
import { remembered } from '../kit/remembered.ts'
import { commonYear } from './local-dates.ts'
import { maskSecrets } from './mask.ts'
import { cleanText } from './values.ts'

/** The time at the head of a log line: the clock of the machine and its distance from UTC. */
export interface EntryTime {
  readonly ms: number
  readonly offsetMinutes: number
}

/**
 * Reads `2026-09-01 03:00:30 +02 - [Error-Full.Type.Name-MessageId]: text`. What has no such head is all text, with
 * the level of the list it stood in. Masked and cleaned; longer than `limit` it loses its middle. `zone` helps where
 * the head writes only the whole hours of an offset (see `withMinutes`); null where there is no need.
 */
export function readEntry(entry: string, level: LogLevel, limit: number, zone: string | null): LogLine {
  const head = HEAD.exec(entry.length > 1000 ? entry.slice(0, 1000) : entry)
  const text = fit(
    cleanText(maskSecrets(head === null ? entry : entry.slice(head[0].length))).trimEnd(),
    limit,
  )
  if (head === null) return { level, at: null, tag: null, text }
  const [, clock, offset, word = '', tag = ''] = head
  const time = timeOf(clock, offset, zone)
  return {
    level: LEVELS.get(word.toLowerCase()) ?? 'other',
    at: time === null ? null : iso(time.ms),
    tag: tagOf(tag),
    text,
  }
}

/** The kinds of lines in logs are always the same few. */
const tagOf = remembered((word) => cleanText(maskSecrets(word)) || null, 200)

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
  return head === null ? null : timeOf(head[1], head[2], null)
}

const HEAD =
  /^(?:(\d{4}-\d\d-\d\d \d\d(?:[:.]| h )\d\d(?:[:.]| h )\d\d) ?([+-]\d\d(?::?\d\d)?) - )?\[([A-Za-z]{4,16})-([^\]]*)\]: ?/

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

/** `clock` and `offsetText` as `HEAD` found them, signs and digits in their places. */
function timeOf(
  clock: string | undefined,
  offsetText: string | undefined,
  zone: string | null,
): EntryTime | null {
  if (clock === undefined || offsetText === undefined) return null
  const hasMinutes = offsetText.length > 3
  const minutes = digits(offsetText, 1) * 60 + (hasMinutes ? digits(offsetText, offsetText.length - 2) : 0)
  const offset = offsetText.startsWith('-') ? -minutes : minutes
  // What stands between hours and minutes is the language's: `:`, `.`, ` h `.
  const gap = clock.length === 19 ? 1 : 3
  const shown = {
    year: commonYear(digits(clock, 0) * 100 + digits(clock, 2)),
    month: digits(clock, 5),
    day: digits(clock, 8),
    hour: digits(clock, 11),
    minute: digits(clock, 13 + gap),
    second: digits(clock, 15 + 2 * gap),
  }
  if (shown.year < 2000 || shown.year > 2200 || minutes > 1080) return null
  const ms = fromWallClock(shown, offset)
  if (ms === null) return null
  const exact = zone === null || hasMinutes ? offset : withMinutes(offset, zone, ms)
  return { ms: ms - (exact - offset) * 60_000, offsetMinutes: exact }
}

/** The two digits that stand there. */
function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 48 * 11
}

/** Whether clocks in the zone are not whole hours away from UTC: India, Nepal, Newfoundland. */
export function isUneven(zone: string, at: Date): boolean {
  return offsetMinutes(zone, at.getTime()) % 60 !== 0
}

/** .NET writes `+05` for an offset of five and a half hours: our zone, where its hours agree, has the minutes. */
function withMinutes(offset: number, zone: string, ms: number): number {
  const ours = offsetMinutes(zone, ms)
  return Math.trunc(ours / 60) * 60 === offset ? ours : offset
}

/** Head and tail of a text that is too long, and between them how many characters are left out. */
function fit(text: string, limit: number): string {
  if (text.length <= limit) return text
  const tail = Math.floor(limit / 8)
  const head = limit - tail
  return cleanText(`${text.slice(0, head)}\n… [${text.length - limit}] …\n${text.slice(-tail)}`)
}
