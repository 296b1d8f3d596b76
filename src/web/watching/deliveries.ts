import type { Notice } from '../../domain/notice.ts'
import type { State } from '../../domain/state.ts'
import type { Text } from '../../domain/text.ts'
import type { HouseStore, JournalEntry } from '../house.ts'

/** One message to one receiver, and whether it arrived. */
export interface Delivery {
  /** When it arrived or failed for good; while it is owed, when it was queued. */
  readonly at: string
  readonly outcome: 'delivered' | 'failed' | 'owed'
  readonly kind: string
  readonly channel: string
  readonly to: string | null
  /** As it was sent; '' while it was not. */
  readonly title: string
  readonly attempts: number
  /** Next try, for one that is owed. */
  readonly dueAt: string
  readonly error: Text | null
  readonly incidentIds: readonly string[]
  readonly jobIds: readonly string[]
  readonly runNo: number | null
  /** Under which it can be sent again; '' where it is not kept any more. */
  readonly noticeId: string
}

/**
 * Deliveries that fit, newest first, at most `limit`: what is owed from the state, what is finished from the
 * journal, which keeps it longer and knows its title.
 */
export async function readDeliveries(
  store: HouseStore,
  limit: number,
  fits: (delivery: Delivery) => boolean,
): Promise<Delivery[]> {
  const state = store.state()
  const { entries } = await store.journal('notices').read({
    limit,
    filter: (entry) => fits(fromJournal(entry, state)),
  })
  const told = entries.map((entry) => fromJournal(entry, state))
  const written = new Set(entries.flatMap((entry) => idsOf(entry)))
  // One that is finished but not in the journal: a crash came in between.
  const rest = Object.values(state.notices)
    .filter((notice) => notice.state === 'owed' || !written.has(notice.id))
    .map(fromState)
    .filter(fits)
    .filter((one) => one.outcome === 'owed' || entries.length < limit)
  return [...rest, ...told]
    .sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0))
    .slice(0, limit)
}

/** The newest message about a job that the state knows: what is owed, and what was finished lately. Null for none. */
export function lastAboutJob(state: State, jobId: string): Delivery | null {
  return Object.values(state.notices)
    .filter((notice) => notice.jobIds.includes(jobId))
    .map(fromState)
    .reduce<Delivery | null>((last, one) => (last === null || one.at > last.at ? one : last), null)
}

function fromState(notice: Notice): Delivery {
  return {
    at: notice.finishedAt ?? notice.createdAt,
    outcome: notice.state,
    kind: notice.kind,
    channel: notice.channel,
    to: notice.to,
    title: '',
    attempts: notice.attempts,
    dueAt: notice.dueAt,
    error: notice.lastError,
    incidentIds: notice.incidentIds,
    jobIds: notice.jobIds,
    runNo: notice.runNo,
    noticeId: notice.id,
  }
}

function fromJournal(entry: JournalEntry, state: State): Delivery {
  const text = (name: string) => (typeof entry[name] === 'string' ? entry[name] : '')
  const list = (name: string) => (Array.isArray(entry[name]) ? (entry[name] as string[]) : [])
  return {
    at: entry.at,
    outcome: entry['outcome'] === 'failed' ? 'failed' : 'delivered',
    kind: text('kind'),
    channel: text('channel'),
    to: text('to') === '' ? null : text('to'),
    title: text('title'),
    attempts: typeof entry['attempts'] === 'number' ? entry['attempts'] : 1,
    dueAt: '',
    error: (entry['error'] as Text | null | undefined) ?? null,
    incidentIds: list('incidentIds'),
    jobIds: list('jobIds'),
    runNo: typeof entry['runNo'] === 'number' ? entry['runNo'] : null,
    noticeId: list('noticeIds').find((id) => Object.hasOwn(state.notices, id)) ?? '',
  }
}

function idsOf(entry: JournalEntry): string[] {
  return Array.isArray(entry['noticeIds']) ? (entry['noticeIds'] as string[]) : []
}
