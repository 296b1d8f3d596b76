import { closedIncidents } from '../../domain/closed-incidents.ts'
import type { History, RunRow } from '../../domain/history.ts'
import type { Incident } from '../../domain/incident.ts'
import { ms } from '../../domain/moment.ts'
import type { State } from '../../domain/state.ts'
import type { HouseStore, JournalEntry } from '../house.ts'
import { type Delivery, readDeliveries } from './deliveries.ts'

export const KINDS = ['all', 'incidents', 'runs', 'messages'] as const
export type Kind = (typeof KINDS)[number]

export interface ActivityFilter {
  readonly kind: Kind
  /** '' for all. */
  readonly jobId: string
  readonly serverId: string
  /** Only what happened before this moment; null for now. */
  readonly before: string | null
}

export type Entry =
  | { readonly kind: 'incident'; readonly at: string; readonly incident: Incident }
  | { readonly kind: 'run'; readonly at: string; readonly row: RunRow }
  | { readonly kind: 'message'; readonly at: string; readonly delivery: Delivery }

export interface Activity {
  /** Open ones, worst and newest first; only on the first page. */
  readonly open: readonly Incident[]
  /** Newest first. */
  readonly entries: readonly Entry[]
  /** What was told of the incidents above, by incident id. */
  readonly told: ReadonlyMap<string, readonly Delivery[]>
  /** Where the next page begins; null for no more. */
  readonly next: string | null
}

const PAGE = 60

/** Incidents, runs and messages in time, newest first. Runs are read from memory, the rest from the journals. */
export async function readActivity(store: HouseStore, filter: ActivityFilter): Promise<Activity> {
  const state = store.state()
  const { kind } = filter
  const wants = (one: Kind) => kind === 'all' || kind === one
  const open = wants('incidents') && filter.before === null ? openOnes(state, filter) : []
  const closed = wants('incidents') ? await closedOnes(store, state, filter) : []
  const runs = wants('runs')
    ? runsBefore(store.history, jobsIn(state, filter), beforeMs(filter), PAGE + 1)
    : []
  const messages = wants('messages') ? await messagesOf(store, filter) : []
  const all: Entry[] = [
    ...closed.map((incident) => ({ kind: 'incident' as const, at: incident.closedAt ?? '', incident })),
    ...runs.map((row) => ({ kind: 'run' as const, at: new Date(row.atMs).toISOString(), row })),
    ...messages.map((delivery) => ({ kind: 'message' as const, at: delivery.at, delivery })),
  ].sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
  const entries = all.slice(0, PAGE)
  const shown = [...open, ...entries.flatMap((one) => (one.kind === 'incident' ? [one.incident] : []))]
  return {
    open,
    entries,
    told: await toldOf(store, shown),
    next: all.length > PAGE ? (entries.at(-1)?.at ?? null) : null,
  }
}

const SEVERITY = { error: 0, warning: 1, notice: 2 } as const

function openOnes(state: State, filter: ActivityFilter): Incident[] {
  return Object.values(state.incidents)
    .filter((incident) => isAbout(incident, filter))
    .sort(
      (one, other) =>
        SEVERITY[one.severity] - SEVERITY[other.severity] || ms(other.openedAt) - ms(one.openedAt),
    )
}

/** Of lines about the same incident the last one holds; those not in the journal yet are newer still. */
async function closedOnes(
  store: HouseStore,
  state: State,
  filter: ActivityFilter,
  limit = PAGE * 2,
): Promise<Incident[]> {
  const fits = (incident: Incident) =>
    isAbout(incident, filter) && (filter.before === null || (incident.closedAt ?? '') < filter.before)
  const { entries } = await store.journal('incidents').read({
    limit,
    filter: (entry) => fits(asIncident(entry)),
  })
  const found = new Map<string, Incident>()
  for (const incident of [...closedIncidents(state).filter(fits), ...entries.map(asIncident)]) {
    if (!found.has(incident.id)) found.set(incident.id, incident)
  }
  return [...found.values()]
}

/** What was wrong with a job last, newest first. */
export async function lastClosed(store: HouseStore, jobId: string, limit: number): Promise<Incident[]> {
  const filter = { kind: 'incidents', jobId, serverId: '', before: null } as const
  return (await closedOnes(store, store.state(), filter, limit)).slice(0, limit)
}

function asIncident(entry: JournalEntry): Incident {
  return entry as unknown as Incident
}

function isAbout(about: Pick<Incident, 'jobId' | 'serverId' | 'jobIds'>, filter: ActivityFilter): boolean {
  if (filter.jobId !== '') return about.jobId === filter.jobId || about.jobIds.includes(filter.jobId)
  return filter.serverId === '' || about.serverId === filter.serverId
}

function jobsIn(state: State, filter: ActivityFilter): string[] {
  if (filter.jobId !== '') return [filter.jobId]
  return Object.values(state.jobs)
    .filter((job) => filter.serverId === '' || job.serverId === filter.serverId)
    .map((job) => job.id)
}

function beforeMs(filter: ActivityFilter): number {
  return filter.before === null ? Number.POSITIVE_INFINITY : ms(filter.before)
}

/** The newest runs of these jobs that began before a moment, newest first. */
export function runsBefore(
  history: History,
  jobIds: readonly string[],
  before: number,
  limit: number,
): RunRow[] {
  return jobIds
    .flatMap((id) => history.ofJob(id, { offset: firstBefore(history, id, before), limit }))
    .sort((one, other) => other.atMs - one.atMs || other.no - one.no)
    .slice(0, limit)
}

/** How many of the newest runs of a job did not begin before a moment: found by halving. */
function firstBefore(history: History, jobId: string, before: number): number {
  let low = 0
  let high = history.countOfJob(jobId)
  while (low < high) {
    const middle = (low + high) >> 1
    const [row] = history.ofJob(jobId, { offset: middle, limit: 1 })
    if (row !== undefined && row.atMs >= before) low = middle + 1
    else high = middle
  }
  return low
}

/** Messages that are about no incident stand for themselves; asked for alone, all do. */
async function messagesOf(store: HouseStore, filter: ActivityFilter): Promise<Delivery[]> {
  const alone = filter.kind !== 'messages'
  return readDeliveries(store, PAGE + 1, (delivery) => {
    if (filter.before !== null && delivery.at >= filter.before) return false
    if (alone && delivery.incidentIds.length > 0) return false
    if (alone && delivery.kind === 'run') return false
    if (filter.jobId !== '') return delivery.jobIds.includes(filter.jobId)
    const { jobs } = store.state()
    return filter.serverId === '' || delivery.jobIds.some((id) => jobs[id]?.serverId === filter.serverId)
  })
}

async function toldOf(
  store: HouseStore,
  incidents: readonly Incident[],
): Promise<Map<string, readonly Delivery[]>> {
  const ids = new Set(incidents.map((incident) => incident.id))
  if (ids.size === 0) return new Map()
  const deliveries = await readDeliveries(store, 400, (one) => one.incidentIds.some((id) => ids.has(id)))
  return new Map(
    [...ids].map((id) => [id, deliveries.filter((one) => one.incidentIds.includes(id)).slice(0, 20)]),
  )
}
