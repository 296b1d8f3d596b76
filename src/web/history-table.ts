import type { RunRow } from '../domain/history.ts'
import { isBackup, RUN_RESULTS, runId } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { filtersOf, type HistoryFilters, isWanted, SIZES } from './history-filters.ts'
import { known } from './measure.ts'
import { operationName } from './pages/run-figures.ts'
import { preference } from './preferences.ts'
import { type Shape, shapeOfResult } from './shape-of.ts'
import { compare, type SortColumn } from './sort-jobs.ts'
import type { Visit } from './visit.ts'

export interface HistoryView {
  readonly rows: readonly HistoryLine[]
  readonly columns: readonly (SortColumn & { isNumber: boolean })[]
  readonly withJob: boolean
  readonly sentence: string
  /** The same runs as a file. */
  readonly csvHref: string
  readonly filters: HistoryFilters
  readonly pager: { previous: string; next: string; sentence: string } | null
}

export interface HistoryLine {
  readonly href: string
  readonly shape: Shape
  readonly at: string
  readonly atIso: string
  readonly operation: string
  readonly job: string
  readonly jobHref: string
  readonly cells: readonly string[]
}

type Key = (row: RunRow) => number | string | null

const NUMBERS = [
  'duration',
  'source',
  'change',
  'uploaded',
  'stored',
  'versions',
  'warnings',
  'errors',
] as const

const KEYS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['result', (row) => RUN_RESULTS.indexOf(row.result)],
  ['at', (row) => row.atMs],
  ['duration', (row) => known(row.durationS)],
  ['source', (row) => known(row.sourceBytes)],
  ['change', (row) => known(row.addedFiles)],
  ['uploaded', (row) => known(row.uploadedBytes)],
  ['stored', (row) => known(row.storedBytes)],
  ['versions', (row) => known(row.versions)],
  ['warnings', (row) => row.warnings],
  ['errors', (row) => row.errors],
])

/** Runs of one job, or of several, as a table that links filter, sort and page. `rows` newest first. */
export function historyTable(
  rows: readonly RunRow[],
  state: State,
  visit: Visit,
  page: {
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly withJob: boolean
  },
): HistoryView {
  const { words } = visit
  const { query } = page
  const { by, isDown } = sortOf(query)
  const sorted = chosenRuns(rows, query, words)
  const size = Number(SIZES.find((one) => one === query['size']) ?? preference(visit.user, 'rows'))
  const pages = Math.max(1, Math.ceil(sorted.length / size))
  const at = Math.min(pages, Math.max(1, Number.parseInt(query['page'] ?? '1', 10) || 1))
  const link = (changed: Record<string, string | number>) =>
    `${visit.link(page.path, { ...query, ...changed })}#history`
  return {
    rows: sorted.slice((at - 1) * size, at * size).map((row) => historyLine(row, state, visit)),
    withJob: page.withJob,
    columns: [...KEYS.keys()].map((name) => ({
      name,
      label: words.say(`page.history.${name}`),
      href: link({ by: name, way: by === name && isDown ? 'up' : 'down', page: '' }),
      sorted: by !== name ? '' : isDown ? 'descending' : 'ascending',
      isNumber: (NUMBERS as readonly string[]).includes(name),
    })),
    sentence: words.say('page.history.count', { count: sorted.length, all: rows.length }),
    csvHref: visit.link(`${page.path}/runs.csv`, { ...query, page: '', size: '', fragment: '' }),
    filters: filtersOf(rows, state, query, size, page.withJob, visit, link),
    pager:
      pages === 1
        ? null
        : {
            previous: at > 1 ? link({ page: at - 1 }) : '',
            next: at < pages ? link({ page: at + 1 }) : '',
            sentence: words.say('page.pager', { page: at, pages }),
          },
  }
}

/** The runs that pass the filters of an address, in its order. */
export function chosenRuns(
  rows: readonly RunRow[],
  query: Readonly<Record<string, string>>,
  words: Visit['words'],
): readonly RunRow[] {
  const left = rows.filter((row) => isWanted(row, query, words))
  const { by, isDown } = sortOf(query)
  const key: Key = KEYS.get(by) ?? ((row) => row.atMs)
  return by === 'at' && isDown ? left : [...left].sort((one, other) => compare(key(one), key(other), isDown))
}

function sortOf(query: Readonly<Record<string, string>>): { by: string; isDown: boolean } {
  const by = KEYS.has(query['by'] ?? '') ? (query['by'] ?? 'at') : 'at'
  return { by, isDown: query['way'] === undefined ? true : query['way'] === 'down' }
}

function historyLine(row: RunRow, state: State, visit: Visit): HistoryLine {
  const { words } = visit
  const at = new Date(row.atMs)
  return {
    href: visit.link(`/runs/${runId(row.no)}`),
    shape: shapeOfResult(row.interrupted && row.result === 'success' ? 'warning' : row.result, words),
    at: words.moment(at),
    atIso: `${at.toISOString().slice(0, 16)}Z`,
    operation: isBackup(row) ? '' : operationName(row.operation, words),
    job: state.jobs[row.jobId]?.name ?? '',
    jobHref: visit.link(`/jobs/${row.jobId}`),
    cells: [
      words.duration(known(row.durationS)),
      words.bytes(known(row.sourceBytes)),
      changedFiles(row, words),
      words.bytes(known(row.uploadedBytes)),
      words.bytes(known(row.storedBytes)),
      words.number(known(row.versions)),
      words.number(row.warnings),
      words.number(row.errors),
    ],
  }
}

/** What was added, and what was deleted where that is much of it. */
function changedFiles(row: RunRow, words: Visit['words']): string {
  const added = known(row.addedFiles)
  if (added === null) return '–'
  const deleted = known(row.deletedFiles) ?? 0
  const plus = `+${words.number(added)}`
  return deleted === 0 ? plus : `${plus} −${words.number(deleted)}`
}
