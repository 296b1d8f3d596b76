import type { Incident } from './incident.ts'
import type { Job } from './job.ts'
import type { State } from './state.ts'

type Incidents = State['incidents']

const indexes = new WeakMap<Incidents, ReadonlyMap<string, readonly Incident[]>>()

/** Open incidents of a job, those of its whole server that list it among them. */
export function incidentsOf(state: Pick<State, 'incidents'>, job: Pick<Job, 'id'>): readonly Incident[] {
  return indexOf(state.incidents).get(job.id) ?? []
}

/** Open incidents of a server as a whole. */
export function incidentsOfServer(state: Pick<State, 'incidents'>, serverId: string): readonly Incident[] {
  return Object.values(state.incidents).filter((one) => one.jobId === null && one.serverId === serverId)
}

function indexOf(incidents: Incidents): ReadonlyMap<string, readonly Incident[]> {
  const known = indexes.get(incidents)
  if (known !== undefined) return known
  const index = new Map<string, Incident[]>()
  for (const incident of Object.values(incidents)) {
    for (const jobId of incident.jobId === null ? incident.jobIds : [incident.jobId]) {
      const list = index.get(jobId)
      if (list === undefined) index.set(jobId, [incident])
      else list.push(incident)
    }
  }
  indexes.set(incidents, index)
  return index
}
