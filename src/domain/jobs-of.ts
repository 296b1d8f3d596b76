import type { Job } from './job.ts'
import type { State } from './state.ts'

type Jobs = State['jobs']

// Which jobs a server has changes rarely, the jobs themselves with every run: the index holds ids only and is
// carried over to the next state.
const indexes = new WeakMap<Jobs, ReadonlyMap<string, readonly string[]>>()

/** The jobs of a server, archived ones too, oldest first. */
export function jobsOf(state: Pick<State, 'jobs'>, serverId: string): readonly Job[] {
  return (indexOf(state.jobs).get(serverId) ?? []).flatMap((id) => state.jobs[id] ?? [])
}

/** Says that two maps hold the same jobs of the same servers. */
export function carryIndex(from: Jobs, to: Jobs): void {
  const index = indexes.get(from)
  if (index !== undefined) indexes.set(to, index)
}

function indexOf(jobs: Jobs): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(jobs)
  if (known !== undefined) return known
  const index = new Map<string, string[]>()
  for (const job of Object.values(jobs)) {
    const ids = index.get(job.serverId)
    if (ids === undefined) index.set(job.serverId, [job.id])
    else ids.push(job.id)
  }
  indexes.set(jobs, index)
  return index
}
