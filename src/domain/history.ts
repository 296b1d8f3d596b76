import type { RunResult } from './run.ts'

/**
 * One run as the index in memory knows it: what lists, strips, charts and statistics need, never the texts.
 * Numbers are NaN where unknown, so that sums can leave them out with one test.
 */
export interface RunRow {
  readonly no: number
  readonly serverId: string
  readonly jobId: string
  readonly operation: string
  readonly result: RunResult
  readonly interrupted: boolean
  readonly partial: boolean
  readonly dryRun: boolean
  readonly hasLog: boolean
  /** Begin in milliseconds since 1970; NaN where unknown. */
  readonly beginMs: number
  readonly receivedMs: number
  /** Begin, else arrival: what lists are sorted by. */
  readonly atMs: number
  readonly durationS: number
  readonly sourceBytes: number
  readonly sourceFiles: number
  readonly uploadedBytes: number
  readonly storedBytes: number
  readonly versions: number
  readonly warnings: number
  readonly errors: number
  readonly messages: number
  readonly addedFiles: number
  readonly modifiedFiles: number
  readonly deletedFiles: number
}

/** The history of runs, read from memory only. Deleted runs and older revisions are not in it. */
export interface History {
  /** Number of runs of any operation. */
  readonly size: number
  /** Grows with every change: for ETags. */
  readonly version: number
  row(no: number): RunRow | null
  /** Runs of a job, newest first by `atMs`; `limit` newest, `offset` skipped. All operations. */
  ofJob(jobId: string, page?: { limit?: number; offset?: number }): readonly RunRow[]
  countOfJob(jobId: string): number
  /** Newest runs of all jobs by arrival, newest first. */
  latest(limit: number, offset?: number): readonly RunRow[]
  /** Sum of uploaded bytes over all Backup runs ever kept, and their count: cheap, kept up to date. */
  readonly totals: { readonly backupRuns: number; readonly uploadedBytes: number }
}
