import type { JobRow } from '../domain/job-row.ts'
import type { Overview } from '../domain/overview.ts'
import type { ServerRow } from '../domain/server-rows.ts'
import { WORST_FIRST } from '../domain/server-state.ts'
import { hasTag, tagsInUse } from '../domain/tags.ts'
import { serverFind } from './job-line.ts'
import { savedViews, startView, viewText } from './saved-views.ts'
import { type Shape, shapeOfState } from './shape-of.ts'
import type { Visit } from './visit.ts'

/** A filter as a link. */
export interface Chip {
  readonly href: string
  readonly label: string
  readonly count: number | null
  readonly isHere: boolean
  readonly shape: Shape | null
}

type Query = Readonly<Record<string, string>>

/** More chips than this are no help. */
const MOST_TAGS = 40

/** What `?state=`, `?tag=` and `?q=` leave. A server that is found by its own words keeps all its jobs. */
export function filtered(servers: readonly ServerRow[], query: Query): ServerRow[] {
  const { state = '', tag = '', q = '' } = query
  const wanted = q.trim().toLowerCase()
  const isFound = (row: JobRow) =>
    [row.job.name, row.job.note, ...row.job.tags].some((text) => text.toLowerCase().includes(wanted))
  return servers.flatMap((server) => {
    const isWhole = wanted === '' || serverFind(server.server).toLowerCase().includes(wanted)
    const isTagged = tag === '' || hasTag(server.server, tag)
    const jobs = server.jobs.filter(
      (row) =>
        (state === '' || row.standing.state === state) &&
        (isTagged || hasTag(row.job, tag)) &&
        (isWhole || isFound(row)),
    )
    const isEmpty = server.jobs.length === 0 && state === '' && isTagged && isWhole
    return jobs.length === 0 && !isEmpty ? [] : [{ ...server, jobs }]
  })
}

/** The address of the overview with these filters; the whole of it by name where a view of one's own opens first. */
export function overviewLink(visit: Visit, query: Query): string {
  const isWhole = viewText(query) === ''
  return visit.link(
    '/',
    isWhole && startView(visit.user) !== null ? { ...query, all: 1 } : { ...query, all: '' },
  )
}

/** All, each state that some job is in, and what was put away. */
export function stateChips(seen: Overview, archived: number, query: Query, visit: Visit): Chip[] {
  const isAway = query['archived'] === '1'
  const here = isAway ? 'archived' : (query['state'] ?? '')
  const chip = (value: string, label: string, count: number, shape: Shape | null): Chip => ({
    href: overviewLink(visit, {
      ...query,
      state: value === 'archived' ? '' : value,
      archived: value === 'archived' ? '1' : '',
    }),
    label,
    count,
    isHere: here === value,
    shape,
  })
  const states = WORST_FIRST.filter((state) => seen.counts[state] > 0 || state === here)
  return [
    chip('', visit.words.say('page.overview.all'), seen.jobs, null),
    ...states.map((state) => {
      const shape = shapeOfState(state, visit.words)
      return chip(state, shape.label, seen.counts[state], shape)
    }),
    ...(archived > 0 || isAway
      ? [chip('archived', visit.words.say('page.overview.archived'), archived, null)]
      : []),
  ]
}

/** Each tag as a link; the one that is on leads back. */
export function tagChips(servers: readonly ServerRow[], query: Query, visit: Visit): Chip[] {
  const chosen = (query['tag'] ?? '').toLowerCase()
  return tagsInUse(servers)
    .slice(0, MOST_TAGS)
    .map(({ tag, jobs }) => {
      const isHere = tag.toLowerCase() === chosen
      return {
        href: overviewLink(visit, { ...query, tag: isHere ? '' : tag }),
        label: tag,
        count: jobs,
        isHere,
        shape: null,
      }
    })
}

/** Tags beside a name, each leading to everything that has it. */
export function tagLinks(tags: readonly string[], visit: Visit): { tag: string; href: string }[] {
  return tags.map((tag) => ({ tag, href: visit.link('/', { tag }) }))
}

/** The saved views of this person, and what is needed to save what is on the screen as another. */
export function viewsMenu(query: Query, layout: string, visit: Visit) {
  const start = startView(visit.user)
  const text = viewText(query)
  const views = savedViews(visit.user).map(({ name, query: kept }) => ({
    name,
    href: visit.link('/', kept),
    isHere: viewText(kept) === text,
    isStart: start?.name === name,
  }))
  return {
    views,
    here: viewText({ ...query, layout: query['layout'] ?? layout }),
    hasStart: start !== null,
    action: visit.link('/views'),
  }
}
