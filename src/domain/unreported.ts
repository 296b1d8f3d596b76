import type { Job } from './job.ts'
import { DAY, iso, MINUTE, ms, SECOND } from './moment.ts'
import { RECENT_RUNS } from './recent-runs.ts'
import type { RemoteError, RemoteJob } from './remote-shape.ts'

/** A report of a failed run comes within seconds; what is older than this and told nowhere else was never sent. */
const SETTLED_MS = 15 * MINUTE

/** Errors before this moment are settled: what a later collection need not look at again. */
export function settledBefore(now: Date, clockSkewS: number | null): string {
  return iso(now.getTime() + (clockSkewS ?? 0) * SECOND - SETTLED_MS)
}

/**
 * Errors of the server's own log that no run of their job explains: the run failed before its job could write a
 * row. Both moments are by the server's clock. Of errors close to one another, the first is kept.
 */
export function unreported(
  errors: readonly RemoteError[],
  jobs: readonly Job[],
  before: string,
): readonly RemoteError[] {
  const found: RemoteError[] = []
  for (const error of [...errors].sort((a, b) => ms(a.at) - ms(b.at))) {
    const job = jobs.find((candidate) => candidate.backupId === error.backupId)
    const near = found.some(
      (other) => other.backupId === error.backupId && ms(error.at) - ms(other.at) < 2 * MINUTE,
    )
    if (error.at < before && job !== undefined && !near && !isExplained(job, ms(error.at))) found.push(error)
  }
  return found
}

/** Whether a run was going on, or had just ended; runs older than those we remember explain everything before them. */
function isExplained(job: Job, atMs: number): boolean {
  const runs = [...job.status.recent, ...(job.status.lastOther === null ? [] : [job.status.lastOther])]
  const oldest = job.status.recent[0]
  if (oldest !== undefined && job.status.recent.length >= RECENT_RUNS && atMs < ms(oldest.at)) return true
  return runs.some((run) => {
    const lasted = run.durationS === null ? DAY : run.durationS * SECOND
    return ms(run.at) - 2 * MINUTE <= atMs && atMs <= ms(run.at) + lasted + 2 * MINUTE
  })
}

/** A row as the job's own log would have had it. Its begin is not known: the moment of the error stands for it. */
export function rowOfError(error: RemoteError, job: RemoteJob | undefined): unknown {
  const operation = /executing (\w{1,30})/i.exec(error.message)?.[1] ?? job?.operation ?? 'Backup'
  return {
    Type: 'Result',
    Timestamp: Math.floor(ms(error.at) / 1000),
    Message: JSON.stringify({
      MainOperation: operation,
      ParsedResult: 'Fatal',
      BeginTime: error.at,
      EndTime: error.at,
      Duration: '00:00:00',
      ErrorsActualLength: 1,
      Errors: [error.message],
    }),
    Exception: error.message,
  }
}
