import type { Incident } from './incident.ts'
import { incidentsOfServer } from './incidents-of.ts'
import type { JobState } from './job.ts'
import type { JobRow } from './job-row.ts'
import type { Server } from './server.ts'
import type { ServerRow } from './server-rows.ts'
import { WORST_FIRST } from './server-state.ts'
import type { State } from './state.ts'
import { type Text, text } from './text.ts'

/** What helps most; a page draws it where the feature exists. */
export type NextAction =
  | 'run-now'
  | 'open-duplicati'
  | 'view-run'
  | 'view-log'
  | 'check-server'
  | 'set-schedule'
  | 'answer'

/** One thing that needs a person: a job, a whole silent server, or a question. */
export interface AttentionItem {
  readonly kind: 'job' | 'server-silent' | 'same-machine'
  readonly state: JobState
  /** What it is about where the job itself stands well; null where its state says it. */
  readonly cause: Incident['cause'] | null
  readonly server: Server
  /** The job, where it is about one. */
  readonly row: JobRow | null
  /** All jobs it is about. */
  readonly jobIds: readonly string[]
  readonly because: Text
  /** More about the same job: an anomaly, a failed check. */
  readonly also: readonly Text[]
  readonly action: NextAction
  readonly incidentIds: readonly string[]
  readonly acknowledged: boolean
  readonly since: string | null
}

const NEEDS: ReadonlySet<JobState> = new Set(['failed', 'overdue', 'unknown', 'warning'])
const OWN: ReadonlySet<Incident['cause']> = new Set(['anomaly', 'operation', 'unstable'])

/** What needs attention, worst first, longest standing first among equals. */
export function attentionOf(state: State, servers: readonly ServerRow[]): readonly AttentionItem[] {
  const items: AttentionItem[] = []
  for (const row of servers) {
    const silent = incidentsOfServer(state, row.server.id).find(
      (incident) => incident.cause === 'server-silent',
    )
    const inside = silent === undefined ? [] : silentJobs(row, silent)
    const unstable = incidentsOfServer(state, row.server.id).find(({ cause }) => cause === 'unstable')
    if (silent !== undefined && inside.length > 0)
      items.push(silentItem(row.server, silent, inside, unstable))
    else if (unstable !== undefined) items.push(unstableItem(row.server, unstable))
    for (const job of row.jobs) {
      if (inside.includes(job.job.id)) continue
      const item = jobItem(job)
      if (item !== null) items.push(item)
    }
    const question = sameMachine(state, row.server)
    if (question !== null) items.push(question)
  }
  return items.sort((a, b) => rank(a) - rank(b) || compare(a.since ?? '', b.since ?? ''))
}

function rank(item: AttentionItem): number {
  return WORST_FIRST.indexOf(item.state)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A job that failed before it fell silent is shown for its failure. */
function silentJobs(row: ServerRow, silent: Incident): readonly string[] {
  return row.jobs
    .filter((job) => silent.jobIds.includes(job.job.id) && job.standing.state === 'overdue')
    .map((job) => job.job.id)
}

function silentItem(
  server: Server,
  silent: Incident,
  jobIds: readonly string[],
  unstable: Incident | undefined,
): AttentionItem {
  return {
    kind: 'server-silent',
    state: 'overdue',
    cause: null,
    server,
    row: null,
    jobIds,
    because: silent.because,
    also: unstable === undefined ? [] : [unstable.because],
    action: 'check-server',
    incidentIds: [silent.id],
    acknowledged: silent.acknowledged !== null,
    since: server.lastReportAt ?? silent.openedAt,
  }
}

/** A server that comes and goes, and is there just now. */
function unstableItem(server: Server, unstable: Incident): AttentionItem {
  const item = silentItem(server, unstable, unstable.jobIds, undefined)
  return { ...item, state: 'warning', since: unstable.openedAt }
}

function jobItem(row: JobRow): AttentionItem | null {
  const { standing, incidents } = row
  const extra = incidents.filter(
    (incident) => OWN.has(incident.cause) && incident.jobId !== null && incident.snoozedUntil === null,
  )
  const needs = NEEDS.has(standing.state)
  const first = extra[0]
  if (standing.state === 'paused' || (!needs && first === undefined)) return null
  const main = incidents.filter((incident) => !OWN.has(incident.cause))
  return {
    kind: 'job',
    state: needs ? standing.state : 'warning',
    cause: needs || first === undefined ? null : first.cause,
    server: row.server,
    row,
    jobIds: [row.job.id],
    because: needs || first === undefined ? standing.because : first.because,
    also: (needs ? extra : extra.slice(1)).map((incident) => incident.because),
    action: actionFor(row),
    incidentIds: [...main, ...extra].map((incident) => incident.id),
    acknowledged: incidents.length > 0 && incidents.every((incident) => incident.acknowledged !== null),
    since: needs ? standing.since : (first?.openedAt ?? null),
  }
}

function actionFor(row: JobRow): NextAction {
  const { state } = row.standing
  if (state === 'failed' || state === 'warning') return 'view-log'
  if (state === 'overdue') return 'run-now'
  if (state !== 'unknown') return 'view-run'
  return row.job.expectation?.source === 'broken' ? 'set-schedule' : 'view-run'
}

function sameMachine(state: State, server: Server): AttentionItem | null {
  const other = server.maybeSameAs === null ? undefined : state.servers[server.maybeSameAs]
  if (other === undefined) return null
  return {
    kind: 'same-machine',
    state: 'unknown',
    cause: null,
    server,
    row: null,
    jobIds: [],
    because: text('overview.same-machine', {
      server: server.name,
      since: { at: server.createdAt, as: 'day' },
    }),
    also: [],
    action: 'answer',
    incidentIds: [],
    acknowledged: false,
    since: server.createdAt,
  }
}
