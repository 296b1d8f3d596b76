import type { History } from '../../domain/history.ts'
import type { Job, RecentRun } from '../../domain/job.ts'
import type { State } from '../../domain/state.ts'

/** Newest run of the operation Backup itself: what the reference JSON speaks of. Null where there was none. */
export function newestBackup(job: Job, history: History): RecentRun | null {
  for (const run of newestFirst(job)) {
    const row = history.row(run.no)
    if (row !== null && row.operation === 'Backup') return run
  }
  return null
}

/**
 * A figure of a job as last known: that of its newest good run, else of the newest run that tells it. A failed
 * run often says 0, which is not what stands at the destination.
 */
export function lastKnown(
  job: Job,
  figure: 'sourceBytes' | 'storedBytes' | 'sourceFiles' | 'versions',
): number | null {
  const good = job.status.lastGood?.[figure]
  if (good !== undefined && good !== null) return good
  for (const run of newestFirst(job)) {
    if (run[figure] !== null) return run[figure]
  }
  return null
}

/** Jobs that are not put away, and whose server is not. */
export function activeJobs(state: State): Job[] {
  return Object.values(state.jobs).filter(
    (job) => job.archivedAt === null && state.servers[job.serverId]?.archivedAt === null,
  )
}

function newestFirst(job: Job): RecentRun[] {
  const { lastRun, recent } = job.status
  const older = [...recent].reverse().filter((run) => run.no !== lastRun?.no)
  return lastRun === null ? older : [lastRun, ...older]
}
