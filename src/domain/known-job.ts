import type { Job } from './job.ts'
import { jobsOf } from './jobs-of.ts'
import type { Identity } from './run.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

/** The job that an identity names, where both it and its server are known beyond doubt; null otherwise. */
export function knownJob(state: Pick<State, 'servers' | 'jobs'>, identity: Identity): Job | null {
  const server = knownServer(state, identity)
  if (server === null) return null
  const jobs = jobsOf(state, server.id).filter((job) => job.archivedAt === null)
  const byId = jobs.find((job) => identity.backupId !== null && job.backupId === identity.backupId)
  return byId ?? onlyOne(jobs.filter((job) => job.name === identity.backupName))
}

function knownServer(state: Pick<State, 'servers'>, identity: Identity): Server | null {
  const { machineId, machineName } = identity
  const servers = Object.values(state.servers).filter((server) => server.archivedAt === null)
  if (machineId === null) return onlyOne(servers.filter((server) => server.name === machineName))
  const same = servers.filter((server) => server.machineId === machineId)
  return same.find((server) => server.name === machineName) ?? onlyOne(same)
}

function onlyOne<T>(things: readonly T[]): T | null {
  return things.length === 1 ? (things[0] ?? null) : null
}
