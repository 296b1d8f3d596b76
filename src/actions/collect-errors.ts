import { jobsOf } from '../domain/jobs-of.ts'
import type { RemoteJob, RemoteSession } from '../domain/remote-shape.ts'
import { rowOfError, settledBefore, unreported } from '../domain/unreported.ts'
import type { CollectNeeds } from './collect-needs.ts'
import type { Tally } from './collect-tally.ts'
import { type RowsOf, takeRows } from './take-rows.ts'

/** The error log of a server is looked through this far back the first time; Duplicati keeps 30 days. */
const FIRST_MS = 30 * 86_400_000

/**
 * Records failures that never came to the log of their job, from the server's own error log and notifications.
 * Comes after the logs, so that everything that explains an error is known. Gives the moment up to which errors
 * need not be looked at again.
 */
export async function collectErrors(
  needs: CollectNeeds,
  session: RemoteSession,
  of: Omit<RowsOf, 'job'> & {
    readonly serverId: string
    readonly jobs: readonly RemoteJob[]
    readonly since: string | null
  },
  tally: Tally,
): Promise<string> {
  const now = needs.clock.now()
  const upTo = settledBefore(now, of.facts.clockSkewS)
  const since = of.since ?? new Date(now.getTime() - FIRST_MS).toISOString()
  const errors = await session.errors(new Date(since))
  for (const error of unreported(errors, jobsOf(needs.state(), of.serverId), upTo)) {
    const job = of.jobs.find((one) => one.backupId === error.backupId)
    if (job === undefined) continue
    await takeRows(needs, [{ id: 0, row: rowOfError(error, job) }], { ...of, job }, tally)
  }
  return upTo
}
