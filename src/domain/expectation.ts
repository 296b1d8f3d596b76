import type { Expectation } from './expectation-shape.ts'
import type { Job, RecentRun } from './job.ts'
import { iso, MINUTE, ms, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { rhythmOf } from './rhythm-of.ts'
import { isGood } from './run.ts'
import { median } from './statistics.ts'
import { text } from './text.ts'
import { type ExpectingServer, toleranceMinutes } from './tolerance.ts'

/**
 * When the next run of a job is due and when its silence becomes an alarm, by the best knowledge there is.
 * A run counts by its begin, whatever its result; one that began after `now` counts as begun now. After a pause
 * the first planned run is the one after it. Throws nothing of its own; the sweep catches what arithmetic throws.
 */
export function expect(
  job: Job,
  server: ExpectingServer,
  settings: MonitoringSettings,
  now: Date,
): Expectation {
  const rhythm = rhythmOf(job, server, settings)
  const dueMs = dueOf(job, server, rhythm.due, now.getTime())
  const words = rhythm.words(dueMs ?? ms(job.createdAt))
  const base = {
    source: rhythm.source,
    because: rhythm.because(dueMs),
    intervalS: rhythm.intervalS,
    rhythm: words,
  }
  if (dueMs === null) return { dueAt: null, lateAt: null, overdueAt: null, ...base }
  const graceMs = toleranceMinutes(job, server, settings) * MINUTE + (usualDurationS(job) ?? 0) * SECOND
  return { dueAt: iso(dueMs), lateAt: iso(dueMs), overdueAt: iso(dueMs + graceMs), ...base }
}

/** The same, with whatever goes wrong turned into an expectation that says so: one job never stops the others. */
export function expectOrBroken(
  job: Job,
  server: ExpectingServer,
  settings: MonitoringSettings,
  now: Date,
): Expectation {
  try {
    return expect(job, server, settings, now)
  } catch (error) {
    const because = text('because.broken', { reason: error instanceof Error ? error.message : String(error) })
    return {
      dueAt: null,
      lateAt: null,
      overdueAt: null,
      because,
      source: 'broken',
      intervalS: null,
      rhythm: null,
    }
  }
}

function dueOf(
  job: Job,
  server: ExpectingServer,
  due: (lastMs: number) => number | null,
  nowMs: number,
): number | null {
  const last = job.status.lastRun === null ? ms(job.createdAt) : Math.min(ms(job.status.lastRun.at), nowMs)
  const resumed = [job.pausedUntil, server.pausedUntil].map((until) => resumedMs(until, nowMs))
  const dueMs = due(Math.max(last, ...resumed))
  return dueMs === null || !Number.isFinite(dueMs) || Math.abs(dueMs) > 8.64e15 ? null : dueMs
}

/** When a pause ended; a pause that goes on, or none, counts for nothing. */
function resumedMs(until: string | null, nowMs: number): number {
  if (until === null || until === 'forever') return Number.NEGATIVE_INFINITY
  const at = ms(until)
  return at <= nowMs ? at : Number.NEGATIVE_INFINITY
}

/** Median length of the last 20 good runs, in seconds; null where none told. */
export function usualDurationS(job: Pick<Job, 'status'>): number | null {
  const lengths = job.status.recent.filter(isGood).slice(-20).flatMap(lengthOf)
  const usual = median(lengths)
  return usual === null ? null : Math.round(usual)
}

function lengthOf(run: RecentRun): number[] {
  return run.durationS === null || run.durationS < 0 ? [] : [run.durationS]
}
