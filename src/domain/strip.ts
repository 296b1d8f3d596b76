import type { Job } from './job.ts'
import { missedSlots } from './missed-slots.ts'
import { beginMs, iso, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { rhythmOf } from './rhythm-of.ts'
import { kindOf, type RunKind } from './run-kind.ts'
import type { ExpectingServer } from './tolerance.ts'

/** One bar of a strip: a run, or an expected run that did not come. */
export interface StripMark {
  readonly kind: RunKind | 'missed'
  /** Begin of the run, or when it was planned. ISO. */
  readonly at: string
  /** Number of the run; null for a missed one. */
  readonly no: number | null
}

const known = new WeakMap<
  Job,
  { overrides: unknown; settings: unknown; untilMs: number; length: number; marks: readonly StripMark[] }
>()

/**
 * The last 30 expected runs of a job, oldest first, with those that did not come drawn in where the rhythm is
 * known. A planned run counts as missed once it is overdue. The same list as long as nothing in it changes.
 */
export function strip(
  job: Job,
  server: ExpectingServer,
  settings: MonitoringSettings,
  now: Date,
  length = 30,
): readonly StripMark[] {
  const earlier = known.get(job)
  const same = earlier?.overrides === server.overrides && earlier.settings === settings
  const isFresh = earlier?.length === length && now.getTime() < earlier.untilMs
  if (same && isFresh) return earlier.marks
  const graceMs = graceOf(job)
  const marks = marksOf(job, server, settings, now.getTime() - graceMs).slice(-length)
  const next =
    job.expectation?.dueAt == null ? Number.POSITIVE_INFINITY : nextChange(job, now.getTime(), graceMs)
  known.set(job, { overrides: server.overrides, settings, untilMs: next, length, marks })
  return marks
}

function graceOf(job: Job): number {
  const { dueAt, overdueAt } = job.expectation ?? {}
  return dueAt == null || overdueAt == null ? 0 : ms(overdueAt) - ms(dueAt)
}

/** Until the next planned run is missed, time changes nothing in a strip. */
function nextChange(job: Job, nowMs: number, graceMs: number): number {
  const dueMs = ms(job.expectation?.dueAt ?? '') + graceMs
  return nowMs < dueMs ? dueMs : nowMs + 60_000
}

function marksOf(
  job: Job,
  server: ExpectingServer,
  settings: MonitoringSettings,
  untilMs: number,
): readonly StripMark[] {
  const runs = job.status.recent.map((run) => ({ kind: kindOf(run), at: run.at, no: run.no }))
  const begins = job.status.recent.map(beginMs)
  const first = begins[0]
  if (first === undefined) return []
  const missed = missedSlots(rhythmOf(job, server, settings), begins, first, untilMs)
  const gaps = missed.map((slot) => ({ kind: 'missed' as const, at: iso(slot), no: null }))
  return gaps.length === 0 ? runs : [...runs, ...gaps].sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** How often each kind occurs, for the label of a strip. */
export function stripCounts(marks: readonly StripMark[]): Readonly<Record<StripMark['kind'], number>> {
  const counts = { success: 0, warning: 0, failed: 0, unknown: 0, missed: 0 }
  for (const mark of marks) counts[mark.kind] += 1
  return counts
}
