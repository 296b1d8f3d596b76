import type { JobRow } from '../domain/job-row.ts'
import { serverName } from '../domain/server.ts'
import { WORST_FIRST } from '../domain/server-state.ts'
import type { Visit } from './visit.ts'

export interface SortColumn {
  readonly name: string
  readonly label: string
  readonly href: string
  /** `ascending`, `descending`, or '' for a column that nothing is sorted by. */
  readonly sorted: string
}

type Key = (row: JobRow) => string | number | null

const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['name', (row) => row.job.name],
  ['server', (row) => serverName(row.server)],
  ['last', (row) => row.lastRun?.at ?? null],
  ['next', (row) => row.dueAt],
  ['source', (row) => row.sourceBytes],
  ['versions', (row) => row.versions],
  ['duration', (row) => row.durationS],
  ['warnings', (row) => row.lastRun?.warnings ?? null],
  ['errors', (row) => row.lastRun?.errors ?? null],
  ['state', (row) => WORST_FIRST.indexOf(row.standing.state)],
])

/** What one wants to see first: the newest, the largest. */
const DOWN_FIRST: ReadonlySet<string> = new Set([
  'last',
  'source',
  'versions',
  'duration',
  'warnings',
  'errors',
])

/** Sorts by `?sort=&dir=`, else as this person likes it; what is not known stands last whichever way. */
export function sortJobs(
  rows: readonly JobRow[],
  query: Readonly<Record<string, string>>,
  usual: string,
  visit: Visit,
  path: string,
): { rows: JobRow[]; columns: SortColumn[] } {
  const asked = query['sort'] ?? usual
  const by = KEYS.has(asked) ? asked : 'server'
  const isDown = query['dir'] === undefined ? DOWN_FIRST.has(by) : query['dir'] === 'down'
  const key: Key = KEYS.get(by) ?? (() => null)
  const sorted = [...rows].sort(
    (one, other) =>
      compare(key(one), key(other), isDown) ||
      compare(serverName(one.server), serverName(other.server), false) ||
      compare(one.job.name, other.job.name, false),
  )
  const columns = [...KEYS.keys()].map((name) => ({
    name,
    label: visit.words.say(`page.column.${name}`),
    href: visit.link(path, {
      ...query,
      sort: name,
      dir: (by === name ? !isDown : DOWN_FIRST.has(name)) ? 'down' : 'up',
    }),
    sorted: by !== name ? '' : isDown ? 'descending' : 'ascending',
  }))
  return { rows: sorted, columns }
}

const collator = new Intl.Collator('en', { numeric: true })

/** Names as people sort them, numbers by size, null last. */
export function compare(one: number | string | null, other: number | string | null, isDown: boolean): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1
  const order =
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : collator.compare(String(one), String(other))
  return isDown ? -order : order
}
