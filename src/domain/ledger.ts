import { Draft } from './draft.ts'
import { expectOrBroken } from './expectation.ts'
import type { Job } from './job.ts'
import { judgeRun } from './judge-run.ts'
import type { Ledger } from './ledger-shape.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import { place } from './place.ts'
import { withRun } from './recent-runs.ts'
import { richer } from './richer.ts'
import type { Run } from './run.ts'
import { settle } from './settle.ts'
import type { State } from './state.ts'

/** What arrives becomes what we know: pure functions of state and run, so that opening can fold again. */
export const ledger: Ledger = { place, fold, complete, richer }

export function createLedger(): Ledger {
  return ledger
}

/**
 * The state with a run in it. "Now" is the arrival of the run, and everything that is made has an id that follows
 * from the run, so folding again comes to the very same state. Counting what is folded is up to the store.
 */
function fold(before: State, run: Run): State {
  const draft = new Draft(before)
  settle(draft, run, run)
  const job = draft.job(run.jobId)
  const server = draft.server(run.serverId)
  if (job === undefined || server === undefined) return draft.finish()
  const status = withRun(job.status, run)
  if (status === job.status) return draft.finish()
  const settings = monitoringSettings(before)
  // Learning a rhythm anew costs more than all else here: `complete` does it once for all runs of a commit.
  const next: Job = {
    ...job,
    status,
    nextScheduled: announcement({ ...job, status }, run),
    expectation: null,
  }
  draft.put('jobs', next.id, next)
  judgeRun(draft, run, next, server, settings)
  return draft.finish()
}

/** Works out what is expected of the jobs that runs were folded into, of `most` of them at a time. */
function complete(before: State, most = Number.POSITIVE_INFINITY): State {
  const draft = new Draft(before)
  const settings = monitoringSettings(before)
  let done = 0
  for (const job of draft.jobs()) {
    if (done === most) break
    const heardAt = job.expectation === null ? newestArrival(job) : null
    const server = draft.server(job.serverId)
    if (heardAt === null || server === undefined) continue
    const expectation = expectOrBroken(job, server, settings, new Date(heardAt))
    draft.put('jobs', job.id, { ...job, expectation })
    done++
  }
  return draft.finish()
}

/** "Now" as far as the runs of a job tell; null where it never ran. */
function newestArrival({ status }: Job): string | null {
  return [...status.recent, ...(status.lastOther === null ? [] : [status.lastOther])].reduce<string | null>(
    (newest, { received }) => (newest === null || received > newest ? received : newest),
    null,
  )
}

/** The next start that the newest run with an announcement told; runs by hand carry none. */
function announcement(job: Job, run: Run): string | null {
  if (run.nextScheduled === null) return job.nextScheduled
  const newest = job.status.recent.findLast((one) => one.scheduled)
  return newest === undefined || newest.no === run.no ? run.nextScheduled : job.nextScheduled
}
