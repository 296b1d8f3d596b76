import type { Draft } from './draft.ts'
import { type Job, NEVER_RAN } from './job.ts'
import { type Arrival, orderOf } from './run.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'
import { UNNAMED, unidentifiedName } from './unnamed.ts'

/** Makes the server and the job with these ids where they are missing. */
export function make(draft: Draft, arrival: Arrival, ids: { serverId: string; jobId: string }): void {
  if (draft.server(ids.serverId) === undefined) {
    draft.put('servers', ids.serverId, newServer(draft.base, arrival, ids))
  }
  if (draft.job(ids.jobId) !== undefined) return
  leaveFormerId(draft, arrival, ids.serverId)
  draft.put('jobs', ids.jobId, newJob(arrival, ids))
}

/**
 * Makes what is missing, and takes over what the arrival newly says of its server and job: names, ids, version.
 * Folding a run again finds all of it in the run's own line, so this needs no more.
 */
export function settle(draft: Draft, arrival: Arrival, ids: { serverId: string; jobId: string }): void {
  make(draft, arrival, ids)
  const server = draft.server(ids.serverId)
  const job = draft.job(ids.jobId)
  if (server !== undefined) {
    draft.put('servers', ids.serverId, heard(server, arrival))
    answerByRunning(draft, server, arrival)
  }
  if (job !== undefined) draft.put('jobs', ids.jobId, told(job, arrival))
}

function newServer(state: State, arrival: Arrival, ids: { serverId: string }): Server {
  const { machineId, machineName } = arrival.identity
  const name = machineName ?? (machineId === null ? unidentifiedName(arrival.identity) : machineId)
  const servers = Object.values(state.servers)
  const cloned = machineId !== null && servers.some((server) => server.machineId === machineId)
  const namesake = servers.find((server) => server.name === machineName && server.archivedAt === null)
  return {
    id: ids.serverId,
    machineId,
    name,
    alias: '',
    note: '',
    tags: [],
    createdAt: arrival.received,
    lastReportAt: isSignOfLife(arrival) ? arrival.received : null,
    address: '',
    publicAddress: '',
    operatingSystem: arrival.operatingSystem,
    duplicatiVersion: arrival.duplicatiVersion,
    newerVersion: null,
    clockSkewS: null,
    archivedAt: null,
    nameIsIdentity: cloned,
    maybeSameAs: machineId !== null && !cloned ? (namesake?.id ?? null) : null,
    pausedUntil: null,
    overrides: {},
    connection: null,
  }
}

function heard(server: Server, arrival: Arrival): Server {
  // What comes late, or is folded again, does not change what newer reports said.
  const alive = isSignOfLife(arrival)
  if (server.lastReportAt !== null) {
    if (!alive || Date.parse(arrival.received) < Date.parse(server.lastReportAt)) return server
  }
  const { machineId } = arrival.identity
  const next: Server = {
    ...named(server, arrival.identity.machineName),
    machineId: server.machineId ?? machineId,
    lastReportAt: alive ? arrival.received : server.lastReportAt,
    operatingSystem: arrival.operatingSystem ?? server.operatingSystem,
    duplicatiVersion: arrival.duplicatiVersion ?? server.duplicatiVersion,
  }
  return isSame(server, next) ? server : next
}

/** Files and imports tell of the past; only what comes from the machine says that it lives. */
function isSignOfLife(arrival: Arrival): boolean {
  return arrival.origin === 'report' || arrival.origin === 'collected'
}

/** An old machine that runs on after the new one of its name appeared is another machine: the question is answered. */
function answerByRunning(draft: Draft, server: Server, arrival: Arrival): void {
  if (!isSignOfLife(arrival)) return
  const begun = Date.parse(orderOf(arrival))
  for (const other of draft.servers()) {
    if (other.maybeSameAs !== server.id || begun <= Date.parse(other.createdAt)) continue
    draft.put('servers', other.id, { ...other, maybeSameAs: null })
  }
}

/** Takes a new name, and notices a machine id that goes by two names in turn: then the name tells them apart. */
function named(server: Server, name: string | null): Server {
  if (name === null || name === server.name || server.nameIsIdentity) return server
  const former = server.formerNames ?? []
  if (former.includes(name)) return { ...server, name, formerNames: [], nameIsIdentity: true }
  return { ...server, name, formerNames: [...former, server.name].slice(-10) }
}

/** A former id that reports again while its successor does too is no longer the successor's. */
function leaveFormerId(draft: Draft, arrival: Arrival, serverId: string): void {
  const { backupId } = arrival.identity
  if (backupId === null) return
  for (const job of draft.jobs()) {
    if (job.serverId !== serverId || !job.formerBackupIds.includes(backupId)) continue
    draft.put('jobs', job.id, {
      ...job,
      formerBackupIds: job.formerBackupIds.filter((id) => id !== backupId),
    })
  }
}

function newJob(arrival: Arrival, ids: { serverId: string; jobId: string }): Job {
  return {
    id: ids.jobId,
    serverId: ids.serverId,
    backupId: arrival.identity.backupId,
    name: arrival.identity.backupName ?? UNNAMED,
    note: '',
    tags: [],
    createdAt: arrival.received,
    formerBackupIds: [],
    archivedAt: null,
    pausedUntil: null,
    overrides: {},
    schedule: null,
    nextScheduled: null,
    status: NEVER_RAN,
    expectation: null,
  }
}

function told(job: Job, arrival: Arrival): Job {
  const { backupId, backupName } = arrival.identity
  const last = job.status.lastRun
  if (last !== null && Date.parse(orderOf(arrival)) < Date.parse(last.at)) return job
  const moved = backupId !== null && job.backupId !== null && backupId !== job.backupId
  const next: Job = {
    ...job,
    name: backupName ?? job.name,
    backupId: backupId ?? job.backupId,
    formerBackupIds: moved ? [...job.formerBackupIds, job.backupId ?? ''].slice(-20) : job.formerBackupIds,
  }
  return isSame(job, next) ? job : next
}

function isSame<T extends object>(a: T, b: T): boolean {
  return (Object.keys(b) as (keyof T)[]).every((key) => a[key] === b[key])
}
