import { Draft } from './draft.ts'
import { expectOrBroken } from './expectation.ts'
import { type Job, NEVER_RAN } from './job.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import type { RemoteFacts, RemoteJob, RemoteState } from './remote-shape.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

/** What a server told of itself and its jobs. */
export interface RemoteNews {
  readonly facts: RemoteFacts
  readonly state: RemoteState
  readonly jobs: readonly RemoteJob[]
}

/**
 * The state after a server was asked: its version, clock and pause, and for every job its schedule and the
 * expectation that follows. Jobs that never reported are made, so that their silence is noticed too.
 * @param newId the id for a job (`DB-3`) where it is new; the same for the same job, however often it is asked
 */
export function withRemoteNews(
  state: State,
  serverId: string,
  news: RemoteNews,
  now: Date,
  newId: (backupId: string) => string,
): State {
  const draft = new Draft(state)
  const before = draft.server(serverId)
  if (before === undefined) return state
  const server = withFacts(before, news, now)
  draft.put('servers', serverId, server)
  const settings = monitoringSettings(state)
  const listed = new Set(news.jobs.map((job) => job.backupId))
  for (const remote of news.jobs) {
    const known = jobOf(draft.jobs(), serverId, remote, listed) ?? newJob(serverId, remote, now, newId)
    const job = { ...known, backupId: remote.backupId, schedule: remote.schedule }
    draft.put('jobs', job.id, { ...job, expectation: expectOrBroken(job, server, settings, now) })
  }
  return draft.finish()
}

function withFacts(server: Server, news: RemoteNews, now: Date): Server {
  const { facts, state } = news
  return {
    ...server,
    machineId: server.machineId ?? facts.machineId,
    operatingSystem: server.operatingSystem ?? facts.operatingSystem,
    duplicatiVersion: facts.version ?? server.duplicatiVersion,
    newerVersion: state.newerVersion,
    clockSkewS: facts.clockSkewS,
    connection:
      server.connection === null
        ? null
        : {
            ...server.connection,
            lastContactAt: now.toISOString(),
            lastError: null,
            schedulerPaused: state.paused,
          },
  }
}

/** By id; else the one of that name whose id the server no longer has: it was deleted there and imported again. */
function jobOf(
  jobs: readonly Job[],
  serverId: string,
  remote: RemoteJob,
  listed: ReadonlySet<string>,
): Job | undefined {
  const here = jobs.filter((job) => job.serverId === serverId)
  const byId = here.find((job) => job.backupId === remote.backupId)
  if (byId !== undefined) return byId
  const named = here.filter(
    (job) => job.name === remote.name && (job.backupId === null || !listed.has(job.backupId)),
  )
  const only = named.length === 1 ? named[0] : undefined
  if (only === undefined || only.backupId === null) return only
  return { ...only, formerBackupIds: [...only.formerBackupIds, only.backupId].slice(-20) }
}

function newJob(serverId: string, remote: RemoteJob, now: Date, newId: (backupId: string) => string): Job {
  return {
    id: newId(remote.backupId),
    serverId,
    backupId: remote.backupId,
    name: remote.name,
    note: '',
    tags: [],
    createdAt: now.toISOString(),
    formerBackupIds: [],
    archivedAt: null,
    pausedUntil: null,
    overrides: {},
    schedule: remote.schedule,
    nextScheduled: null,
    status: NEVER_RAN,
    expectation: null,
  }
}
