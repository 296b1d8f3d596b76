import { usualDurationS } from './expectation.ts'
import type { Incident } from './incident.ts'
import { incidentsOf } from './incidents-of.ts'
import type { Job, RecentRun } from './job.ts'
import { jobState, type Standing } from './job-state.ts'
import { lastKnown } from './last-known.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'
import { type StripMark, strip } from './strip.ts'

/** A job as a line of a table. Sizes in bytes, null where not known. */
export interface JobRow {
  readonly job: Job
  readonly server: Server
  readonly standing: Standing
  readonly strip: readonly StripMark[]
  readonly lastRun: RecentRun | null
  /** When the next run is due; in the past where it is late. */
  readonly dueAt: string | null
  readonly sourceBytes: number | null
  readonly storedBytes: number | null
  readonly versions: number | null
  readonly durationS: number | null
  readonly usualDurationS: number | null
  /** Open ones, those of the whole server that list this job among them. */
  readonly incidents: readonly Incident[]
}

export function jobRow(
  job: Job,
  server: Server,
  state: State,
  settings: MonitoringSettings,
  now: Date,
): JobRow {
  const { lastRun } = job.status
  return {
    job,
    server,
    standing: jobState(job, server, state, now),
    strip: strip(job, server, settings, now),
    lastRun,
    dueAt: job.expectation?.dueAt ?? null,
    sourceBytes: lastKnown(job, 'sourceBytes'),
    storedBytes: lastKnown(job, 'storedBytes'),
    versions: lastKnown(job, 'versions'),
    durationS: lastRun?.durationS ?? null,
    usualDurationS: usualOf(job),
    incidents: incidentsOf(state, job),
  }
}

const usual = new WeakMap<Job, number | null>()

function usualOf(job: Job): number | null {
  const known = usual.get(job)
  if (known !== undefined) return known
  const duration = usualDurationS(job)
  usual.set(job, duration)
  return duration
}
