import type { Context } from 'koa'
import { runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import type { House } from '../house.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'
import { readJob } from './job.ts'
import { versionsOf } from './run-versions.ts'

/** How many runs are looked through for one that names the versions. */
const LOOKED_AT = 20

/** `GET /jobs/:id/versions`: the versions at the destination, by the newest run that names them. */
export async function jobVersionsPage(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const { words } = visit
  const { job, server } = readJob(ctx, house)
  const found = await newestNaming(house, job.id)
  sendPage(
    ctx,
    house,
    'pages/job-versions',
    { title: words.say('page.versions.title', { job: job.name }), isNarrow: true, help: 'job' },
    {
      crumbs: [
        { href: visit.link('/'), label: words.say('nav.overview') },
        { href: visit.link(`/servers/${server.id}`), label: serverName(server) },
        { href: visit.link(`/jobs/${job.id}`), label: job.name },
      ],
      heading: words.say('page.versions.title', { job: job.name }),
      server: serverName(server),
      versions: found === null ? null : versionsOf(found, visit),
      runHref: found === null ? '' : visit.link(`/runs/${runId(found.no)}`),
      runAt: found === null ? '' : (found.begin ?? found.received),
    },
  )
}

async function newestNaming(house: House, jobId: string) {
  const rows = house.store.history.ofJob(jobId, { limit: LOOKED_AT })
  let counted = null
  for (const row of rows) {
    if (row.operation !== 'Backup') continue
    const run = await house.store.run(row.no)
    if (run === null) continue
    if (run.versionTimes !== null && run.versionTimes.length > 0) return run
    if (counted === null && run.figures.versions !== null) counted = run
  }
  return counted
}
