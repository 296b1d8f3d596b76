import type { Job, JobState } from '../../domain/job.ts'
import { jobState } from '../../domain/job-state.ts'
import type { State } from '../../domain/state.ts'

/** State of a job at this moment, as the pages show it. */
export function stateNow(state: State, job: Job, now: Date): JobState {
  return jobState(state, job, now)
}
