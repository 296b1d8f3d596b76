import type { Context } from 'koa'
import type { JobRow } from '../../domain/job-row.ts'
import { lastKnown } from '../../domain/last-known.ts'
import { type Overview, overview } from '../../domain/overview.ts'
import { serverName } from '../../domain/server.ts'
import { archivedRows, type ServerRow } from '../../domain/server-rows.ts'
import { WORST_FIRST } from '../../domain/server-state.ts'
import type { Words } from '../../domain/words.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import type { House } from '../house.ts'
import { jobLine, serverFind } from '../job-line.ts'
import { filtered, overviewLink, stateChips, tagChips, viewsMenu } from '../overview-filters.ts'
import { preference } from '../preferences.ts'
import { startView, viewQuery, viewText } from '../saved-views.ts'
import { sendPage, single } from '../send-page.ts'
import { shapeOfState } from '../shape-of.ts'
import { compare, sortJobs } from '../sort-jobs.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { attentionItems } from './attention.ts'
import { totals } from './totals.ts'

const LAYOUTS = ['grouped', 'table', 'cards'] as const

/**
 * `GET /?layout=&state=&tag=&q=&archived=&sort=&dir=`: are we safe, what needs attention, and every job. Without any of
 * them the view that this person opens first; `?all=1` is the whole whatever that is.
 */
export function overviewPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const start = startView(visit.user)
  if (start !== null && viewText(start.query) !== '' && Object.keys(ctx.query).length === 0) {
    ctx.redirect(visit.link('/', start.query))
    return
  }
  const seen = overview(house.store.state(), house.store.history, visit.now)
  const title = visit.words.say(seen.sentence)
  const frame = { title, place: 'overview', isLive: true, help: 'overview' } as const
  if (seen.jobs === 0 && ctx.query['archived'] !== '1') sendEmpty(ctx, house, frame, seen)
  else sendOverview(ctx, house, frame, seen)
}

interface Frame {
  readonly title: string
  readonly place: string
  readonly isLive: boolean
  readonly help: 'overview'
}

function sendOverview(ctx: Context, house: House, frame: Frame, seen: Overview): void {
  const visit = visitOf(ctx)
  const { words } = visit

  const query = single(ctx.query)
  const layout = LAYOUTS.find((one) => one === query['layout']) ?? preference(visit.user, 'layout')
  const archived = archivedRows(house.store.state(), visit.now)
  const shown = query['archived'] === '1' ? archived : seen.servers
  const servers = filtered(shown, query)
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
    keep: Object.entries(viewQuery({ ...query, q: '' })),
    next: overviewLink(visit, { ...query, layout: '' }).slice(visit.base.length),
    layout,
    layouts: LAYOUTS.map((name) => ({
      name,
      label: words.say(`page.overview.layout.${name}`),
      isHere: name === layout,
    })),
    filters: stateChips(seen, jobsIn(archived), query, visit),
    tags: tagChips(shown, query, visit),
    saved: viewsMenu(query, layout, visit),
    groups: layout === 'table' ? [] : groups(servers, query, house, visit),
    table: sorted && {
      rows: sorted.rows.map((row) => ({ ...line(row, house, visit), ...troubles(row, words) })),
      columns: sorted.columns,
    },
    isNothing: layout === 'table' ? rows.length === 0 : servers.length === 0,
    allHref: overviewLink(visit, {}),
  })
}

function jobsIn(servers: readonly ServerRow[]): number {
  return servers.reduce((count, server) => count + server.jobs.length, 0)
}

/** No job yet: the first thing to do is to point a Duplicati here. */
function sendEmpty(ctx: Context, house: House, frame: Frame, seen: Overview): void {
  const { words, link, now } = visitOf(ctx)
  const hasArchived = archivedRows(house.store.state(), now).length > 0
  sendPage(
    ctx,
    house,
    'pages/overview-empty',
    { ...frame, isNarrow: true },
    {
      heading: frame.title,
      sentence: words.say(seen.detail),
      startHref: link('/start'),
      archivedHref: hasArchived ? link('/', { archived: 1 }) : '',
    },
  )
}

function groups(
  servers: readonly ServerRow[],
  query: Readonly<Record<string, string>>,
  house: House,
  visit: Visit,
) {
  const name = (server: ServerRow) => serverName(server.server)
  return inOrder(servers, query['sort'] ?? preference(visit.user, 'sort')).map((row) => ({
    id: row.server.id,
    href: visit.link(`/servers/${row.server.id}`),
    name: name(row),
    duplicatiHref: duplicatiPage(row.server),
    realName: row.server.alias === '' ? '' : row.server.name,
    note: row.server.note,
    tags: row.server.tags,
    find: serverFind(row.server),
    shape: shapeOfState(row.state, visit.words),
    figures: figuresOf(row, visit),
    rows: row.jobs.map((job) => line(job, house, visit)),
  }))
}

/** The newest first, the worst first, else those in trouble first and then by name. */
function inOrder(servers: readonly ServerRow[], by: string): ServerRow[] {
  const calm = by === 'state' ? WORST_FIRST.length : WORST_FIRST.indexOf('late')
  const rank = (server: ServerRow) =>
    by === 'last'
      ? -Date.parse(newestOf(server) || '1970-01-01')
      : Math.min(calm, WORST_FIRST.indexOf(server.state))
  return [...servers].sort(
    (one, other) =>
      rank(one) - rank(other) || compare(serverName(one.server), serverName(other.server), false),
  )
}

function newestOf({ jobs }: ServerRow): string {
  const times = jobs.map((row) => row.lastRun?.at ?? '')
  return times.sort().at(-1) ?? ''
}

function line(row: JobRow, house: House, visit: Visit) {
  return jobLine(row, visit, house.collecting.watch.current(row.job.id))
}

/** What the card of a server says of all its jobs together. */
function figuresOf(server: ServerRow, visit: Visit): { label: string; value: string }[] {
  const { words, now } = visit
  const { jobs } = server
  const sum = (read: (row: JobRow) => number | null) => jobs.reduce((all, row) => all + (read(row) ?? 0), 0)
  const newest = newestOf(server)
  const figure = (name: string, value: string) => ({ label: words.say(`page.card.${name}`), value })
  return [
    figure('files', words.number(sum((row) => lastKnown(row.job, 'sourceFiles')))),
    figure('source', words.bytes(sum((row) => row.sourceBytes))),
    figure('stored', words.bytes(sum((row) => row.storedBytes))),
    figure('last', newest === '' ? words.say('page.never') : words.brief(newest, now)),
  ]
}

/** Columns of the table alone. */
function troubles({ lastRun }: JobRow, words: Words) {
  return { warnings: words.number(lastRun?.warnings ?? null), errors: words.number(lastRun?.errors ?? null) }
}
