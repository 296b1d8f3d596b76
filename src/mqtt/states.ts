import type { Incident } from '../domain/incident.ts'
import type { Job, JobState, RecentRun } from '../domain/job.ts'
import { runId } from '../domain/run.ts'
import { type Server, serverName } from '../domain/server.ts'
import type { Text, TextValue } from '../domain/text.ts'
import type { Say } from './discovery.ts'
import type { Happening } from './happenings.ts'
import type { Activity } from './hub-entities.ts'
import { shorten } from './label.ts'
import type { Presence } from './presence.ts'
import { jobTopic } from './topics.ts'

/** A job with what was judged of it. */
export interface JudgedJob {
  readonly job: Job
  readonly server: Server
  readonly state: JobState
  /** Its open incidents. */
  readonly incidents: readonly Incident[]
}

const PROBLEMS: readonly JobState[] = ['failed', 'overdue']

/** State of a job, every key always there, null where unknown: a missing key is a warning in Home Assistant. */
export function jobPayload({ job, state, incidents }: JudgedJob): object {
  const { lastRun, lastGood, running } = job.status
  return {
    state,
    problem: PROBLEMS.includes(state) || incidents.some((incident) => incident.severity === 'error'),
    overdue: state === 'overdue' || incidents.some((incident) => incident.cause === 'overdue'),
    running: state === 'running',
    acknowledged: incidents.length > 0 && incidents.every((incident) => incident.acknowledged !== null),
    last_result: lastRun?.result ?? null,
    last_run: lastRun?.at ?? null,
    last_good: lastGood?.at ?? null,
    next_due: job.expectation?.dueAt ?? null,
    duration_s: rounded(lastRun?.durationS),
    ...sizes(lastGood),
    uploaded_bytes: lastRun?.uploadedBytes ?? null,
    errors: lastRun?.errors ?? null,
    warnings: lastRun?.warnings ?? null,
    progress_percent: running?.progress == null ? null : rounded(running.progress * 100),
    phase: running?.phase ?? null,
  }
}

/** Words beside the state: small, slow to change, and without relative times, which would change by themselves. */
export function jobAttributes({ job, server, incidents }: JudgedJob, presence: Presence, say: Say): object {
  const { lastRun } = job.status
  const acknowledged = incidents.find((incident) => incident.acknowledged !== null)?.acknowledged
  return {
    server: shorten(serverName(server), 80),
    job: shorten(job.name, 80),
    server_id: server.id,
    job_id: job.id,
    last_run_id: lastRun === null ? null : runId(lastRun.no),
    last_good: job.status.lastGood?.at ?? null,
    next_due: job.expectation?.dueAt ?? null,
    reason: lastRun?.reason == null ? null : shorten(lastRun.reason, 250),
    expected: job.expectation === null ? null : shorten(say(steady(job.expectation.because)), 250),
    problems: incidents.slice(0, 5).map((incident) => shorten(say(steady(incident.because)), 250)),
    acknowledged_by: acknowledged?.by ?? null,
    command_topic: jobTopic(presence, job, 'command'),
  }
}

export function serverPayload(server: Server, jobs: readonly JudgedJob[]): object {
  return {
    problem: jobs.some(isProblem),
    activity: activityOf(server, jobs),
    reachable: isReachable(server),
    last_seen: server.lastReportAt,
    version: versionText(server.duplicatiVersion),
    latest_version: versionText(server.newerVersion ?? server.duplicatiVersion),
    jobs_total: jobs.length,
    jobs_failing: countOf(jobs, 'failed'),
    jobs_overdue: countOf(jobs, 'overdue'),
  }
}

export function hubPayload(servers: readonly Server[], jobs: readonly JudgedJob[]): object {
  const reports = servers.flatMap((server) => server.lastReportAt ?? [])
  return {
    problem: jobs.some(isProblem),
    servers_total: servers.length,
    jobs_total: jobs.length,
    jobs_failing: countOf(jobs, 'failed'),
    jobs_overdue: countOf(jobs, 'overdue'),
    jobs_warning: countOf(jobs, 'warning'),
    jobs_running: countOf(jobs, 'running'),
    failing: namesOf(jobs, 'failed'),
    overdue: namesOf(jobs, 'overdue'),
    source_bytes: sum(jobs, (run) => run.sourceBytes),
    stored_bytes: sum(jobs, (run) => run.storedBytes),
    last_report: reports.sort().at(-1) ?? null,
  }
}

