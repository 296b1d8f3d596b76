import { Failure } from './failure.ts'
import type { Incident } from './incident.ts'
import type { PauseEnd } from './server.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

/** Someone has seen it: no more reminders until it gets worse. */
export function acknowledge(state: State, incidentId: string, by: string, now: Date): State {
  const incident = openOne(state, incidentId)
  if (incident.acknowledged !== null) return state
  return withIncident(state, { ...incident, acknowledged: { at: now.toISOString(), by } })
}

/** Takes an acknowledgement back. */
export function unacknowledge(state: State, incidentId: string): State {
  const incident = openOne(state, incidentId)
  return incident.acknowledged === null ? state : withIncident(state, { ...incident, acknowledged: null })
}

/** Not a word until then, and again after; null ends a snooze at once. */
export function snooze(state: State, incidentId: string, until: Date | null): State {
  const incident = openOne(state, incidentId)
  return withIncident(state, { ...incident, snoozedUntil: until === null ? null : until.toISOString() })
}

/** Stops watching a job, for ever or until a moment (ISO). */
export function pauseJob(state: State, jobId: string, until: PauseEnd): State {
  const job = state.jobs[jobId]
  if (job === undefined) throw new Failure('not-found', text('failure.no-such-job'))
  return { ...state, jobs: { ...state.jobs, [jobId]: { ...job, pausedUntil: until } } }
}

/** Stops watching a server with all its jobs. */
export function pauseServer(state: State, serverId: string, until: PauseEnd): State {
  const server = state.servers[serverId]
  if (server === undefined) throw new Failure('not-found', text('failure.no-such-server'))
  return { ...state, servers: { ...state.servers, [serverId]: { ...server, pausedUntil: until } } }
}

/**
 * Watches a job again. The end of the pause stays written down, because the first run that is expected is the
 * first planned one after it.
 */
export function resumeJob(state: State, jobId: string, now: Date): State {
  return pauseJob(state, jobId, now.toISOString())
}

export function resumeServer(state: State, serverId: string, now: Date): State {
  return pauseServer(state, serverId, now.toISOString())
}

/** Sends a notice once more, now: one that failed for good, or one that somebody missed. */
export function resend(state: State, noticeId: string, now: Date): State {
  const notice = Object.hasOwn(state.notices, noticeId) ? state.notices[noticeId] : undefined
  if (notice === undefined) throw new Failure('not-found', text('failure.no-such-notice'))
  const again = { ...notice, state: 'owed', attempts: 0, dueAt: now.toISOString(), finishedAt: null } as const
  return { ...state, notices: { ...state.notices, [noticeId]: again } }
}

/** Forgets what was told: the next sweep tells every open incident anew, but for the snoozed ones. */
export function resetNotices(state: State): State {
  const incidents = Object.fromEntries(
    Object.values(state.incidents).map((incident) => {
      const { quiet: _, ...rest } = incident
      return [incident.id, { ...rest, toldAt: null, told: 0, acknowledged: null }]
    }),
  )
  return { ...state, incidents }
}

function openOne(state: State, id: string): Incident {
  const incident = Object.hasOwn(state.incidents, id) ? state.incidents[id] : undefined
  if (incident === undefined) throw new Failure('not-found', text('failure.no-such-incident'))
  return incident
}

function withIncident(state: State, incident: Incident): State {
  return { ...state, incidents: { ...state.incidents, [incident.id]: incident } }
}
