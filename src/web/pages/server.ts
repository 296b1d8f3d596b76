import type { Context } from 'koa'
import { attentionOf } from '../../domain/attention.ts'
import { Failure } from '../../domain/failure.ts'
import type { RunRow } from '../../domain/history.ts'
import { type Server, serverName } from '../../domain/server.ts'
import { type ServerRow, serverRow } from '../../domain/server-rows.ts'
import { median } from '../../domain/statistics.ts'
import { text } from '../../domain/text.ts'
import { sumChartData } from '../chart-data.ts'
import { chartsView, rangeOf } from '../charts.ts'
import { duplicatiPage, oldDuplicatiPage } from '../duplicati-page.ts'
import { historyTable } from '../history-table.ts'
import type { House } from '../house.ts'
import { jobLine } from '../job-line.ts'
import { measure } from '../measure.ts'
import { tagLinks } from '../overview-filters.ts'
import { sendPage, single } from '../send-page.ts'
import { remoteActs } from '../servers/remote-acts.ts'
import { shapeOfState } from '../shape-of.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { pauseView } from '../watching/pause-view.ts'
import { attentionItems } from './attention.ts'
import { removeLinks } from './care/remove-links.ts'

/** `GET /servers/:id`: how it stands, its jobs, totals, history of all of them, metrics, connection. */
export function serverPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const { words, now } = visit
  const server = readServer(ctx, house)
  const state = house.store.state()
  const { history } = house.store
  const query = single(ctx.query)
  const range = rangeOf(query, visit)
  const row = serverRow(server, state, now)
  const path = `/servers/${server.id}`
  const runs = row.jobs.flatMap(({ job }) => history.ofJob(job.id)).sort(newestFirst)
  const ids = row.jobs.map(({ job }) => job.id)
  const attention = attentionOf(state, [row])
  // As the overview counts them: one that runs, or is paused, lacks nothing.
  const count = new Set(attention.flatMap((item) => item.jobIds)).size

  sendPage(
    ctx,
    house,
    'pages/server',
    { title: serverName(server), isLive: true, help: 'server' },
    {
      crumbs: [{ href: visit.link('/'), label: words.say('nav.overview') }],
      name: serverName(server),
      realName: server.alias === '' ? '' : server.name,
      note: server.note,
      tags: tagLinks(server.tags, visit),
      isArchived: server.archivedAt !== null,
      shape: shapeOfState(row.state, words),
      sentence: words.say('page.server.sentence', { jobs: row.jobs.length, count }),
      lastReport: server.lastReportAt,
      duplicatiHref: duplicatiPage(server),
      oldHref: oldDuplicatiPage(server),
      attention: attentionItems(attention, visit),
      totals: totalsOf(row, runs, visit),
      rows: row.jobs.map((job) => jobLine(job, visit, house.collecting.watch.current(job.job.id))),
      remote: remoteActs(server, null, visit),
      settingsHref: visit.isAdministrator ? visit.link(`/settings/servers/${server.id}`) : '',
      charts: chartsView(sumChartData(ids, history, range, now, words.reader.zone), range, visit, {
        path,
        query,
      }),
      chartGroup: server.id,
      runsHref: '',
      history: historyTable(runs, state, visit, { path, query, withJob: true }),
      facts: facts(server, visit),
      pause: pauseView({ kind: 'server', id: server.id }, server.pausedUntil, visit, path),
      watchingHref: `${visit.link('/settings/monitoring', { edit: server.id })}#e-${server.id}`,
      noticesHref: `${visit.link('/settings/notifications', { edit: server.id })}#e-${server.id}`,
      removes: removeLinks([{ what: 'server', id: server.id }], visit),
    },
  )
}

/** The server that the address names. Throws Failure `not-found`. */
export function readServer(ctx: Context, house: House): Server {
  const { servers } = house.store.state()
  const id = String(ctx['params'].id)
  const server = Object.hasOwn(servers, id) ? servers[id] : undefined
  if (server === undefined) throw new Failure('not-found', text('error.no-such-server'))
  return server
}

export function newestFirst(one: RunRow, other: RunRow): number {
  return other.atMs - one.atMs || other.no - one.no
}

function totalsOf(row: ServerRow, runs: readonly RunRow[], visit: Visit) {
  const { words } = visit
  const sum = (read: (job: ServerRow['jobs'][number]) => number | null) =>
    row.jobs.reduce((all, job) => all + (read(job) ?? 0), 0)
  const durations = runs
    .slice(0, 500)
    .map((run) => run.durationS)
    .filter((seconds) => !Number.isNaN(seconds))
  const uploaded = runs.reduce(
    (all, run) => all + (Number.isNaN(run.uploadedBytes) ? 0 : run.uploadedBytes),
    0,
  )
  const total = (name: string, written: string) => ({
    label: words.say(`page.total.${name}`),
    ...measure(written),
    spark: null,
  })
  return [
    total('runs', words.number(runs.length)),
    total('versions', words.number(sum((job) => job.versions))),
    total('duration', words.duration(median(durations))),
    total('source', words.bytes(sum((job) => job.sourceBytes))),
    total('stored', words.bytes(sum((job) => job.storedBytes))),
    total('uploaded-ever', words.bytes(uploaded)),
  ]
}

/** What we know of the machine and of our connection to it. */
function facts(server: Server, visit: Visit): { label: string; value: string }[] {
  const { words, now } = visit
  const row = (name: string, value: string | null) =>
    value === null || value === '' ? [] : [{ label: words.say(`page.server.fact.${name}`), value }]
  const { connection } = server
  return [
    ...row('last-report', server.lastReportAt === null ? null : words.moment(server.lastReportAt)),
    ...row('duplicati', server.duplicatiVersion),
    ...row('newer', server.newerVersion),
    ...row('system', server.operatingSystem),
    ...row('address', server.publicAddress === '' ? server.address : server.publicAddress),
    ...row(
      'contact',
      connection?.lastContactAt == null ? null : words.relative(connection.lastContactAt, now),
    ),
    ...row('trouble', connection?.lastError == null ? null : words.say(connection.lastError)),
    ...row(
      'scheduler',
      connection?.schedulerPaused === true ? words.say('page.server.scheduler-paused') : null,
    ),
    ...row(
      'clock',
      server.clockSkewS === null || Math.abs(server.clockSkewS) < 60
        ? null
        : words.duration(server.clockSkewS),
    ),
    ...row('machine', server.machineId),
    ...row('id', server.id),
  ]
}
