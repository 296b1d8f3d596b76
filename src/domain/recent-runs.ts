import type { JobStatus, RecentRun } from './job.ts'
import { HOUR, iso, ms } from './moment.ts'
import { reasonLine } from './reason-line.ts'
import { isBackup, isGood, orderOf, type Run } from './run.ts'
import { kindsOf } from './warning-kinds.ts'

/** How many runs a job remembers for judging it. */
export const RECENT_RUNS = 40

/** The status of a job with one more run; the same object where the run is known already or too old to matter. */
export function withRun(status: JobStatus, run: Run): JobStatus {
  const seen = isBackup(run) ? withBackup(status, run) : withOther(status, run)
  return withoutFinished(seen, run)
}

function withBackup(status: JobStatus, run: Run): JobStatus {
  const one = recentRun(run)
  const known = status.recent.find((other) => other.no === run.no)
  const kinds = kindsOf(run)
  if (known !== undefined && same(known, one) && !saysMore(status, run.no, kinds)) return status
  const recent = placed(
    status.recent.filter((other) => other.no !== run.no),
    one,
  )
  const lastRun = later(status.lastRun?.no === one.no ? null : status.lastRun, one)
  return {
    ...status,
    recent,
    lastRun: later(recent.at(-1) ?? null, lastRun),
    lastGood: lastGoodOf(status, recent, one),
    ...(run.quota !== null && recent.at(-1)?.no === one.no ? { quota: run.quota } : {}),
    ...(recent.at(-1)?.no === one.no ? { warned: { no: one.no, kinds } } : {}),
  }
}

/** A richer copy of the newest run names other warnings. */
function saysMore({ warned }: JobStatus, no: number, kinds: readonly string[] | null): boolean {
  return warned?.no === no && warned.kinds?.join('\n') !== kinds?.join('\n')
}

function lastGoodOf(status: JobStatus, recent: readonly RecentRun[], one: RecentRun): RecentRun | null {
  const newest = recent.findLast(isGood) ?? null
  const before = status.lastGood?.no === one.no ? null : status.lastGood
  return newest === null ? before : later(before, newest)
}

function withOther(status: JobStatus, run: Run): JobStatus {
  const one = { ...recentRun(run), operation: run.operation }
  const last = status.lastOther
  if (last !== null && (isBefore(one, last) || (last.no === one.no && same(last, one)))) return status
  return { ...status, lastOther: one }
}

/** A report ends what was said to be running. */
function withoutFinished(status: JobStatus, run: Run): JobStatus {
  const running = status.running
  if (running === null || running.operation !== run.operation) return status
  const over = ms(run.received) >= ms(running.heardAt) && ms(orderOf(run)) >= ms(running.startedAt) - HOUR
  return over ? { ...status, running: null } : status
}

/** A run as its job remembers it. A begin after its arrival cannot be: then the arrival counts. */
export function recentRun(run: Run): RecentRun {
  const begin = ms(orderOf(run))
  const at = begin > ms(run.received) + HOUR ? run.received : iso(begin)
  const { result, interrupted, durationS, warnings, errors, no, received, figures } = run
  const { sourceBytes, sourceFiles, storedBytes, uploadedBytes, versions } = figures
  const reason = run.exception ?? run.firstErrors[0] ?? run.firstWarnings[0] ?? null
  return {
    no,
    at,
    received,
    result,
    interrupted,
    durationS,
    sourceBytes,
    sourceFiles,
    storedBytes,
    uploadedBytes,
    versions,
    warnings,
    errors,
    reason: reason === null ? null : reasonLine(reason),
    scheduled: run.nextScheduled !== null,
  }
}

function placed(recent: readonly RecentRun[], one: RecentRun): readonly RecentRun[] {
  const after = recent.findLastIndex((other) => isBefore(other, one)) + 1
  const all = [...recent.slice(0, after), one, ...recent.slice(after)]
  return all.length > RECENT_RUNS ? all.slice(all.length - RECENT_RUNS) : all
}

function later(a: RecentRun | null, b: RecentRun): RecentRun {
  return a === null || isBefore(a, b) ? b : a
}

/** Order of runs: by begin, then by number, so that it does not depend on the order of arrival. */
export function isBefore(a: RecentRun, b: RecentRun): boolean {
  return a.at === b.at ? a.no < b.no : a.at < b.at
}

function same(a: RecentRun, b: RecentRun): boolean {
  return (Object.keys(b) as (keyof RecentRun)[]).every((key) => a[key] === b[key])
}
