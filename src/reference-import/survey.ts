import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import { lineOf, momentOf, numberOf, textOf } from './cells.ts'
import { named } from './notes.ts'
import type { Row, Source } from './open-database.ts'

/** Runs of one job, as its server, name and backup id stand in the rows. */
export interface SurveyedJob {
  readonly server: string
  readonly name: string
  readonly backupId: string
  readonly runs: number
  /** When its first and its last run began, in milliseconds. */
  readonly oldestMs: number
  readonly newestMs: number
}

/** What the table of runs holds, seen once from end to end. */
export interface Survey {
  readonly runs: number
  /** More rows, that have no place in time. */
  readonly timeless: number
  readonly withLog: number
  readonly withVersions: number
  readonly jobs: readonly SurveyedJob[]
  readonly oldest: string | null
  readonly newest: string | null
  /** Rows in the order of their times: what happened first is told first. */
  readonly order: Float64Array
  /** When these began, in the same order. */
  readonly times: Float64Array
  readonly notes: readonly Text[]
}

/** Rows between two turns of the event loop. */
const PAUSE = 2000
/** Rows of one job in the same second are one run. */
const SECOND = 1000

/** Reads the heads of all rows of `backups`; `server` is its column of the server's id. */
export async function surveyRuns(
  source: Source,
  about: { readonly server: string; readonly servers: ReadonlySet<string>; readonly now: Date },
): Promise<Survey> {
  const rows: { readonly no: number; readonly at: number; readonly job: number }[] = []
  const jobs = new Map<string, { -readonly [K in keyof SurveyedJob]: SurveyedJob[K] } & { no: number }>()
  const strays = new Map<string, number>()
  const timeless: string[] = []
  let [withLog, withVersions, seen] = [0, 0, 0]
  for (const row of source.rows(headsOf(source, about.server))) {
    if (++seen % PAUSE === 0) await new Promise((resolve) => setImmediate(resolve))
    const at = beganAt(source, row, about.now)
    if (at === null) {
      timeless.push(lineOf(row['id'], 40) || `${textOf(row['no'])}`)
      continue
    }
    const server = textOf(row['server'])
    if (!about.servers.has(server)) strays.set(server, (strays.get(server) ?? 0) + 1)
    const [name, backupId] = [textOf(row['backup_name']), textOf(row['backup_id'])]
    const key = JSON.stringify([server, name, backupId])
    const job = jobs.get(key) ?? {
      no: jobs.size,
      server,
      name,
      backupId,
      runs: 0,
      oldestMs: at,
      newestMs: at,
    }
    job.runs++
    job.oldestMs = Math.min(job.oldestMs, at)
    job.newestMs = Math.max(job.newestMs, at)
    jobs.set(key, job)
    if ((numberOf(row['log']) ?? 0) > 2) withLog++
    if ((numberOf(row['versions']) ?? 0) > 2) withVersions++
    rows.push({ no: Number(row['no']), at, job: job.no })
  }
  rows.sort((a, b) => a.at - b.at || a.no - b.no)
  const doubles = doublesIn(rows)
  return {
    runs: rows.length,
    timeless: timeless.length,
    withLog,
    withVersions,
    jobs: [...jobs.values()],
    oldest: isoAt(rows[0]?.at),
    newest: isoAt(rows.at(-1)?.at),
    order: Float64Array.from(rows, (row) => row.no),
    times: Float64Array.from(rows, (row) => row.at),
    notes: [
      ...(timeless.length > 0
        ? [text('import.note.no-time', { count: timeless.length, names: named(timeless) })]
        : []),
      ...(doubles > 0 ? [text('import.note.doubles', { count: doubles })] : []),
      ...(strays.size > 0
        ? [
            text('import.note.stray', {
              count: [...strays.values()].reduce((sum, one) => sum + one),
              names: named([...strays.keys()]),
            }),
          ]
        : []),
    ],
  }
}

/** Only what stands before the long texts of a row, and the lengths of these: a large file is seen through quickly. */
function headsOf({ tables }: Source, server: string): string {
  const columns = tables.get('backups') ?? new Set()
  const part = (name: string) => (columns.has(name) ? `"${name}"` : `NULL AS "${name}"`)
  const length = (name: string, as: string) =>
    columns.has(name) ? `octet_length("${name}") AS ${as}` : `NULL AS ${as}`
  const names = ['id', 'backup_name', 'backup_id', 'date']
  const heads = [...names.map(part), length('messages_array', 'log'), length('available_backups', 'versions')]
  return `SELECT rowid AS no, "${server}" AS server, ${heads.join(', ')} FROM backups`
}

/** When the run of a row took place, in milliseconds; null where nothing says it. `date` is when it began. */
function beganAt(source: Source, row: Row, now: Date): number | null {
  const date = momentOf(row['date'], now)
  const moment = date ?? otherMoment(source, Number(row['no']), now)
  return moment === null ? null : Date.parse(moment)
}

function otherMoment(source: Source, no: number, now: Date): string | null {
  const columns = source.tables.get('backups')
  for (const name of ['begin_time', 'end_time', 'created_at']) {
    if (columns?.has(name) !== true) continue
    try {
      const found = source.one(`SELECT "${name}" AS at FROM backups WHERE rowid = ?`, [no])
      const moment = momentOf(found?.['at'], now)
      if (moment !== null) return moment
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // That it cannot be read is said when it is to be brought in.
    }
  }
  return null
}

function doublesIn(rows: readonly { readonly at: number; readonly job: number }[]): number {
  let [second, doubles] = [Number.NaN, 0]
  let jobs = new Set<number>()
  for (const { at, job } of rows) {
    if (Math.floor(at / SECOND) !== second) {
      second = Math.floor(at / SECOND)
      jobs = new Set()
    }
    if (jobs.has(job)) doubles++
    jobs.add(job)
  }
  return doubles
}

function isoAt(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
