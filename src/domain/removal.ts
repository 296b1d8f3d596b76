import type { Incident } from './incident.ts'
import { incidentKey } from './incident.ts'
import type { Notice } from './notice.ts'
import { secretName } from './remote-reach.ts'
import type { SealedSecret, State } from './state.ts'

/** What goes out of sight, by our ids. A server goes with all its jobs. */
export interface Removal {
  readonly servers: ReadonlySet<string>
  readonly jobs: ReadonlySet<string>
  readonly runs: ReadonlySet<number>
}

/** Incidents that speak of nothing but what goes. */
export function incidentsOf(state: State, removal: Removal): readonly Incident[] {
  return Object.values(state.incidents).filter(
    (incident) =>
      removal.servers.has(incident.serverId) ||
      (incident.jobId !== null && removal.jobs.has(incident.jobId)) ||
      (incident.runNo !== null && removal.runs.has(incident.runNo)),
  )
}

/** Sealed secrets of the servers that go, by name. */
export function secretsOf(state: State, removal: Removal): Readonly<Record<string, SealedSecret>> {
  const names = new Set([...removal.servers].map(secretName))
  return Object.fromEntries(Object.entries(state.secrets).filter(([name]) => names.has(name)))
}

/** The state without servers, jobs, and whatever was said or is owed about them or about these runs. */
export function withoutThese(state: State, removal: Removal): State {
  const gone = new Set(incidentsOf(state, removal).map((incident) => incident.id))
  const secrets = secretsOf(state, removal)
  const only = (ids: readonly string[], set: ReadonlySet<string>) =>
    ids.length > 0 && ids.every((id) => set.has(id))
  return {
    ...state,
    servers: kept(state.servers, (server) => !removal.servers.has(server.id)),
    jobs: kept(state.jobs, (job) => !removal.jobs.has(job.id)),
    incidents: kept(
      state.incidents,
      (incident) => !gone.has(incident.id),
      (incident) =>
        incident.jobIds.some((id) => removal.jobs.has(id))
          ? { ...incident, jobIds: incident.jobIds.filter((id) => !removal.jobs.has(id)) }
          : incident,
    ),
    notices: kept(
      state.notices,
      (notice) =>
        !only(notice.incidentIds, gone) &&
        !only(notice.jobIds, removal.jobs) &&
        !(notice.runNo !== null && removal.runs.has(notice.runNo)),
    ),
    secrets: Object.fromEntries(
      Object.entries(state.secrets).filter(([name]) => !Object.hasOwn(secrets, name)),
    ),
  }
}

/**
 * Incidents put back where nothing of their kind was opened meanwhile; those that only changed their server have their
 * own again.
 */
export function withIncidents(state: State, incidents: readonly Incident[]): State {
  const open = new Set(Object.values(state.incidents).map(incidentKey))
  const gone = incidents.filter(
    (incident) =>
      !open.has(incidentKey(incident)) &&
      Object.hasOwn(state.servers, incident.serverId) &&
      (incident.jobId === null || Object.hasOwn(state.jobs, incident.jobId)),
  )
  const moved = incidents.flatMap(({ id, serverId }) => {
    const now = state.incidents[id]
    return now === undefined || now.serverId === serverId ? [] : [{ ...now, serverId }]
  })
  const back = [...gone, ...moved]
  if (back.length === 0) return state
  return {
    ...state,
    incidents: { ...state.incidents, ...Object.fromEntries(back.map((one) => [one.id, one])) },
  }
}

/** What was still to be said and went with a change, to be put back where that is undone. */
export function noticesTaken(before: State, after: State): readonly Notice[] {
  return Object.values(before.notices).filter(
    (notice) => notice.state === 'owed' && !Object.hasOwn(after.notices, notice.id),
  )
}

/** Notices put back that speak of what is there. */
export function withNotices(state: State, notices: readonly Notice[]): State {
  const back = notices.filter(
    ({ incidentIds, jobIds }) =>
      incidentIds.some((id) => Object.hasOwn(state.incidents, id)) ||
      (incidentIds.length === 0 && jobIds.some((id) => Object.hasOwn(state.jobs, id))),
  )
  if (back.length === 0) return state
  return { ...state, notices: { ...Object.fromEntries(back.map((one) => [one.id, one])), ...state.notices } }
}

function kept<T>(
  map: Readonly<Record<string, T>>,
  stays: (thing: T) => boolean,
  changed: (thing: T) => T = (thing) => thing,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(map).flatMap(([id, thing]) => (stays(thing) ? [[id, changed(thing)]] : [])),
  )
}
