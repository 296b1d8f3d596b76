import { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import { close, openIncident, report } from './incident-changes.ts'
import type { Job } from './job.ts'
import { overdueBecause, ownSilence } from './job-state.ts'
import { jobsOf } from './jobs-of.ts'
import { DAY, HOUR, ms, SECOND } from './moment.ts'
import { type MonitoringSettings, monitoringSettings } from './monitoring-settings.ts'
import { pauseOf } from './pausing.ts'
import { refreshExpectation } from './refresh-expectation.ts'
import { rhythmOf } from './rhythm-of.ts'
import { silentServers } from './server-silence.ts'
import type { State } from './state.ts'
import { speak } from './sweep-sayings.ts'
import { text } from './text.ts'
import { trimNotices } from './trim-notices.ts'
import { forgetTurns } from './turns.ts'
import { dropUnstable, noteOpening } from './unstable.ts'
import { withdrawWaiting } from './waiting-notices.ts'

/**
 * What the passing of time brings, once a minute: jobs that became overdue, whole servers gone silent, silences
 * that are over, snoozes that end, reminders that are due, and notices that a maintenance window held back. Pure;
 * the same state where nothing happened. A job whose arithmetic throws becomes `unknown` and stops nobody.
 */
export function sweep(
  state: State,
  now: Date,
  settings: MonitoringSettings = monitoringSettings(state),
): State {
  const draft = new Draft(state)
  const ended: Incident[] = []
  const overdue: Job[] = []
  for (const job of Object.values(state.jobs)) {
    const current = refreshExpectation(draft, job, settings, now)
    if (isOverdue(draft, current, settings, now)) overdue.push(current)
    else ended.push(...endSilence(draft, current, settings, now))
  }
  const inside = silentServers(draft, overdue, settings, now, ended)
  for (const job of overdue) {
    if (!inside.has(job.id)) openOverdue(draft, job, settings, now)
  }
  endStale(draft, settings, now)
  speak(draft, ended, settings, now)
  trimNotices(draft, now)
  return draft.finish()
}

function isOverdue(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): boolean {
  const server = draft.server(job.serverId)
  const overdueAt = job.expectation?.overdueAt ?? null
  if (server === undefined || overdueAt === null || ms(overdueAt) > now.getTime()) return false
  if (pauseOf(job, server, settings, now.getTime()) !== null) return false
  return ownSilence(job, draft.base, now.getTime()) === null && !isRunning(job, now)
}

/** Heard of within the hour: a long run that is going on is not silence. */
function isRunning(job: Job, now: Date): boolean {
  const { running } = job.status
  if (running === null || running.status === 'finished-without-report') return false
  // What was heard in the future was heard by a clock that was wrong: it proves nothing.
  return Math.abs(now.getTime() - ms(running.heardAt)) < HOUR
}

/** An overdue incident whose reason is gone without a run: other settings, a pause, a question to answer. */
function endSilence(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): readonly Incident[] {
  const server = draft.server(job.serverId)
  const open = openIncident(draft, { serverId: job.serverId, jobId: job.id }, 'overdue')
  const paused = server === undefined ? null : pauseOf(job, server, settings, now.getTime())
  if (paused !== null) endPaused(draft, job, now)
  if (open === undefined || paused !== null) return []
  // While we cannot tell, or while it runs at last, the alarm stands as it is.
  if (ownSilence(job, draft.base, now.getTime()) !== null || isRunning(job, now)) return []
  return [close(draft, open, now.toISOString(), text('incident.closed.not-expected'))]
}

/** Nobody wants to hear of what was paused on purpose. */
function endPaused(draft: Draft, job: Job, now: Date): void {
  for (const incident of draft.incidentsOf(job.id)) {
    withdrawWaiting(draft, incident)
    close(draft, incident, now.toISOString(), text('incident.closed.paused'))
  }
  forgetTurns(draft, { serverId: job.serverId, jobId: job.id })
}

function openOverdue(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): void {
  const dueAt = job.expectation?.dueAt ?? null
  if (dueAt === null) return
  const subject = { serverId: job.serverId, jobId: job.id }
  const open = openIncident(draft, subject, 'overdue')
  const count = missedRuns(draft, job, settings, now)
  if (open !== undefined && open.count === count) return
  const because = overdueBecause(job, dueAt, now.getTime())
  const at = now.toISOString()
  const trouble = {
    ...subject,
    cause: 'overdue',
    severity: 'error',
    because,
    at,
    runNo: null,
    count,
  } as const
  const { incident, change } = report(draft, trouble, `inc_${mark(now)}_${job.id}`)
  if (change === 'opened') noteOpening(draft, incident, settings, at)
}

/** How many expected runs did not come, up to a hundred; each counts once it is overdue itself. */
function missedRuns(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): number {
  const { dueAt, overdueAt, intervalS } = job.expectation ?? {}
  const server = draft.server(job.serverId)
  if (dueAt == null || overdueAt == null || server === undefined) return 1
  const graceMs = ms(overdueAt) - ms(dueAt)
  const rhythm = rhythmOf(job, server, settings)
  const slots = rhythm.between(ms(dueAt) - 1, now.getTime() - graceMs, 100).length
  const everyMs = Math.max(60, intervalS ?? DAY / SECOND) * SECOND
  return slots > 0 ? slots : Math.min(100, 1 + Math.floor((now.getTime() - ms(overdueAt)) / everyMs))
}

/** A failed restore or check that nobody repeats is not for ever, and what was removed has no troubles. */
function endStale(draft: Draft, settings: MonitoringSettings, now: Date): void {
  for (const incident of draft.incidents()) {
    if (incident.cause === 'unstable' && isUnwatched(draft, incident, settings, now)) {
      withdrawWaiting(draft, incident)
      dropUnstable(draft, incident, now.toISOString(), text('incident.closed.not-watched'))
      continue
    }
    const gone =
      draft.server(incident.serverId) === undefined ||
      (incident.jobId !== null && draft.job(incident.jobId) === undefined)
    const old = incident.cause === 'operation' && now.getTime() - ms(incident.updatedAt) >= 7 * DAY
    if (!gone && !old) continue
    if (gone) withdrawWaiting(draft, incident)
    close(draft, incident, now.toISOString(), text(gone ? 'incident.closed.removed' : 'incident.closed.old'))
  }
}

/** Nobody wants to know of instability, or the whole server that is meant is paused. */
function isUnwatched(draft: Draft, incident: Incident, settings: MonitoringSettings, now: Date): boolean {
  if (!settings.unstable) return true
  const server = draft.server(incident.serverId)
  if (server === undefined || incident.jobId !== null) return false
  const jobs = jobsOf(draft.base, server.id)
  return jobs.every((job) => pauseOf(job, server, settings, now.getTime()) !== null)
}

function mark(now: Date): string {
  return now.getTime().toString(36)
}
