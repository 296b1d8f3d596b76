import type { Context } from 'koa'
import { serverName } from '../../domain/server.ts'
import { jobChartData, sumChartData } from '../chart-data.ts'
import { chartsView, rangeOf } from '../charts.ts'
import type { House } from '../house.ts'
import { sendPage, single } from '../send-page.ts'
import { compare } from '../sort-jobs.ts'
import { visitOf } from '../visit.ts'

/** `GET /trends?of=&range=`: the six measures for all, a server or a job. */
export function trendsPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const { words, now } = visit
  const { history } = house.store
  const state = house.store.state()
  const query = single(ctx.query)
  const range = rangeOf(query, visit)
  const servers = Object.values(state.servers)
    .filter((server) => server.archivedAt === null)
    .sort((one, other) => compare(serverName(one), serverName(other), false))
  const jobs = Object.values(state.jobs).filter(
    (job) => job.archivedAt === null && state.servers[job.serverId]?.archivedAt === null,
  )
  const of = query['of'] ?? ''
  const job = jobs.find((one) => one.id === of)
  const server = servers.find((one) => one.id === of)
  const ids = (server === undefined ? jobs : jobs.filter((one) => one.serverId === server.id)).map(
    (one) => one.id,
  )
  const data =
    job === undefined
      ? sumChartData(ids, history, range, now, words.reader.zone)
      : jobChartData(job.id, history, range, now)
  const scope =
    job !== undefined
      ? words.say('page.trends.of-job', {
          job: job.name,
          server: serverName(state.servers[job.serverId] ?? { alias: '', name: '' }),
        })
      : server !== undefined
        ? words.say('page.trends.of-server', { server: serverName(server) })
        : words.say('page.trends.of-all', { count: jobs.length })

  sendPage(
    ctx,
    house,
    'pages/trends',
    { title: words.say('nav.trends'), place: 'trends', isLive: true, help: 'trends' },
    {
      sentence: words.say('page.trends.sentence', { scope, range: words.say(`page.range.${range}.long`) }),
      range,
      scopes: servers.map((one) => ({
        id: one.id,
        label: serverName(one),
        isChosen: one.id === of,
        jobs: jobs
          .filter((each) => each.serverId === one.id)
          .sort((a, b) => compare(a.name, b.name, false))
          .map((each) => ({ id: each.id, label: each.name, isChosen: each.id === of })),
      })),
      charts: chartsView(data, range, visit, { path: '/trends', query }),
      chartGroup: 'all',
      runsHref: job === undefined ? '' : visit.link('/runs/'),
    },
  )
}
