import type { JobState } from './job.ts'
import { jobState } from './job-state.ts'
import { jobsOf } from './jobs-of.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

/** Worst first: what a person should look at. */
export const WORST_FIRST: readonly JobState[] = [
  'failed',
  'overdue',
  'unknown',
  'warning',
  'late',
  'running',
  'ok',
  'new',
  'paused',
]

/** The worst state among the jobs of a server; `new` where it has none. Archived jobs do not count. */
export function serverState(server: Server, state: State, now: Date): JobState {
  const states = jobsOf(state, server.id)
    .filter((job) => job.archivedAt === null)
    .map((job) => jobState(job, server, state, now).state)
  return worstOf(states)
}

export function worstOf(states: readonly JobState[]): JobState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'new'
}
