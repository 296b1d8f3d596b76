import type { Context } from 'koa'
import type { RunRow } from '../../domain/history.ts'
import { runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { sendCsv } from '../csv.ts'
import { chosenRuns } from '../history-table.ts'
import type { House } from '../house.ts'
import { known } from '../measure.ts'
import { single } from '../send-page.ts'
import { visitOf } from '../visit.ts'
import { readJob } from './job.ts'
import { newestFirst, readServer } from './server.ts'

/** The figures as the JSON of `/api/v1` names them, sizes in bytes, durations in seconds; '' where not known. */
const FIGURES: readonly (readonly [name: string, read: (row: RunRow) => number])[] = [
  ['duration_s', (row) => row.durationS],
  ['source_bytes', (row) => row.sourceBytes],
  ['source_files', (row) => row.sourceFiles],
  ['added_files', (row) => row.addedFiles],
  ['modified_files', (row) => row.modifiedFiles],
  ['deleted_files', (row) => row.deletedFiles],
  ['uploaded_bytes', (row) => row.uploadedBytes],
  ['stored_bytes', (row) => row.storedBytes],
  ['versions', (row) => row.versions],
  ['warnings', (row) => row.warnings],
  ['errors', (row) => row.errors],
]

const COLUMNS = [
  'run_id',
  'server',
  'job',
  'operation',
  'begin',
  'received',
  'result',
  'interrupted',
  ...FIGURES.map(([name]) => name),
  'server_id',
  'job_id',
]

/** `GET /jobs/:id/runs.csv`: its history as a file, with the filters of the table. */
export function jobRunsCsv(ctx: Context, house: House): void {
  const { job } = readJob(ctx, house)
  sendRuns(ctx, house, house.store.history.ofJob(job.id), job.name)
}

/** `GET /servers/:id/runs.csv`: those of all its jobs. */
export function serverRunsCsv(ctx: Context, house: House): void {
  const server = readServer(ctx, house)
  const jobs = Object.values(house.store.state().jobs).filter((job) => job.serverId === server.id)
  const rows = jobs.flatMap((job) => house.store.history.ofJob(job.id)).sort(newestFirst)
  sendRuns(ctx, house, rows, serverName(server))
}

/** `GET /runs.csv`: every run there is. */
export function allRunsCsv(ctx: Context, house: House): void {
  const { history } = house.store
  sendRuns(ctx, house, [...history.latest(history.size)].sort(newestFirst), 'runs')
}

function sendRuns(ctx: Context, house: House, rows: readonly RunRow[], name: string): void {
  const { words, now } = visitOf(ctx)
  const state = house.store.state()
  const chosen = chosenRuns(rows, single(ctx.query), words)
  sendCsv(ctx, `${fileName(name)}-${now.toISOString().slice(0, 10)}.csv`, COLUMNS, cellsOf(chosen, state))
}

/** Names come from outside: a file is called by their letters and digits only. */
function fileName(name: string): string {
  const plain = [...name.replaceAll(/[^\p{L}\p{N} ._-]/gu, '')].slice(0, 60).join('').trim()
  return plain === '' ? 'runs' : plain
}

function* cellsOf(rows: readonly RunRow[], state: State): Generator<string[]> {
  for (const row of rows) {
    const server = state.servers[row.serverId]
    yield [
      runId(row.no),
      server === undefined ? '' : serverName(server),
      state.jobs[row.jobId]?.name ?? '',
      row.operation,
      moment(row.beginMs),
      moment(row.receivedMs),
      row.result,
      String(row.interrupted),
      ...FIGURES.map(([, read]) => String(known(read(row)) ?? '')),
      row.serverId,
      row.jobId,
    ]
  }
}

function moment(atMs: number): string {
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString()
}
