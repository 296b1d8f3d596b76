import { Draft } from './draft.ts'
import { expectOrBroken } from './expectation.ts'
import type { Job } from './job.ts'
import { type MonitoringSettings, monitoringSettings } from './monitoring-settings.ts'
import type { State } from './state.ts'

/** The expectations of all jobs as they follow from the settings of today; the same state where none differs. */
export function refreshExpectations(state: State, now: Date): State {
  const draft = new Draft(state)
  const settings = monitoringSettings(state)
  for (const job of Object.values(state.jobs)) refreshExpectation(draft, job, settings, now)
  return draft.finish()
}

/** The job with the expectation that follows from it, its server and the settings of today. */
export function refreshExpectation(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): Job {
  const server = draft.server(job.serverId)
  if (server === undefined) return job
  const expectation = expectOrBroken(job, server, settings, now)
  if (JSON.stringify(expectation) === JSON.stringify(job.expectation)) return job
  const next = { ...job, expectation }
  draft.put('jobs', job.id, next)
  return next
}
