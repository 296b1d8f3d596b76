import type { Context } from 'koa'
import { calendarGrid } from '../../domain/calendar-grid.ts'
import { Failure } from '../../domain/failure.ts'
import { type JobFigures, jobFigures } from '../../domain/figures.ts'
import type { Job } from '../../domain/job.ts'
import { jobState } from '../../domain/job-state.ts'
import { monitoringSettings } from '../../domain/monitoring-settings.ts'
import { type Server, serverName } from '../../domain/server.ts'
import { text } from '../../domain/text.ts'
import { jobChartData } from '../chart-data.ts'
import { chartsView, rangeOf } from '../charts.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import { historyTable } from '../history-table.ts'
import type { House } from '../house.ts'
import { type Measure, measure } from '../measure.ts'
import { tagLinks } from '../overview-filters.ts'
import { sendPage, single } from '../send-page.ts'
import { remoteActs } from '../servers/remote-acts.ts'
import { runningView } from '../servers/running-view.ts'
import { shapeOfState } from '../shape-of.ts'
import { drawCalendar } from '../svg-calendar.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { jobProblems } from '../watching/job-problems.ts'
import { jobWatching } from '../watching/job-watching.ts'
import { mutedView } from '../watching/warnings-view.ts'
import { removeLinks } from './care/remove-links.ts'
import { expectationRows, watchRows } from './job-watch.ts'

/** `GET /jobs/:id`: how it stands and why, six figures, calendar, metrics, history, what is expected of it. */
export async function jobPage(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const { words, now } = visit
  const { job, server } = readJob(ctx, house)
  const state = house.store.state()
  const { history } = house.store
  const settings = monitoringSettings(state)
  const query = single(ctx.query)
  const range = rangeOf(query, visit)
  const standing = jobState(job, server, state, now)
  const figures = jobFigures(job, history, now)
  const grid = calendarGrid(job, server, history, settings, now, { zone: words.reader.zone })
  const calendar = drawCalendar(grid)
  const path = `/jobs/${job.id}`
  // A late job says itself when it was expected.
  const isLate = standing.state === 'overdue' || standing.state === 'late'
  const problems = await jobProblems(job, house.store, visit)
  const rhythm = isLate ? null : (job.expectation?.rhythm ?? null)

  sendPage(
    ctx,
    house,
    'pages/job',
    {
      title: words.say('page.job.title', { job: job.name, server: serverName(server) }),
      isLive: true,
      help: 'job',
    },
    {
      crumbs: [
        { href: visit.link('/'), label: words.say('nav.overview') },
        { href: visit.link(`/servers/${server.id}`), label: serverName(server) },
      ],
      name: job.name,
      note: job.note,
      tags: tagLinks(job.tags, visit),
      shape: shapeOfState(standing.state, words),
      sentence: [rhythm === null ? null : text('page.job.expected', { rhythm }), standing.because]
        .filter((part) => part !== null)
        .map((part) => words.say(part))
        .join(' '),
      duplicatiHref: duplicatiPage(server),
      running: runningView(job, house.collecting.watch.current(job.id), visit),
      remote: remoteActs(server, job, visit),
      figures: sixFigures(figures, visit),
      troubles: problems,
      muted: mutedView(job, visit, `/jobs/${job.id}#muted`),
      calendar,
      calendarMonths: calendar.months.map(({ x, date }) => ({
        x,
        label: words.shortDay(`${date}T12:00:00Z`),
      })),
      calendarSentence: calendarSentence(grid, visit),
      charts: chartsView(
        jobChartData(job.id, history, range, now),
        range,
        visit,
        { path, query },
        notesOf(figures, visit),
      ),
      chartGroup: job.id,
      runsHref: visit.link('/runs/'),
      history: historyTable(history.ofJob(job.id), state, visit, { path, query, withJob: false }),
      expectation: expectationRows(job, server, settings, visit),
      watch: watchRows(job, server, settings, visit),
      watching: jobWatching(job, server, house, visit, null),
      changeHref: visit.link(`${path}/monitoring`),
      versionsHref: visit.link(`${path}/versions`),
      removes: removeLinks(
        [
          { what: 'job-runs', id: job.id },
          { what: 'job', id: job.id },
        ],
        visit,
      ),
    },
  )
}

/** The job that the address names, with its server. Throws Failure `not-found`. */
export function readJob(ctx: Context, house: House): { job: Job; server: Server } {
  const state = house.store.state()
  const id = String(ctx['params'].id)
  const job = Object.hasOwn(state.jobs, id) ? state.jobs[id] : undefined
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (job === undefined || server === undefined) throw new Failure('not-found', text('error.no-such-job'))
  return { job, server }
}

function sixFigures(figures: JobFigures, visit: Visit): (Measure & { label: string; spark: null })[] {
  const { words, now } = visit
  const figure = (name: string, written: string) => ({
    label: words.say(`page.job.figure.${name}`),
    ...measure(written),
    spark: null,
  })
  return [
    figure(
      'last-success',
      figures.lastGoodAt === null ? words.say('page.never') : words.brief(figures.lastGoodAt, now),
    ),
    figure('rate', words.percent(figures.successShare)),
    figure('source', words.bytes(figures.sourceBytes)),
    figure('stored', words.bytes(figures.storedBytes)),
    figure('versions', words.number(figures.versions)),
    figure('duration', words.duration(figures.usualDurationS)),
  ]
}

function calendarSentence(grid: ReturnType<typeof calendarGrid>, visit: Visit): string {
  const { words } = visit
  if (grid.goodShare === null) return words.say('page.job.calendar.none')
  const share = words.say('page.job.calendar.share', { share: words.percent(grid.goodShare) })
  if (grid.longestGap === null) return share
  const gap = { seconds: grid.longestGap.seconds }
  const from = { at: grid.longestGap.from, as: 'day' } as const
  return `${share} ${words.say(`page.job.calendar.gap${grid.longestGap.untilNow ? '-now' : ''}`, { gap, from })}`
}

/** How source and storage grow, and when the destination is full. */
function notesOf(figures: JobFigures, visit: Visit) {
  const { words } = visit
  const grown = (bytes: number | null) =>
    bytes === null
      ? undefined
      : words.say('page.job.growth', { sign: bytes < 0 ? '−' : '+', size: { bytes: Math.abs(bytes) } })
  const stored = grown(figures.storedGrowthBytes)
  const source = grown(figures.sourceGrowthBytes)
  const full =
    figures.fullAt === null
      ? ''
      : `; ${words.say('page.job.full', { at: { at: figures.fullAt, as: 'day' } })}`
  return {
    ...(stored === undefined ? {} : { stored: `${stored}${full}` }),
    ...(source === undefined ? {} : { source }),
  }
}
