import type { Job, RecentRun } from './job.ts'
import { DAY, MINUTE, ms, SECOND } from './moment.ts'
import { isGood } from './run.ts'
import { type Server, serverName } from './server.ts'
import type { State } from './state.ts'
import { median, medianDeviation } from './statistics.ts'
import { type Text, type TextValue, text } from './text.ts'

/** Something odd about a run that says it succeeded, worst kind first. */
export interface Anomaly {
  readonly kind: 'no-versions' | 'fewer-versions' | 'smaller-source' | 'fewer-files' | 'no-change' | 'slower'
  readonly because: Text
}

/** Where `markExpected` keeps from which run on a job's figures count as usual: `{ [jobId]: ISO }`. */
export const USUAL_SINCE = 'usual-since'

/** Fewer good runs than this before it, and a job is still being learned. */
const LEARNING = 6
const BASELINE = 20
const MEGABYTE = 1_000_000

/**
 * What is odd about the newest run of a job, beside its usual figures: the median of up to 20 good runs before it,
 * a spread that wild values cannot move, and least sizes below which nothing is worth a word. Empty while fewer
 * than six runs are known, and for a run that is not good. `since` (ISO) leaves older runs out.
 */
export function anomaliesOf(job: Job, server: Server, since: string | null = null): readonly Anomaly[] {
  const runs = job.status.recent.filter((run) => isGood(run) && (since === null || run.at >= since))
  const newest = runs.at(-1)
  if (newest === undefined || newest.no !== job.status.lastRun?.no) return []
  const before = runs.slice(0, -1)
  if (before.length < LEARNING) return []
  const look: Look = {
    newest,
    usual: before.slice(-BASELINE),
    before,
    names: { job: job.name, server: serverName(server) },
  }
  return [versions(look), source(look), files(look), unchanged(look), duration(look)].flatMap(
    (found) => found ?? [],
  )
}

/** The same, leaving out what someone marked as expected. */
export function anomaliesNow(state: Pick<State, 'features'>, job: Job, server: Server): readonly Anomaly[] {
  return anomaliesOf(job, server, usualSince(state.features[USUAL_SINCE], job.id))
}

export function usualSince(stored: unknown, jobId: string): string | null {
  if (typeof stored !== 'object' || stored === null || !Object.hasOwn(stored, jobId)) return null
  const since = (stored as Record<string, unknown>)[jobId]
  return typeof since === 'string' ? since : null
}

interface Look {
  readonly newest: RecentRun
  readonly usual: readonly RecentRun[]
  /** All good runs before the newest that are remembered. */
  readonly before: readonly RecentRun[]
  readonly names: Readonly<Record<string, TextValue>>
}

type Figure = 'sourceBytes' | 'sourceFiles' | 'versions' | 'durationS' | 'uploadedBytes'

function usualOf(look: Look, figure: Figure): { usual: number; spread: number } | null {
  const values = valuesOf(look.usual, figure)
  const usual = median(values)
  if (usual === null || values.length < LEARNING) return null
  return { usual, spread: medianDeviation(values) ?? 0 }
}

function valuesOf(runs: readonly RecentRun[], figure: Figure): number[] {
  const values: number[] = []
  for (const run of runs) {
    const value = run[figure]
    if (value !== null) values.push(value)
  }
  return values
}

/** How far off a value is, in units of the usual spread (modified z-score); small spreads count as 1 %. */
function oddness(value: number, { usual, spread }: { usual: number; spread: number }): number {
  return (0.6745 * Math.abs(value - usual)) / Math.max(spread, usual * 0.01, Number.EPSILON)
}

function shrank(
  look: Look,
  figure: Figure,
  least: number,
): { usual: number; now: number; percent: number } | null {
  const now = look.newest[figure]
  // Most runs are settled without a median: nothing usual is that much larger.
  if (now === null || now > 0.75 * Math.max(...valuesOf(look.usual, figure), 0)) return null
  const base = usualOf(look, figure)
  if (base === null || base.usual <= 0) return null
  const loss = base.usual - now
  if (loss < least || now > base.usual * 0.75 || oddness(now, base) < 5) return null
  return { usual: base.usual, now, percent: Math.round((loss / base.usual) * 100) }
}

