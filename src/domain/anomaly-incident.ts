import { anomaliesOf, USUAL_SINCE, usualSince } from './anomaly.ts'
import { Draft } from './draft.ts'
import { Failure } from './failure.ts'
import { close } from './incident-changes.ts'
import type { Job } from './job.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'
import { type Text, text } from './text.ts'
import { withdrawWaiting } from './waiting-notices.ts'

/** What is odd about the newest run of a job, in one sentence; null where it is as usual. */
export function anomalyTrouble(
  draft: Draft,
  job: Job,
  server: Server,
): { because: Text; count: number } | null {
  const found = anomaliesOf(job, server, usualSince(draft.feature(USUAL_SINCE), job.id))
  const [first, second] = found
  if (first === undefined) return null
  const because =
    second === undefined
      ? first.because
      : text('incident.anomaly.two', { first: first.because, second: second.because })
  return { because, count: found.length }
}

/** Someone says that the new figures are right: the incident closes, and from this run on they are the usual ones. */
export function markExpected(state: State, incidentId: string, now: Date): State {
  const draft = new Draft(state)
  const incident = draft.incident(incidentId)
  const job = incident?.jobId == null ? undefined : draft.job(incident.jobId)
  if (incident === undefined || job === undefined)
    throw new Failure('not-found', text('failure.no-such-incident'))
  const since = {
    ...(draft.feature(USUAL_SINCE) as object | undefined),
    [job.id]: job.status.lastRun?.at ?? now.toISOString(),
  }
  draft.put('features', USUAL_SINCE, since)
  withdrawWaiting(draft, incident)
  close(draft, incident, now.toISOString(), text('incident.closed.expected'))
  return draft.finish()
}
