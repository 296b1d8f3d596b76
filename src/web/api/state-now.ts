import type { Job, JobState } from '../../domain/job.ts'
import type { Standing } from '../../domain/job-state.ts'
import { jobState } from '../../domain/job-state.ts'
import type { State } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'

/** State of a job at this moment, as the pages show it. */
export function stateNow(state: State, job: Job, now: Date): JobState {
  return standingNow(state, job, now).state
}

/** The same with the reason. */
export function standingNow(state: State, job: Job, now: Date): Standing {
  const server = state.servers[job.serverId]
  if (server === undefined) return { state: 'unknown', because: text('api.no-server'), since: null }
  return jobState(job, server, state, now)
}