function source(look: Look): Anomaly | null {
  const found = shrank(look, 'sourceBytes', 50 * MEGABYTE)
  if (found === null) return null
  const values = {
    ...look.names,
    usual: { bytes: found.usual },
    now: { bytes: found.now },
    percent: found.percent,
  }
  return { kind: 'smaller-source', because: text('incident.anomaly.smaller-source', values) }
}

function files(look: Look): Anomaly | null {
  const found = shrank(look, 'sourceFiles', 50)
  const emptied = look.newest.sourceFiles === 0 && (usualOf(look, 'sourceFiles')?.usual ?? 0) >= 10
  if (found === null && !emptied) return null
  const { usual, percent } = found ?? { usual: usualOf(look, 'sourceFiles')?.usual ?? 0, percent: 100 }
  const values = { ...look.names, usual: Math.round(usual), now: look.newest.sourceFiles ?? 0, percent }
  return { kind: 'fewer-files', because: text('incident.anomaly.fewer-files', values) }
}

/** Retention takes one or two at a time; half of them at once is something else. */
function versions(look: Look): Anomaly | null {
  const now = look.newest.versions
  if (now === null || now >= Math.max(...valuesOf(look.usual, 'versions'), 0)) return null
  const base = usualOf(look, 'versions')
  if (base === null) return null
  const values = { ...look.names, usual: Math.round(base.usual), now }
  if (now === 0 && base.usual >= 1)
    return { kind: 'no-versions', because: text('incident.anomaly.no-versions', values) }
  const previous = look.before.findLast((run) => run.versions !== null)?.versions ?? base.usual
  const reference = Math.min(previous, base.usual)
  if (reference - now < 3 || now > reference * 0.5) return stillFew(look, now, base.usual, values)
  return { kind: 'fewer-versions', because: text('incident.anomaly.fewer-versions', values) }
}

/** A loss stays a loss until the job has its versions back, or half the runs that are looked at know nothing else. */
function stillFew(
  look: Look,
  now: number,
  usual: number,
  values: Readonly<Record<string, TextValue>>,
): Anomaly | null {
  const recent = look.usual
    .slice(-5)
    .some((run) => (run.versions ?? 0) - now >= 3 && now <= (run.versions ?? 0) * 0.5)
  if (!recent || usual - now < 3 || now > usual * 0.5) return null
  return { kind: 'fewer-versions', because: text('incident.anomaly.fewer-versions', values) }
}

/** A source that always changed and is suddenly still: frozen, or not mounted where it should be. */
const STILL_RUNS = 5

function unchanged(look: Look): Anomaly | null {
  const runs = [...look.before, look.newest]
  const moved = runs.findLastIndex((run) => (run.uploadedBytes ?? 1) > 0)
  const still = runs.slice(moved + 1)
  const lively = runs.slice(0, moved + 1).slice(-BASELINE)
  const first = still[0]
  if (still.length < STILL_RUNS || first === undefined || lively.length < 10) return null
  const active = lively.filter((run) => (run.uploadedBytes ?? 0) > 0).length
  const longest = longestStill(lively)
  const long =
    ms(look.newest.at) - ms(first.at) >= DAY && still.length >= Math.max(STILL_RUNS, 2 * longest + 1)
  if (active < lively.length * 0.8 || !long) return null
  const values = { ...look.names, runs: still.length, since: { at: first.at, as: 'day' as const } }
  return { kind: 'no-change', because: text('incident.anomaly.no-change', values) }
}

function longestStill(runs: readonly RecentRun[]): number {
  let longest = 0
  let current = 0
  for (const run of runs) {
    current = run.uploadedBytes === 0 ? current + 1 : 0
    longest = Math.max(longest, current)
  }
  return longest
}

function duration(look: Look): Anomaly | null {
  const now = look.newest.durationS
  if (now === null || now * SECOND < 30 * MINUTE) return null
  const base = usualOf(look, 'durationS')
  if (base === null) return null
  const extra = now - base.usual
  if (now < base.usual * 3 || extra * SECOND < 30 * MINUTE || oddness(now, base) < 6) return null
  const values = {
    ...look.names,
    usual: { seconds: Math.round(base.usual) },
    now: { seconds: Math.round(now) },
  }
  return { kind: 'slower', because: text('incident.anomaly.slower', values) }
}
