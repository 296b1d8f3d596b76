import type { RunRow } from '../../domain/history.ts'
import type { Job } from '../../domain/job.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import type { Server } from '../../domain/server.ts'
import { numbersIn, type TrashItem } from '../../domain/trash.ts'
import type { CareNeeds } from './care-needs.ts'

/**
 * Reports that came while a server or job lay in the trash made new ones of the same identity: their runs join
 * those that came back. Gives the jobs that got runs.
 */
export async function joinTwins(needs: CareNeeds, item: TrashItem): Promise<readonly string[]> {
  const got: string[] = []
  for (const server of item.servers) {
    const twin = Object.values(needs.state().servers).find((one) => isSameServer(one, server))
    if (twin === undefined) continue
    for (const job of jobsOf(needs.state(), twin.id)) {
      const home = jobsOf(needs.state(), server.id).find((one) => isSameJob(one, job)) ?? job
      await join(needs, job, { serverId: server.id, jobId: home.id })
      got.push(home.id)
    }
    await needs.change((state) => {
      const { [twin.id]: _gone, ...servers } = state.servers
      const lastReportAt = twin.lastReportAt ?? server.lastReportAt
      return { ...state, servers: { ...servers, [server.id]: { ...server, lastReportAt } } }
    })
  }
  for (const job of item.jobs) {
    const twin = jobsOf(needs.state(), job.serverId).find((one) => one.id !== job.id && isSameJob(one, job))
    if (item.what === 'runs' || twin === undefined || item.jobs.some((one) => one.id === twin.id)) continue
    await join(needs, twin, { serverId: job.serverId, jobId: job.id })
    got.push(job.id)
  }
  return got
}

/**
 * Runs that were reported again while they lay in the trash are here twice now: those that came back stay, with the
 * addresses that people know.
 */
export async function dropDoubles(needs: CareNeeds, item: TrashItem, jobs: Iterable<string>): Promise<void> {
  const back = new Set(item.moved.flatMap((one) => numbersIn(one.ranges)))
  const doubles: number[] = []
  for (const jobId of jobs) {
    const rows = needs.history.ofJob(jobId).filter((row) => !Number.isNaN(row.beginMs))
    const known = new Set(rows.filter((row) => back.has(row.no)).map(runKey))
    for (const row of rows) if (!back.has(row.no) && known.has(runKey(row))) doubles.push(row.no)
  }
  if (doubles.length > 0) await needs.remove(doubles)
}

/** What a run of a job is known by, also where it was reported under two identities. */
export function runKey(row: RunRow): string {
  return `${row.operation} ${Math.floor(row.beginMs / 1000)}`
}

async function join(needs: CareNeeds, twin: Job, to: { serverId: string; jobId: string }): Promise<void> {
  await needs.move({ jobId: twin.id }, to)
  await needs.change((state) => {
    const { [twin.id]: gone, ...jobs } = state.jobs
    if (gone === undefined) return state
    const moved = to.jobId === twin.id ? { [twin.id]: { ...gone, serverId: to.serverId } } : {}
    const incidents = Object.values(state.incidents).filter((one) => one.jobId !== twin.id)
    return {
      ...state,
      jobs: { ...jobs, ...moved },
      incidents: Object.fromEntries(incidents.map((one) => [one.id, one])),
    }
  })
}

function isSameServer(one: Server, other: Server): boolean {
  if (one.id === other.id) return false
  if (one.machineId !== null || other.machineId !== null) return one.machineId === other.machineId
  return one.name === other.name
}

function isSameJob(one: Job, other: Job): boolean {
  if (one.backupId !== null && other.backupId !== null) return one.backupId === other.backupId
  return one.name === other.name
}
