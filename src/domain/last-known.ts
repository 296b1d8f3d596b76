import type { Job, RecentRun } from './job.ts'

/**
 * A figure of a job as last known: that of its newest good run, else of the newest run that tells it. A failed run
 * often says 0, which is not what stands at the destination.
 */
export function lastKnown(
  job: Pick<Job, 'status'>,
  figure: 'sourceBytes' | 'storedBytes' | 'sourceFiles' | 'versions',
): number | null {
  const { lastGood, lastRun, recent } = job.status
  const told = (run: RecentRun) => run[figure] !== null
  return lastGood?.[figure] ?? lastRun?.[figure] ?? recent.findLast(told)?.[figure] ?? null
}
