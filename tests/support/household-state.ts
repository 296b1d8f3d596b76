import type { Incident } from '../../src/domain/incident.ts'
import { type Job, NEVER_RAN, type RecentRun } from '../../src/domain/job.ts'
import type { Connection, Server } from '../../src/domain/server.ts'
import { emptyState, type State } from '../../src/domain/state.ts'
import { text } from '../../src/domain/text.ts'

export const NOW = new Date('2026-11-22T08:00:00.000Z')

/** A state with the given servers and jobs. */
export function stateWith(
  content: { servers?: readonly Server[]; jobs?: readonly Job[]; incidents?: readonly Incident[] },
  instance = 'k3x7ab2c',
): State {
  return {
    ...emptyState({ schemaVersion: 1, instance, now: NOW }),
    servers: Object.fromEntries((content.servers ?? []).map((one) => [one.id, one])),
    jobs: Object.fromEntries((content.jobs ?? []).map((one) => [one.id, one])),
    incidents: Object.fromEntries((content.incidents ?? []).map((one) => [one.id, one])),
  }
}

/** A server that only sends reports; nothing else is known of it. */
export function aServer(part: Partial<Server> = {}): Server {
  return {
    id: 'srv_nas',
    machineId: null,
    name: 'NAS',
    alias: '',
    note: '',
    tags: [],
    createdAt: '2026-01-01T00:00:00.000Z',
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
    ...part,
  }
}

/** A job that never ran. */
export function aJob(part: Partial<Job> = {}): Job {
  return {
    id: 'job_documents',
    serverId: 'srv_nas',
    backupId: '1',
    name: 'Documents',
    note: '',
    tags: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    formerBackupIds: [],
    archivedAt: null,
    pausedUntil: null,
    overrides: {},
    schedule: null,
    nextScheduled: null,
    status: NEVER_RAN,
    expectation: null,
    ...part,
  }
}

export function aRun(part: Partial<RecentRun> = {}): RecentRun {
  return {
    no: 7,
    at: '2026-11-22T02:00:00.000Z',
    received: '2026-11-22T02:38:31.000Z',
    result: 'success',
    interrupted: false,
    durationS: 2311,
    sourceBytes: 113_395_849_938,
    sourceFiles: 249_426,
    storedBytes: 43_346_796_938,
    uploadedBytes: 331_318_892,
    versions: 10,
    warnings: 0,
    errors: 0,
    reason: null,
    scheduled: true,
    ...part,
  }
}

/** A server that we reach, with everything known. */
export function fullServer(part: Partial<Server> = {}): Server {
  const connection: Connection = {
    collect: true,
    allowRunNow: true,
    tls: 'verify',
    pinnedSha256: null,
    caPem: null,
    headers: {},
    auth: 'password',
    lastContactAt: '2026-11-22T07:00:00.000Z',
    lastError: null,
    schedulerPaused: false,
  }
  return aServer({
    machineId: 'a1b2',
    address: 'http://nas.lan:8200/',
    duplicatiVersion: '2.1.0.5',
    newerVersion: '2.2.0.0',
    lastReportAt: '2026-11-22T02:38:31.000Z',
    connection,
    ...part,
  })
}

/** A job with every figure, running now. */
export function fullJob(part: Partial<Job> = {}): Job {
  const run = aRun({ reason: 'one file is locked', result: 'warning', warnings: 3 })
  return aJob({
    status: {
      lastRun: run,
      lastGood: run,
      lastOther: { ...aRun({ no: 6 }), operation: 'Test' },
      recent: [run],
      running: {
        operation: 'Backup',
        startedAt: '2026-11-22T07:50:00.000Z',
        heardAt: '2026-11-22T07:59:00.000Z',
        phase: 'Backup_ProcessingFiles',
        progress: 0.42,
        bytesPerSecond: 1e6,
        filesDone: 10,
        filesTotal: 20,
        bytesDone: 100,
        bytesTotal: 200,
        source: 'live',
        status: 'running',
        taskId: 3,
      },
    },
    expectation: {
      dueAt: '2026-11-23T02:00:00.000Z',
      lateAt: '2026-11-23T02:00:00.000Z',
      overdueAt: '2026-11-23T04:38:31.000Z',
      because: text('mqtt.entity.next_due', { since: { at: '2026-11-22T02:00:00.000Z', as: 'relative' } }),
      source: 'learned',
      intervalS: 86_400,
      rhythm: null,
    },
    ...part,
  })
}

export function anIncident(part: Partial<Incident> = {}): Incident {
  return {
    id: 'inc_1',
    serverId: 'srv_nas',
    jobId: 'job_documents',
    cause: 'overdue',
    severity: 'error',
    openedAt: '2026-11-22T07:00:00.000Z',
    updatedAt: '2026-11-22T07:00:00.000Z',
    because: text('mqtt.entity.overdue'),
    runNo: null,
    count: 1,
    jobIds: [],
    acknowledged: null,
    snoozedUntil: null,
    toldAt: null,
    closedAt: null,
    closedBecause: null,
    ...part,
  }
}
