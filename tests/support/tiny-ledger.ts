import type { Job } from '../../src/domain/job.ts'
import { NEVER_RAN } from '../../src/domain/job.ts'
import type { Ledger } from '../../src/domain/ledger-shape.ts'
import type { Run } from '../../src/domain/run.ts'
import type { Server } from '../../src/domain/server.ts'
import type { State } from '../../src/domain/state.ts'

/**
 * The least that a ledger can be: servers by machine id, jobs by backup id, and on each job what a fold must not
 * get wrong: how many runs it saw, the sum of their numbers and of their revisions' errors. Not idempotent on
 * purpose, so that a run that is folded twice, or not at all, shows.
 */
export const tinyLedger: Ledger = {
  place(state, arrival, newId) {
    const machineId = arrival.identity.machineId ?? 'none'
    const found = Object.values(state.servers).find((server) => server.machineId === machineId)
    const server = found ?? newServer(newId('srv'), machineId, arrival.received)
    const backupId = arrival.identity.backupId ?? 'none'
    const known = Object.values(state.jobs).find(
      (job) => job.serverId === server.id && job.backupId === backupId,
    )
    const job = known ?? newJob(newId('job'), server.id, backupId, arrival.received)
    const named = {
      ...server,
      name: arrival.identity.machineName ?? server.name,
      lastReportAt: arrival.received,
    }
    const placed: State = {
      ...state,
      servers: { ...state.servers, [server.id]: named },
      jobs: { ...state.jobs, [job.id]: job },
    }
    return { state: placed, serverId: server.id, jobId: job.id, newServer: found === undefined }
  },
  fold(state, run) {
    const job = state.jobs[run.jobId]
    if (job === undefined) return state
    return { ...state, jobs: { ...state.jobs, [job.id]: { ...job, note: tally(job.note, run) } } }
  },
  complete: (state) => state,
  richer(kept, later) {
    const more = later.messages > kept.messages
    return more ? { ...kept, messages: later.messages, errors: later.errors } : null
  },
}

/** The note of a job as the tally: lines folded, sum of numbers, sum of revisions, a running mix of the order. */
function tally(note: string, run: Run): string {
  const [lines = 0, nos = 0, revs = 0, mix = 0] = note.split(' ').map(Number)
  return [
    lines + 1,
    nos + run.no,
    revs + run.rev,
    (mix * 31 + run.no + run.rev + run.messages) % 1_000_003,
  ].join(' ')
}

function newServer(id: string, machineId: string, at: string): Server {
  return {
    id,
    machineId,
    name: machineId,
    alias: '',
    note: '',
    tags: [],
    createdAt: at,
    lastReportAt: null,
    address: '',
    publicAddress: '',
    operatingSystem: null,
    duplicatiVersion: null,
    newerVersion: null,
    clockSkewS: null,
    archivedAt: null,
    nameIsIdentity: false,
    maybeSameAs: null,
    pausedUntil: null,
    overrides: {},
    connection: null,
  }
}

function newJob(id: string, serverId: string, backupId: string, at: string): Job {
  return {
    id,
    serverId,
    backupId,
    name: backupId,
    note: '',
    tags: [],
    createdAt: at,
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
