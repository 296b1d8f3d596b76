import type { Context } from 'koa'
import { serverName } from '../../../domain/server.ts'
import type { House } from '../../house.ts'
import { sendPage } from '../../send-page.ts'
import { visitOf } from '../../visit.ts'
import { jobWatching } from '../../watching/job-watching.ts'
import type { Editing } from '../../watching/override-view.ts'
import { readJob } from '../job.ts'

/** `GET /jobs/:id/monitoring`: everything that is set for one job, to change. */
export function jobMonitoringPage(ctx: Context, house: House): void {
  const { job } = readJob(ctx, house)
  showJobMonitoring(ctx, house, {
    subject: { kind: 'job', id: job.id },
    form: null,
    faults: new Map(),
    said: new Map(),
  })
}

export function showJobMonitoring(ctx: Context, house: House, editing: Editing): void {
  const visit = visitOf(ctx)
  const { job, server } = readJob(ctx, house)
  const title = visit.words.say('watching.job.title', { job: job.name })
  sendPage(
    ctx,
    house,
    'pages/watching/job-monitoring',
    { title, help: 'expected', status: ctx.status === 404 ? 200 : ctx.status },
    {
      crumbs: [
        { href: visit.link('/'), label: visit.words.say('nav.overview') },
        { href: visit.link(`/servers/${server.id}`), label: serverName(server) },
        { href: visit.link(`/jobs/${job.id}`), label: job.name },
      ],
      watching: jobWatching(job, server, house, visit, editing),
      isOpen: true,
    },
  )
}
