import type { RunRow } from '../../domain/history.ts'
import { rebuiltJob } from '../../domain/rebuilt-job.ts'
import { RECENT_RUNS } from '../../domain/recent-runs.ts'
import { isBackup, isGood, type Run } from '../../domain/run.ts'
import type { CareNeeds } from './care-needs.ts'

/** Judges a job anew by the runs that it has now. A run that arrives meanwhile makes it begin again. */
export async function rebuildJob(needs: CareNeeds, jobId: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await needs.settled()
    const rows = needs.history.ofJob(jobId)
    const runs: Run[] = []
    for (const { no } of telling(rows)) {
      const run = await needs.run(no)
      if (run !== null) runs.push(run)
    }
    const known = new Set(rows.map((row) => row.no))
    let missed = false
    await needs.change((state) => {
      const job = state.jobs[jobId]
      if (job === undefined) return state
      const newest = needs.history.ofJob(jobId, { limit: 1 })[0]
      missed = newest !== undefined && !known.has(newest.no)
      if (missed) return state
      const next = rebuiltJob(state, job, runs, needs.clock.now())
      return { ...state, jobs: { ...state.jobs, [jobId]: next } }
    })
    if (!missed) return
  }
}

/** The rows that a job's status is made of. */
function telling(rows: readonly RunRow[]): readonly RunRow[] {
  const backups = rows.filter(isBackup)
  const recent = backups.slice(0, RECENT_RUNS)
  const good = backups.find(isGood)
  const other = rows.find((row) => !isBackup(row))
  return [
    ...new Set([...recent, ...(good === undefined ? [] : [good]), ...(other === undefined ? [] : [other])]),
  ]
}
