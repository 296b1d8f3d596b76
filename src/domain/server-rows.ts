import type { Job, JobState } from './job.ts'
import { type JobRow, jobRow } from './job-row.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import { type Server, serverName } from './server.ts'
import { worstOf } from './server-state.ts'
import type { State } from './state.ts'

export interface ServerRow {
  readonly server: Server
  readonly state: JobState
  readonly jobs: readonly JobRow[]
}

/** Servers by name, each with its jobs by name; what is archived is left out. */
export function serverRows(state: State, now: Date): readonly ServerRow[] {
  return rows(
    state,
    now,
    (server) => server.archivedAt === null,
    (job) => job.archivedAt === null,
  )
}

/** What was put away: archived servers with all their jobs, and of the others the jobs that are archived. */
export function archivedRows(state: State, now: Date): readonly ServerRow[] {
  return rows(
    state,
    now,
    () => true,
    (job, server) => server.archivedAt !== null || job.archivedAt !== null,
  ).filter(({ server, jobs }) => server.archivedAt !== null || jobs.length > 0)
}

/** One server as it stands; where it is archived itself, with its jobs all the same. */
export function serverRow(server: Server, state: State, now: Date): ServerRow {
  const [row] = rows(
    state,
    now,
    (one) => one.id === server.id,
    (job) => server.archivedAt !== null || job.archivedAt === null,
  )
  return row ?? { server, state: 'paused', jobs: [] }
}

function rows(
  state: State,
  now: Date,
  isServer: (server: Server) => boolean,
  isJob: (job: Job, server: Server) => boolean,
): readonly ServerRow[] {
  const settings = monitoringSettings(state)
  const found = new Map<string, JobRow[]>()
  for (const job of Object.values(state.jobs)) {
    const server = state.servers[job.serverId]
    if (server === undefined || !isServer(server) || !isJob(job, server)) continue
    const list = found.get(server.id) ?? []
    list.push(jobRow(job, server, state, settings, now))
    found.set(server.id, list)
  }
  return Object.values(state.servers)
    .filter(isServer)
    .map((server) => {
      const jobs = (found.get(server.id) ?? []).sort((a, b) => byName(a.job.name, b.job.name))
      return { server, state: worstOf(jobs.map((row) => row.standing.state)), jobs }
    })
    .sort((a, b) => byName(serverName(a.server), serverName(b.server)))
}

/** Plain order of letters without case: the page may sort anew in the reader's language. */
function byName(a: string, b: string): number {
  const one = a.toLowerCase()
  const other = b.toLowerCase()
  return one < other ? -1 : one > other ? 1 : 0
}