/** What an event entity is told; `message` is the first error or warning, or why the incident opened. */
export function eventPayload(happening: Happening, server: Server, presence: Presence, say: Say): object {
  const { type, job, run, incident } = happening
  return {
    event_type: type,
    server: shorten(serverName(server), 80),
    job: shorten(job.name, 80),
    server_id: server.id,
    job_id: job.id,
    operation: shorten(happening.operation, 40),
    run_id: run === null ? null : runId(run.no),
    at: run?.at ?? incident?.updatedAt ?? null,
    scheduled: run?.scheduled ?? null,
    duration_s: rounded(run?.durationS),
    uploaded_bytes: run?.uploadedBytes ?? null,
    errors: run?.errors ?? null,
    warnings: run?.warnings ?? null,
    message: messageOf(happening, say),
    command_topic: jobTopic(presence, job, 'command'),
    can_run: canRun(server),
  }
}

/** Whether `run` is an order that is followed. */
function canRun(server: Server): boolean {
  return server.connection?.allowRunNow === true
}

/** Whether the buttons of a server do anything. */
export function isReachable(server: Server): boolean | null {
  if (server.connection === null) return null
  return server.connection.lastContactAt !== null && server.connection.lastError === null
}

function isProblem(one: JudgedJob): boolean {
  return PROBLEMS.includes(one.state) || one.incidents.some((incident) => incident.severity === 'error')
}

function activityOf(server: Server, jobs: readonly JudgedJob[]): Activity {
  if (jobs.some((one) => one.job.status.running !== null)) return 'running'
  if (isReachable(server) !== true) return 'unknown'
  return server.connection?.schedulerPaused === true ? 'paused' : 'idle'
}

/** Home Assistant takes no empty state. */
function versionText(version: string | null): string | null {
  return version === null ? null : shorten(version, 80) || null
}

/** What stands at the destination is what the last good run left there. */
function sizes(run: RecentRun | null): object {
  return {
    source_bytes: run?.sourceBytes ?? null,
    source_files: run?.sourceFiles ?? null,
    stored_bytes: run?.storedBytes ?? null,
    versions: run?.versions ?? null,
  }
}

function countOf(jobs: readonly JudgedJob[], state: JobState): number {
  return jobs.filter((one) => one.state === state).length
}

function namesOf(jobs: readonly JudgedJob[], state: JobState): readonly string[] {
  return jobs
    .filter((one) => one.state === state)
    .slice(0, 20)
    .map(({ server, job }) => `${shorten(serverName(server), 80)} ${shorten(job.name, 80)}`)
}

function sum(jobs: readonly JudgedJob[], size: (run: RecentRun) => number | null): number {
  return jobs.reduce((total, { job }) => {
    const { lastGood } = job.status
    return total + (lastGood === null ? 0 : (size(lastGood) ?? 0))
  }, 0)
}

function messageOf({ run, incident }: Happening, say: Say): string | null {
  if (run !== null) return run.reason === null ? null : shorten(run.reason, 250)
  return incident === null ? null : shorten(say(steady(incident.because)), 250)
}

function rounded(number: number | null | undefined): number | null {
  return number == null || !Number.isFinite(number) ? null : Math.round(number)
}

/** The same sentence with moments in place of relative times. */
function steady(text: Text): Text {
  if (text.values === undefined) return text
  const values = Object.fromEntries(
    Object.entries(text.values).map(([name, one]) => [name, steadyValue(one)]),
  )
  return { key: text.key, values }
}

function steadyValue(value: TextValue): TextValue {
  if (typeof value !== 'object') return value
  if ('key' in value) return steady(value)
  return 'at' in value && value.as === 'relative' ? { at: value.at, as: 'moment' } : value
}
