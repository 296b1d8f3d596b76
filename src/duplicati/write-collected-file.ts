import type { RemoteFacts, RemoteJob } from '../domain/remote-shape.ts'
import { maskedRow } from './masked-row.ts'

/** A job with its rows, newest first; a job whose log cannot be read ends with why. */
export interface JobRows {
  readonly job: RemoteJob
  rows(): AsyncIterable<{ readonly row: unknown } | { readonly trouble: string }>
}

/**
 * The file that `readCollectedFile` reads: what the server is, its jobs, and the rows of their logs without secrets.
 * In pieces, so that a log of any length fits.
 */
export async function* writeCollectedFile(
  facts: RemoteFacts,
  jobs: readonly JobRows[],
): AsyncGenerator<string> {
  const info = {
    MachineName: facts.machineName ?? '',
    ServerVersion: facts.version ?? '',
    Options: facts.machineId === null ? [] : [{ Name: 'machine-id', DefaultValue: facts.machineId }],
  }
  const named = jobs.map(({ job }) => ({ Backup: { ID: idOf(job), Name: job.name } }))
  yield `{"system_info":${JSON.stringify(info)},\n"backups":${JSON.stringify(named)},\n"backup_logs":[`
  let isFirst = true
  for (const { job, rows } of jobs) {
    yield `${isFirst ? '' : ','}\n{"backupId":${JSON.stringify(idOf(job))},"backupName":${JSON.stringify(job.name)},"messages":[`
    yield* written(rows())
    isFirst = false
  }
  yield ']}\n'
}

async function* written(rows: ReturnType<JobRows['rows']>): AsyncGenerator<string> {
  let isFirst = true
  let trouble = ''
  for await (const one of rows) {
    if ('trouble' in one) {
      trouble = `,"error":${JSON.stringify(one.trouble)}`
      continue
    }
    yield `${isFirst ? '' : ','}\n${JSON.stringify(maskedRow(one.row))}`
    isFirst = false
  }
  yield `]${trouble}}`
}

/** As Duplicati's API numbers jobs: `3` for `DB-3`. */
function idOf({ backupId }: RemoteJob): string {
  return backupId.replace(/^DB-/, '')
}
