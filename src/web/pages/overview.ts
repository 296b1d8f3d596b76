import type { Context } from 'koa'
import type { JobRow } from '../../domain/job-row.ts'
import { lastKnown } from '../../domain/last-known.ts'
import { type Overview, overview, type ServerRow } from '../../domain/overview.ts'
import { serverName } from '../../domain/server.ts'
import { WORST_FIRST } from '../../domain/server-state.ts'
import type { House } from '../house.ts'
import { jobLine, serverFind } from '../job-line.ts'
import { preference } from '../preferences.ts'
import { sendPage, single } from '../send-page.ts'
import { shapeOfState } from '../shape-of.ts'
import { compare, sortJobs } from '../sort-jobs.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { attentionItems } from './attention.ts'
import { totals } from './totals.ts'

const LAYOUTS = ['grouped', 'table', 'cards'] as const
type Query = Readonly<Record<string, string>>

/** `GET /?layout=&state=&q=&sort=&dir=`: are we safe, what needs attention, and every job. */
export function overviewPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const seen = overview(house.store.state(), house.store.history, visit.now)
  const title = visit.words.say(seen.sentence)
  const frame = { title, place: 'overview', isLive: true, help: 'overview' }
  if (seen.jobs === 0) sendEmpty(ctx, house, frame, seen)
  else sendOverview(ctx, house, frame, seen)
}

interface Frame {
  readonly title: string
  readonly place: string
  readonly isLive: boolean
}

function sendOverview(ctx: Context, house: House, frame: Frame, seen: Overview): void {
  const visit = visitOf(ctx)
  const { words } = visit

  const query = single(ctx.query)
  const layout = LAYOUTS.find((one) => one === query['layout']) ?? preference(visit.user, 'layout')
  const servers = filtered(seen.servers, query)
  const rows = servers.flatMap((server) => server.jobs)
  const sorted = layout === 'table' ? sortJobs(rows, query, preference(visit.user, 'sort'), visit, '/') : null
  sendPage(ctx, house, 'pages/overview', frame, {
    heading: frame.title,
    sentence: words.say(seen.detail),
    state: seen.attention.length === 0 ? 'ok' : (seen.attention[0]?.state ?? 'warning'),
    healthy: seen.healthy,
    all: seen.jobs,
    attention: attentionItems(seen.attention, visit),
    totals: totals(seen, visit),
    search: query['q'] ?? '',
    layout,
    layouts: LAYOUTS.map((name) => ({
      name,
      label: words.say(`page.overview.layout.${name}`),
      isHere: name === layout,
    })),
    filters: filters(seen, query, visit),
    groups: layout === 'table' ? [] : groups(servers, house, visit),
    table: sorted && { rows: sorted.rows.map((row) => line(row, house, visit)), columns: sorted.columns },
    isNothing: rows.length === 0,
    allHref: visit.link('/'),
  })
}

/** No job yet: the first thing to do is to point a Duplicati here. */
function sendEmpty(ctx: Context, house: House, frame: Frame, seen: Overview): void {
  const { words, link } = visitOf(ctx)
  sendPage(
    ctx,
    house,
    'pages/overview-empty',
    { ...frame, isNarrow: true },
    { heading: frame.title, sentence: words.say(seen.detail), startHref: link('/start') },
  )
}

/** What `?state=` and `?q=` leave. A server that is found by its own words keeps all its jobs. */
function filtered(servers: readonly ServerRow[], query: Query): ServerRow[] {
  const state = query['state'] ?? ''
  const wanted = (query['q'] ?? '').trim().toLowerCase()
  const isFound = (row: JobRow) =>
    [row.job.name, row.job.note, ...row.job.tags].some((text) => text.toLowerCase().includes(wanted))
  return servers.flatMap((server) => {
    const isWhole = wanted === '' || serverFind(server.server).toLowerCase().includes(wanted)
    const jobs = server.jobs.filter(
      (row) => (state === '' || row.standing.state === state) && (isWhole || isFound(row)),
    )
    return jobs.length === 0 ? [] : [{ ...server, jobs }]
  })
}

function filters(seen: Overview, query: Query, visit: Visit) {
  const here = query['state'] ?? ''
  const link = (state: string) => visit.link('/', { ...query, state })
  const all = {
    href: link(''),
    label: visit.words.say('page.overview.all'),
    count: seen.jobs,
    isHere: here === '',
    shape: null,
  }
  const states = WORST_FIRST.filter((state) => seen.counts[state] > 0 || state === here)
  return [
    all,
    ...states.map((state) => {
      const shape = shapeOfState(state, visit.words)
      return {
        href: link(state),
        label: shape.label,
        count: seen.counts[state],
        isHere: here === state,
        shape,
      }
    }),
  ]
}

/** Servers in trouble first, then by name. */
function groups(servers: readonly ServerRow[], house: House, visit: Visit) {
  const calm = WORST_FIRST.indexOf('late')
  const rank = (server: ServerRow) => Math.min(calm, WORST_FIRST.indexOf(server.state))
  const name = (server: ServerRow) => serverName(server.server)
  return [...servers]
    .sort((one, other) => rank(one) - rank(other) || compare(name(one), name(other), false))
    .map((row) => ({
      id: row.server.id,
      href: visit.link(`/servers/${row.server.id}`),
      name: name(row),
      realName: row.server.alias === '' ? '' : row.server.name,
      note: row.server.note,
      find: serverFind(row.server),
      shape: shapeOfState(row.state, visit.words),
      figures: figuresOf(row, visit),
      rows: row.jobs.map((job) => line(job, house, visit)),
    }))
}

function line(row: JobRow, house: House, visit: Visit) {
  return jobLine(row, visit, house.collecting.watch.current(row.job.id))
}

/** What the card of a server says of all its jobs together. */
function figuresOf({ jobs }: ServerRow, visit: Visit): { label: string; value: string }[] {
  const { words, now } = visit
  const sum = (read: (row: JobRow) => number | null) => jobs.reduce((all, row) => all + (read(row) ?? 0), 0)
  const newest =
    jobs
      .map((row) => row.lastRun?.at ?? '')
      .sort()
      .at(-1) ?? ''
  const figure = (name: string, value: string) => ({ label: words.say(`page.card.${name}`), value })
  return [
    figure('files', words.number(sum((row) => lastKnown(row.job, 'sourceFiles')))),
    figure('source', words.bytes(sum((row) => row.sourceBytes))),
    figure('stored', words.bytes(sum((row) => row.storedBytes))),
    figure('last', newest === '' ? words.say('page.never') : words.brief(newest, now)),
  ]
}
