import { iso } from '../domain/moment.ts'
import { offsetMinutes } from '../domain/wall-clock.ts'
import { type DateOrder, type LocalDate, localMoment, ownOrder, splitLocalDate } from './local-dates.ts'
import { entryTime } from './log-entry.ts'

const MOST_VERSIONS = 500
const MOST_READ = 3000
const SECOND_MS = 1000

/**
 * Times of the restorable versions, newest first, as ISO text: those that retention considers less those that it
 * deletes. Null where the log does not name them, or not one of them can be read. The list is written in the clock and notation of the machine:
 * `zone` is used where it agrees with the offset at the head of the line, else that offset. `begin` is the run's own
 * version, which is not among the answers.
 */
export function readVersions(
  lines: readonly string[],
  about: { zone: string; begin: string | null; receivedAt: Date },
): string[] | null {
  const considered = listAfter(lines, 'Backups to consider:')
  if (considered === null) return null
  const deleted = listAfter(lines, 'All backups to delete:')
  const zone = zoneOf(considered.line, about.zone)
  const latest = about.receivedAt.getTime() + 86_400_000
  const order = orderOf([considered.dates, deleted?.dates ?? []], latest)
  const moments = (dates: readonly LocalDate[]) =>
    dates
      .map((date) => localMoment(date, order(date), zone))
      .filter((ms) => ms !== null && ms > 0 && ms < latest)
  const gone = new Set<number | null>(moments(deleted?.dates ?? []))
  const own = about.begin === null ? Number.NaN : Math.floor(Date.parse(about.begin) / SECOND_MS) * SECOND_MS
  const named = moments(considered.dates)
  if (named.length === 0 && considered.named) return null
  const kept = new Set(named.filter((ms) => !gone.has(ms) && ms !== own))
  return [...kept]
    .sort((a, b) => Number(b) - Number(a))
    .slice(0, MOST_VERSIONS)
    .map((ms) => iso(Number(ms)))
}

/** The dates after a label; the last line that has it counts. */
function listAfter(lines: readonly string[], label: string): Listed | null {
  const line = lines.findLast((text) => text.includes(label))
  if (line === undefined) return null
  const [list = ''] = line.slice(line.indexOf(label) + label.length).split(/[\r\n]/, 1)
  const dates = list.split(/[,;](?= |$)/).map((text) => splitLocalDate(text))
  return { line, named: list.trim() !== '', dates: dates.filter((date) => date !== null).slice(0, MOST_READ) }
}

interface Listed {
  readonly line: string
  /** Whether anything stands there at all. */
  readonly named: boolean
  readonly dates: readonly LocalDate[]
}

/** Our zone where a clock in it showed what stands at the head of the line; else the offset written there. */
function zoneOf(line: string, zone: string): string | number {
  const time = entryTime(line)
  if (time === null) return zone
  // Half-hour zones lose their minutes in a log line.
  const agrees = Math.trunc(offsetMinutes(zone, time.ms) / 60) === Math.trunc(time.offsetMinutes / 60)
  return agrees ? zone : time.offsetMinutes
}

/**
 * Day or month first? Any date of the list that can be read one way only settles it for all; else the order under
 * which none lies in the future and the list runs down; else month first where AM and PM are used, day first where
 * not.
 */
function orderOf(lists: readonly (readonly LocalDate[])[], latest: number): (date: LocalDate) => DateOrder {
  const dated = lists.flat().filter((date) => !date.yearFirst)
  const forced = dated.map(ownOrder).find((order) => order !== null)
  const fitting = (['day-first', 'month-first'] as const).filter((order) =>
    lists.every((dates) => fits(dates, order, latest)),
  )
  const settled = forced ?? (fitting.length === 1 ? fitting[0] : undefined)
  return (date) =>
    ownOrder(date) ?? settled ?? (date.twelveHours && date.separator === '/' ? 'month-first' : 'day-first')
}

/** As UTC: the zone moves all of them by the same few hours. */
function fits(dates: readonly LocalDate[], order: DateOrder, latest: number): boolean {
  const moments = dates.map((date) => localMoment(date, order, 0))
  return moments.every((ms) => ms !== null && ms < latest) && isSorted(moments.map(Number))
}

/** Duplicati lists its versions from the newest down. */
function isSorted(moments: readonly number[]): boolean {
  return moments.every((ms, at) => at === 0 || ms <= (moments[at - 1] ?? ms))
}
