import { Draft } from './draft.ts'
import { expectOrBroken } from './expectation.ts'
import type { Job } from './job.ts'
import { beginMs } from './moment.ts'
import { type MonitoringSettings, monitoringSettings } from './monitoring-settings.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

/** The expectations of all jobs as they follow from the settings of today; the same state where none differs. */
export function refreshExpectations(state: State, now: Date): State {
  const draft = new Draft(state)
  const settings = monitoringSettings(state)
  for (const job of Object.values(state.jobs)) refreshExpectation(draft, job, settings, now)
  return draft.finish()
}

const fresh = new WeakMap<Job, { readonly overrides: unknown; readonly settings: unknown }>()

/**
 * The job with the expectation that follows from it, its server and the settings of today. As long as none of
 * these changed, time alone moves nothing but the end of a pause, and a last run that lies ahead of us.
 */
export function refreshExpectation(draft: Draft, job: Job, settings: MonitoringSettings, now: Date): Job {
  const server = draft.server(job.serverId)
  if (server === undefined) return job
  const seen = fresh.get(job)
  if (seen?.overrides === server.overrides && seen.settings === settings && isSteady(job, server, now))
    return job
  const expectation = expectOrBroken(job, server, settings, now)
  const same = JSON.stringify(expectation) === JSON.stringify(job.expectation)
  const next = same ? job : { ...job, expectation }
  draft.put('jobs', job.id, next)
  fresh.set(next, { overrides: server.overrides, settings })
  return next
}

function isSteady(job: Job, server: Server, now: Date): boolean {
  const { lastRun } = job.status
  const ahead = lastRun !== null && beginMs(lastRun) > now.getTime()
  return job.pausedUntil === null && server.pausedUntil === null && !ahead
}
