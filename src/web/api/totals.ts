import type { History } from '../../domain/history.ts'
import type { JobState } from '../../domain/job.ts'
import { JOB_STATES } from '../../domain/job.ts'
import type { State } from '../../domain/state.ts'
import { activeJobs, lastKnown, newestBackup } from './newest.ts'
import { stateNow } from './state-now.ts'

/** Sums over everything that is watched. Sizes in bytes, as each job last told them. */
export interface Totals {
  readonly servers: number
  readonly jobs: number
  /** Jobs with at least one run of the operation Backup. */
  readonly jobsWithBackups: number
  readonly byState: Readonly<Record<JobState, number>>
  readonly backupRuns: number
  readonly uploadedBytes: number
  readonly sourceBytes: number
  readonly storedBytes: number
  /** Begin of the newest backup run, ISO; null where there is none. */
  readonly lastBackupAt: string | null
  readonly openIncidents: number
}

interface Kept {
  readonly state: State
  readonly version: number
  readonly minute: number
  readonly totals: Totals
}

const kept = new WeakMap<History, Kept>()

/** The totals; counted again only when state or history changed, or a minute passed (jobs become late). */
export function totalsOf(state: State, history: History, now: Date): Totals {
  const minute = Math.floor(now.getTime() / 60_000)
  const last = kept.get(history)
  if (last?.state === state && last.version === history.version && last.minute === minute) return last.totals
  const totals = count(state, history, now)
  kept.set(history, { state, version: history.version, minute, totals })
  return totals
}

function count(state: State, history: History, now: Date): Totals {
  const jobs = activeJobs(state)
  const byState = Object.fromEntries(JOB_STATES.map((name) => [name, 0])) as Record<JobState, number>
  let sourceBytes = 0
  let storedBytes = 0
  let jobsWithBackups = 0
  let lastBackupAt: string | null = null
  for (const job of jobs) {
    byState[stateNow(state, job, now)]++
    const newest = newestBackup(job, history)
    if (newest === null) continue
    jobsWithBackups++
    sourceBytes += lastKnown(job, 'sourceBytes') ?? 0
    storedBytes += lastKnown(job, 'storedBytes') ?? 0
    if (lastBackupAt === null || newest.at > lastBackupAt) lastBackupAt = newest.at
  }
  return {
    servers: Object.values(state.servers).filter((server) => server.archivedAt === null).length,
    jobs: jobs.length,
    jobsWithBackups,
    byState,
    backupRuns: history.totals.backupRuns,
    uploadedBytes: history.totals.uploadedBytes,
    sourceBytes,
    storedBytes,
    lastBackupAt,
    openIncidents: Object.values(state.incidents).filter((incident) => incident.closedAt === null).length,
  }
}
