import { Draft } from './draft.ts'
import type { Job } from './job.ts'
import { jobsOf } from './jobs-of.ts'
import type { Placement } from './ledger-shape.ts'
import { type Arrival, orderOf } from './run.ts'
import type { Server } from './server.ts'
import { make } from './settle.ts'
import type { State } from './state.ts'
import { UNNAMED, unidentifiedName } from './unnamed.ts'

/**
 * Finds or makes the server and the job of an arrival. Machine id and backup id know best; what a report leaves
 * out is filled in by names. One machine can go by two names in turn, and one name can belong to two machines.
 */
export function place(state: State, arrival: Arrival, newId: (kind: 'srv' | 'job') => string): Placement {
  const known = serverOf(state, arrival)
  const serverId = known?.id ?? newId('srv')
  const job = known === null ? null : jobOf(state, known.id, arrival)
  const jobId = job?.id ?? newId('job')
  const draft = new Draft(state)
  make(draft, arrival, { serverId, jobId })
  return { state: draft.finish(), serverId, jobId, newServer: known === null }
}

/** What an arrival would make that is not there yet; null for nothing. */
export function madeBy(state: State, arrival: Arrival): 'server' | 'job' | null {
  const server = serverOf(state, arrival)
  if (server === null) return 'server'
  return jobOf(state, server.id, arrival) === null ? 'job' : null
}

function serverOf(state: State, arrival: Arrival): Server | null {
  const { machineId, machineName } = arrival.identity
  const servers = Object.values(state.servers)
  if (machineId !== null) return byMachineId(servers, machineId, machineName)
  const named = machineName === null ? [] : servers.filter((server) => server.name === machineName)
  if (named.length > 0) return named.find((server) => server.machineId === null) ?? onlyOne(named)
  return machineName === null ? byJobName(state, servers, arrival) : null
}

function byMachineId(servers: readonly Server[], machineId: string, name: string | null): Server | null {
  const same = servers.filter((server) => server.machineId === machineId)
  const first = same[0]
  if (first === undefined) {
    // A server known by name alone got a machine id when Duplicati was updated.
    return name === null
      ? null
      : onlyOne(servers.filter((server) => server.machineId === null && server.name === name))
  }
  if (name === null) return first
  const named = same.find((server) => server.name === name)
  return named ?? (same.length === 1 && !first.nameIsIdentity ? first : null)
}

/** Reports that say nothing of the machine: the only job of that name anywhere, else what the sender is called. */
function byJobName(state: State, servers: readonly Server[], arrival: Arrival): Server | null {
  const name = arrival.identity.backupName
  const jobs = Object.values(state.jobs).filter((job) => job.name === name && job.archivedAt === null)
  const only = name === null ? null : onlyOne(jobs)
  const home = only === null ? undefined : state.servers[only.serverId]
  if (home !== undefined) return home
  const called = unidentifiedName(arrival.identity)
  return servers.find((server) => server.machineId === null && server.name === called) ?? null
}

function jobOf(state: State, serverId: string, arrival: Arrival): Job | null {
  const { backupId, backupName } = arrival.identity
  const jobs = jobsOf(state, serverId)
  const named = jobs.filter((job) => job.name === (backupName ?? UNNAMED))
  if (backupId === null) return newest(named)
  const byId = jobs.find((job) => job.backupId === backupId)
  if (byId !== undefined) return byId
  // An id that went silent and comes back while the new one reports too: these are two jobs.
  if (jobs.some((job) => job.formerBackupIds.includes(backupId))) return null
  const nameless = newest(named.filter((job) => job.backupId === null))
  if (nameless !== null || isCommandLine(arrival)) return nameless
  return newest(named.filter((job) => silentSince(job, arrival)))
}

/** Command line runs share one name; their id is a hash of the destination (`Utility.CalculateBackupId`). */
function isCommandLine(arrival: Arrival): boolean {
  const { backupId, backupName } = arrival.identity
  return backupName === 'Duplicati.CommandLine' && backupId !== null && /^[0-9a-f]{64}$/i.test(backupId)
}

function silentSince(job: Job, arrival: Arrival): boolean {
  const last = job.status.lastRun
  return last === null || Date.parse(last.at) <= Date.parse(orderOf(arrival))
}

function newest(jobs: readonly Job[]): Job | null {
  const rank = (job: Job) => `${job.archivedAt === null ? 1 : 0}${job.status.lastRun?.at ?? ''}`
  return jobs.reduce<Job | null>((best, job) => (best === null || rank(job) > rank(best) ? job : best), null)
}

function onlyOne<T>(things: readonly T[]): T | null {
  return things.length === 1 ? (things[0] ?? null) : null
}
