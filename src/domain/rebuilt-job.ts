import { expectOrBroken } from './expectation.ts'
import { type Job, NEVER_RAN } from './job.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import { withRun } from './recent-runs.ts'
import { orderOf, type Run } from './run.ts'
import type { State } from './state.ts'

/**
 * A job as it stands by these runs alone: for when runs were taken away or came back, so that what the fold
 * remembers no longer holds. Wants the newest `RECENT_RUNS` backups, the newest good one, the newest of any other
 * operation. What goes on now stays; so does the announced start where no run tells another.
 */
export function rebuiltJob(state: State, job: Job, runs: readonly Run[], now: Date): Job {
  const inOrder = [...runs].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : 0))
  const folded = inOrder.reduce(withRun, NEVER_RAN)
  const announced = inOrder.findLast((run) => run.nextScheduled !== null)?.nextScheduled ?? null
  const next: Job = { ...job, status: { ...folded, running: job.status.running }, nextScheduled: announced }
  const server = state.servers[job.serverId]
  if (server === undefined) return next
  return { ...next, expectation: expectOrBroken(next, server, monitoringSettings(state), now) }
}
