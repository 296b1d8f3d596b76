import type { History } from '../domain/history.ts'
import type { Incident } from '../domain/incident.ts'
import type { JobState } from '../domain/job.ts'
import { jobState } from '../domain/job-state.ts'
import type { State } from '../domain/state.ts'

/** What a digest tells of the time between two of them. */
export interface DigestFigures {
  readonly from: string
  readonly to: string
  readonly jobs: number
  readonly ok: number
  readonly paused: number
  /** Open now, the worst first. */
  readonly attention: readonly Incident[]
  readonly opened: number
  readonly solved: readonly Incident[]
  readonly runs: {
    readonly all: number
    readonly good: number
    readonly warning: number
    readonly failed: number
  }
  readonly uploadedBytes: number
}

/** @param solved incidents closed in this time, newest first */
export function digestFigures(
  state: State,
  history: Pick<History, 'latest'>,
  solved: readonly Incident[],
  time: { readonly from: Date; readonly to: Date },
): DigestFigures {
  const from = time.from.toISOString()
  const attention = Object.values(state.incidents).filter((incident) => incident.closedAt === null)
  const troubled = new Set(attention.flatMap((incident) => incident.jobId ?? incident.jobIds))
  const jobs = Object.values(state.jobs).flatMap((job) => {
    const server = state.servers[job.serverId]
    if (server === undefined || server.archivedAt !== null || job.archivedAt !== null) return []
    return [{ id: job.id, state: jobState(job, server, state, time.to).state }]
  })
  const fine = jobs.filter((job) => FINE.has(job.state) && !troubled.has(job.id))
  const openedThen = [...attention, ...solved].filter((incident) => incident.openedAt >= from)
  return {
    from,
    to: time.to.toISOString(),
    jobs: jobs.length,
    ok: fine.length,
    paused: jobs.filter((job) => job.state === 'paused').length,
    attention: attention.sort(
      (a, b) => RANK[a.severity] - RANK[b.severity] || a.openedAt.localeCompare(b.openedAt),
    ),
    opened: openedThen.length,
    solved,
    ...runsSince(history, time),
  }
}

const RANK: Readonly<Record<Incident['severity'], number>> = { error: 0, warning: 1, notice: 2 }

/** Late is inside its tolerance: nothing needs doing yet. */
const FINE: ReadonlySet<JobState> = new Set(['ok', 'running', 'late'])

function runsSince(history: Pick<History, 'latest'>, time: { from: Date; to: Date }) {
  const counts = { all: 0, good: 0, warning: 0, failed: 0 }
  let uploadedBytes = 0
  for (const row of rowsSince(history, time.from.getTime())) {
    if (row.receivedMs > time.to.getTime() || row.operation !== 'Backup' || row.dryRun) continue
    counts.all += 1
    if (row.result === 'success' && !row.interrupted) counts.good += 1
    else if (row.result === 'error' || row.result === 'fatal') counts.failed += 1
    else counts.warning += 1
    if (!Number.isNaN(row.uploadedBytes)) uploadedBytes += row.uploadedBytes
  }
  return { runs: counts, uploadedBytes }
}

const PAGE = 500

function* rowsSince(history: Pick<History, 'latest'>, fromMs: number) {
  for (let offset = 0; ; offset += PAGE) {
    const rows = history.latest(PAGE, offset)
    for (const row of rows) {
      if (row.receivedMs < fromMs) return
      yield row
    }
    if (rows.length < PAGE) return
  }
}
