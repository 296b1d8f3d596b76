import type { History, RunRow } from '../domain/history.ts'
import { RUN_RESULTS } from '../domain/run.ts'
import { BYTES, FLAGS, FLOATS, WHOLES } from './columns.ts'
import type { RunTable } from './run-table.ts'

/** The history as others read it: rows made from the table as they are asked for. */
export function historyOf(table: RunTable): History {
  return {
    get size() {
      return table.alive
    },
    get version() {
      return table.version
    },
    get totals() {
      return { backupRuns: table.backupRuns, uploadedBytes: table.uploadedBytes }
    },
    row(no) {
      const row = table.rowOf(no)
      return row === null ? null : rowAt(table, row)
    },
    ofJob(jobId, page = {}) {
      const rows = table.jobs.rowsOf(jobId)
      if (rows === null) return []
      const from = rows.count - 1 - (page.offset ?? 0)
      const to = Math.max(-1, from - (page.limit ?? rows.count))
      const found: RunRow[] = []
      for (let position = from; position > to; position--) found.push(rowAt(table, rows.at(position)))
      return found
    },
    countOfJob: (jobId) => table.jobs.rowsOf(jobId)?.count ?? 0,
    latest(limit, offset = 0) {
      const found: RunRow[] = []
      let skip = offset
      for (let row = table.columns.size - 1; row >= 0 && found.length < limit; row--) {
        if (table.isDead(row) || table.isTrash(row)) continue
        if (skip > 0) skip--
        else found.push(rowAt(table, row))
      }
      return found
    },
  }
}

function rowAt(table: RunTable, row: number): RunRow {
  const columns = table.columns
  const flags = columns.byte(BYTES.flags, row)
  const { serverId, jobId } = table.jobs.ids(columns.whole(WHOLES.job, row))
  return {
    no: columns.whole(WHOLES.no, row),
    serverId,
    jobId,
    operation: table.operations.name(columns.whole(WHOLES.operation, row)),
    result: RUN_RESULTS[columns.byte(BYTES.result, row)] ?? 'unknown',
    interrupted: (flags & FLAGS.interrupted) !== 0,
    partial: (flags & FLAGS.partial) !== 0,
    dryRun: (flags & FLAGS.dryRun) !== 0,
    hasLog: (flags & FLAGS.hasLog) !== 0,
    beginMs: columns.float(FLOATS.begin, row),
    receivedMs: columns.float(FLOATS.received, row),
    atMs: table.atMs(row),
    durationS: columns.float(FLOATS.duration, row),
    sourceBytes: columns.float(FLOATS.sourceBytes, row),
    sourceFiles: columns.float(FLOATS.sourceFiles, row),
    uploadedBytes: columns.float(FLOATS.uploadedBytes, row),
    storedBytes: columns.float(FLOATS.storedBytes, row),
    versions: columns.count(WHOLES.versions, row),
    warnings: columns.count(WHOLES.warnings, row),
    errors: columns.count(WHOLES.errors, row),
    messages: columns.count(WHOLES.messages, row),
    addedFiles: columns.count(WHOLES.addedFiles, row),
    modifiedFiles: columns.count(WHOLES.modifiedFiles, row),
    deletedFiles: columns.count(WHOLES.deletedFiles, row),
  }
}
