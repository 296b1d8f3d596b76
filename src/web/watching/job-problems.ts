import type { Incident } from '../../domain/incident.ts'
import { incidentsOf } from '../../domain/incidents-of.ts'
import type { Job } from '../../domain/job.ts'
import type { State } from '../../domain/state.ts'
import type { HouseStore } from '../house.ts'
import type { Visit } from '../visit.ts'
import { lastClosed } from './activity-reading.ts'
import { incidentView } from './incident-view.ts'

const MOST_CLOSED = 5

/** What is wrong with a job and what was lately: see `partials/watching/problems.eta`. */
export async function jobProblems(job: Job, store: HouseStore, visit: Visit) {
  const state = store.state()
  const next = `/jobs/${job.id}#problems`
  const open = incidentsOf(state, job)
  const closed = await closedOf(job, store)
  return {
    open: open.map((incident) => incidentView(incident, [], state, visit, next)),
    closed: closed.map((incident) => incidentView(incident, [], state, visit, next)),
    allHref: visit.link('/activity', { about: job.id, kind: 'incidents' }),
  }
}

const known = new WeakMap<
  Job,
  Pick<State, 'incidents' | 'features'> & { readonly closed: readonly Incident[] }
>()

/** Pages do not touch the disk: the journal is read again once the job, or any incident, is another. */
async function closedOf(job: Job, store: HouseStore): Promise<readonly Incident[]> {
  const { incidents, features } = store.state()
  const earlier = known.get(job)
  if (earlier?.incidents === incidents && earlier.features === features) return earlier.closed
  const closed = await lastClosed(store, job.id, MOST_CLOSED)
  known.set(job, { incidents, features, closed })
  return closed
}
