import type { RunRow } from '../domain/history.ts'
import { isBackup, RUN_RESULTS } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { operationName } from './pages/run-figures.ts'
import type { Visit } from './visit.ts'

/** What the form above a history offers. */
export interface HistoryFilters {
  readonly results: readonly Option[]
  readonly operations: readonly Option[]
  readonly jobs: readonly Option[]
  readonly day: string
  readonly sizes: readonly Option[]
  readonly isOn: boolean
  readonly clearHref: string
}

interface Option {
  readonly value: string
  readonly label: string
  readonly isChosen: boolean
}

/** Rows a page. */
export const SIZES = ['10', '25', '50', '100']

/** Whether a run passes `?result=&operation=&job=&day=`. */
export function isWanted(
  row: RunRow,
  query: Readonly<Record<string, string>>,
  words: Visit['words'],
): boolean {
  const { result = '', operation = '', job = '', day = '' } = query
  if (
    result === 'bad' ? row.result === 'success' && !row.interrupted : result !== '' && row.result !== result
  )
    return false
  if (operation === 'backups' ? !isBackup(row) : operation !== '' && row.operation !== operation) return false
  if (job !== '' && row.jobId !== job) return false
  return !/^\d{4}-\d\d-\d\d$/.test(day) || dayIn(words.reader.zone, row.atMs) === day
}

const days = new Map<string, Intl.DateTimeFormat>()

/** The day of a moment in a zone, as `YYYY-MM-DD`. */
function dayIn(zone: string, atMs: number): string {
  let format = days.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
    if (days.size < 50) days.set(zone, format)
  }
  return format.format(atMs)
}

/** The choices of the form, those that would change nothing left out. */
export function filtersOf(
  rows: readonly RunRow[],
  state: State,
  query: Readonly<Record<string, string>>,
  size: number,
  withJob: boolean,
  visit: Visit,
  link: (changed: Record<string, string>) => string,
): HistoryFilters {
  const { words } = visit
  const option = (value: string, label: string, chosen: string | undefined): Option => ({
    value,
    label,
    isChosen: value === (chosen ?? ''),
  })
  const operations = [...new Set(rows.map((row) => row.operation))].sort()
  const jobs = withJob ? [...new Set(rows.map((row) => row.jobId))] : []
  return {
    results: [
      option('', words.say('page.history.any-result'), query['result']),
      option('bad', words.say('page.history.not-good'), query['result']),
      ...RUN_RESULTS.map((one) => option(one, words.say(`page.result.${one}`), query['result'])),
    ],
    operations:
      operations.length < 2
        ? []
        : [
            option('', words.say('page.history.any-operation'), query['operation']),
            ...operations.map((one) => option(one, operationName(one, words), query['operation'])),
          ],
    jobs:
      jobs.length < 2
        ? []
        : [
            option('', words.say('page.history.any-job'), query['job']),
            ...jobs.map((id) => option(id, state.jobs[id]?.name ?? id, query['job'])),
          ],
    day: query['day'] ?? '',
    sizes: SIZES.map((one) =>
      option(one, words.say('page.history.rows', { count: Number(one) }), String(size)),
    ),
    isOn: ['result', 'operation', 'job', 'day'].some((name) => (query[name] ?? '') !== ''),
    clearHref: link({ result: '', operation: '', job: '', day: '', page: '' }),
  }
}
