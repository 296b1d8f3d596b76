import type { Job } from '../../src/domain/job.ts'
import type { Who } from '../../src/web/gate.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { SECTIONS } from '../../src/web/settings/sections.ts'
import type { SmallHouse } from './small-house.ts'

/** A page to look at, and who may. */
export interface PagePath {
  readonly path: string
  readonly who: Who
}

/** Pages that look different by what is asked in the address. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  '/': ['', '?layout=table', '?layout=cards'],
  '/jobs/:id': ['', '?numbers=1'],
  '/settings/monitoring': ['?edit=JOB', '?edit=SERVER'],
  '/settings/notifications': ['?edit=JOB'],
  '/settings/database/clean': ['?what=job&id=JOB'],
  '/settings/database/merge': ['?kind=jobs&from=OTHER&into=JOB'],
}

/** Pages that nobody sees who is signed in, or that lead to another one. */
const NOT_WALKED = ['/sign-in', '/n/:token', '/settings', '/detail/:server', '/detail/:server/backup/:run']

/**
 * At least one address of every page of the route table, with what the house holds; a page whose parameter is
 * unknown here throws, so that a new page is not forgotten.
 */
export function everyPage(house: SmallHouse, jobName: string): PagePath[] {
  const { store } = house.app.house
  const state = store.state()
  const job = Object.values(state.jobs).find(({ name }) => name === jobName)
  if (job === undefined) throw new Error(`The house has no backup named ${jobName}`)
  const other = Object.values(state.jobs).find(
    ({ id, serverId }) => id !== job.id && serverId === job.serverId,
  )
  if (other === undefined) throw new Error(`${jobName} has no neighbour`)
  const run = store.history.ofJob(job.id, { limit: 1 })[0]?.no ?? 0
  const places: Readonly<Record<string, string>> = {
    'jobs/:id': `jobs/${job.id}`,
    'servers/:id': `servers/${job.serverId}`,
    'runs/:id': `runs/run_${run.toString(36)}`,
  }
  return ROUTES.filter(
    ({ method, as, path }) => method === 'GET' && as === 'page' && !NOT_WALKED.includes(path),
  )
    .flatMap((route) =>
      route.path === '/settings/:section'
        ? SECTIONS.map(({ name, who }) => ({ path: `/settings/${name}`, who }))
        : [{ path: filled(route.path, places), who: route.who }],
    )
    .filter((one, position, all) => all.findIndex(({ path }) => path === one.path) === position)
    .flatMap((one) => variants(one, job, other.id))
}

function filled(path: string, places: Readonly<Record<string, string>>): string {
  const found = Object.entries(places).reduce((made, [place, value]) => made.replace(place, value), path)
  if (found.includes(':')) throw new Error(`${path}: say in tests/support/every-page.ts what stands there`)
  return found
}

function variants({ path, who }: PagePath, job: Job, other: string): PagePath[] {
  const queries = VARIANTS[path.replace(/(jobs|servers|runs)\/[a-z0-9_]+/, '$1/:id')] ?? ['']
  return queries.map((query) => ({
    path: path + query.replace('JOB', job.id).replace('SERVER', job.serverId).replace('OTHER', other),
    who,
  }))
}
