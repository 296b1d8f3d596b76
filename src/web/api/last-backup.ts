import type { Context } from 'koa'
import type { Job, RecentRun } from '../../domain/job.ts'
import type { Server } from '../../domain/server.ts'
import type { House } from '../house.ts'
import { activeJobs, newestBackup } from './newest.ts'
import { noStore } from './no-store.ts'
import {
  findServer,
  noSuchServer,
  referenceBackup,
  referenceServer,
  severalServers,
} from './reference-json.ts'

/** `GET /api/lastbackup/:idOrName`: the newest backup run of a server. */
export async function lastBackup(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const server = foundServer(ctx, house)
  if (server === null) return
  const [newest] = newestOfJobs(house, server)
  const latest = newest === undefined ? null : await told(house, server, newest)
  ctx.body = { server: referenceServer(house.store.state(), server), latest_backup: latest, status: 200 }
}

/** `GET /api/lastbackups/:idOrName`: the newest backup run of each job of a server, most recent first. */
export async function lastBackups(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const server = foundServer(ctx, house)
  if (server === null) return
  const newest = newestOfJobs(house, server)
  const runs = await Promise.all(newest.map((one) => told(house, server, one)))
  const latest = runs.filter((run) => run !== null)
  ctx.body = {
    server: referenceServer(house.store.state(), server),
    latest_backups: latest,
    backup_jobs_count: latest.length,
    backup_names: latest.map((run) => run.name),
    status: 200,
  }
}

interface Newest {
  readonly job: Job
  readonly run: RecentRun
}

/** The server that the path names; null where the answer has been given already. */
function foundServer(ctx: Context, house: House): Server | null {
  const idOrName = String(ctx['params'].idOrName)
  const state = house.store.state()
  const found = findServer(state, idOrName)
  noStore(ctx)
  if (found.kind === 'one') return found.server
  ctx.status = found.kind === 'several' ? 400 : 404
  ctx.body = found.kind === 'several' ? severalServers(state, found.servers) : noSuchServer(idOrName)
  return null
}

function newestOfJobs(house: House, server: Server): Newest[] {
  const jobs = activeJobs(house.store.state()).filter((job) => job.serverId === server.id)
  return jobs
    .flatMap((job) => {
      const run = newestBackup(job, house.store.history)
      return run === null ? [] : [{ job, run }]
    })
    .sort((one, other) => Date.parse(other.run.at) - Date.parse(one.run.at))
}

/** The run in full, from disk; null where its line was damaged. */
async function told(house: House, server: Server, newest: Newest) {
  const [run, log] = await Promise.all([house.store.run(newest.run.no), house.store.log(newest.run.no)])
  return run === null ? null : referenceBackup(house.store.state(), server, newest.job, run, log)
}
