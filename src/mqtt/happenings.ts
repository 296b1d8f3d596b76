import type { Incident } from '../domain/incident.ts'
import type { Job, RecentRun } from '../domain/job.ts'
import { RUN_RESULTS } from '../domain/run.ts'
import type { State } from '../domain/state.ts'

/** Types of the event entities: a run's result, or a turn of an incident. */
export const EVENT_TYPES = [...RUN_RESULTS, 'overdue', 'anomaly', 'recovered'] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** Something to tell once. `run` is there where a run was its cause. */
export interface Happening {
  readonly type: EventType
  readonly job: Job
  readonly run: RecentRun | null
  readonly operation: string
  readonly incident: Incident | null
}

/** A report that comes later than this after its run tells of history, and starts no automation. */
const STALE_MS = 6 * 3_600_000

/** What happened between two states: new runs, incidents that opened or closed. Each is told once. */
export function happenings(before: State, after: State): readonly Happening[] {
  if (before === after) return []
  return [
    ...Object.values(after.jobs).flatMap((job) => newRuns(before.jobs[job.id], job)),
    ...openedIncidents(before, after),
    ...closedIncidents(before, after),
  ]
}

function newRuns(before: Job | undefined, job: Job): readonly Happening[] {
  if (before?.status === job.status) return []
  const { lastRun, lastOther } = job.status
  const told: Happening[] = []
  if (isNews(before?.status.lastRun, lastRun)) {
    told.push({ type: lastRun.result, job, run: lastRun, operation: 'Backup', incident: null })
  }
  if (isNews(before?.status.lastOther, lastOther)) {
    told.push({ type: lastOther.result, job, run: lastOther, operation: lastOther.operation, incident: null })
  }
  return told
}

function isNews<R extends RecentRun>(before: RecentRun | null | undefined, run: R | null): run is R {
  if (run === null || run.no === before?.no || (before && before.at > run.at)) return false
  const ended = Date.parse(run.at) + (run.durationS ?? 0) * 1000
  return Date.parse(run.received) - ended < STALE_MS
}

/** Failures and warnings were told as results; what no report tells is told here. */
function openedIncidents(before: State, after: State): readonly Happening[] {
  return Object.values(after.incidents)
    .filter((incident) => before.incidents[incident.id] === undefined)
    .flatMap((incident) => {
      const type = OPENED.get(incident.cause)
      return type === undefined ? [] : about(type, incident, after)
    })
}

const OPENED: ReadonlyMap<Incident['cause'], EventType> = new Map([
  ['overdue', 'overdue'],
  ['server-silent', 'overdue'],
  ['anomaly', 'anomaly'],
])

function closedIncidents(before: State, after: State): readonly Happening[] {
  return Object.values(before.incidents)
    .filter(({ id, cause }) => after.incidents[id] === undefined && cause !== 'unstable')
    .flatMap((incident) => about('recovered', incident, after))
    .filter(({ job }) => job.pausedUntil === null && job.archivedAt === null)
}

function about(type: EventType, incident: Incident, after: State): readonly Happening[] {
  const ids = incident.jobId === null ? incident.jobIds : [incident.jobId]
  return ids.flatMap((id) => {
    const job = after.jobs[id]
    return job === undefined ? [] : [{ type, job, run: null, operation: 'Backup', incident }]
  })
}
