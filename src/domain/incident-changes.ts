import { keepClosed, wasClosed } from './closed-incidents.ts'
import type { Draft } from './draft.ts'
import type { Incident, IncidentCause } from './incident.ts'
import type { Text } from './text.ts'
import { noteEnded } from './turns.ts'

/** What opens an incident, or is new about an open one. */
export interface Trouble {
  readonly serverId: string
  readonly jobId: string | null
  readonly cause: IncidentCause
  readonly severity: Incident['severity']
  readonly because: Text
  readonly at: string
  readonly runNo: number | null
  readonly count: number
  readonly jobIds?: readonly string[]
  readonly quiet?: boolean
  readonly kinds?: readonly string[]
}

/** The open incident of a subject and cause. */
export function openIncident(
  draft: Draft,
  subject: { serverId: string; jobId: string | null },
  cause: IncidentCause,
): Incident | undefined {
  const candidates = subject.jobId === null ? draft.incidents() : draft.incidentsOf(subject.jobId)
  return candidates.find(
    (one) => one.cause === cause && one.jobId === subject.jobId && one.serverId === subject.serverId,
  )
}

/** How heavy an incident weighs. */
export const SEVERITY = { notice: 0, warning: 1, error: 2 } as const

/** From this many failures or missed runs in a row on, it is worse than it was. */
export const WORSE_AT = 3

/** Opens an incident, or brings the open one up to date; says whether it is new or got worse. */
export function report(
  draft: Draft,
  trouble: Trouble,
  id: string,
): { incident: Incident; change: 'opened' | 'worsened' | null } {
  const open = openIncident(draft, trouble, trouble.cause)
  const incident = open === undefined ? opened(trouble, freeId(draft, id)) : updated(open, trouble)
  const worse = open !== undefined && isWorse(open, incident)
  // An acknowledgement was given for what was known then.
  const kept = worse ? { ...incident, acknowledged: null, worse } : incident
  draft.put('incidents', kept.id, kept)
  return { incident: kept, change: open === undefined ? 'opened' : worse ? 'worsened' : null }
}

/** A run that is told anew can open again what it opened before: that is another incident. */
function freeId(draft: Draft, id: string): string {
  const used = (candidate: string) => wasClosed(draft, candidate)
  let count = 1
  while (used(count === 1 ? id : `${id}_${count}`)) count += 1
  return count === 1 ? id : `${id}_${count}`
}

function opened(trouble: Trouble, id: string): Incident {
  const { serverId, jobId, cause, severity, because, at, runNo, count } = trouble
  return {
    id,
    serverId,
    jobId,
    cause,
    severity,
    openedAt: at,
    updatedAt: at,
    because,
    runNo,
    count,
    jobIds: trouble.jobIds ?? [],
    acknowledged: null,
    snoozedUntil: null,
    toldAt: null,
    closedAt: null,
    closedBecause: null,
    ...(trouble.quiet === true ? { quiet: true } : {}),
    ...(trouble.kinds === undefined ? {} : { kinds: trouble.kinds.slice(0, MOST_KINDS) }),
  }
}

function updated(open: Incident, trouble: Trouble): Incident {
  const { severity, because, at, runNo, count, jobIds } = trouble
  const loud = open.quiet === true && trouble.quiet !== true
  const { quiet, ...rest } = open
  return {
    ...rest,
    ...(quiet === true && !loud ? { quiet } : {}),
    severity,
    because,
    updatedAt: at,
    runNo,
    count,
    jobIds: jobIds ?? open.jobIds,
    ...(trouble.kinds === undefined ? {} : { kinds: kindsSeen(open, trouble.kinds) }),
  }
}

const MOST_KINDS = 50

function kindsSeen(open: Incident, kinds: readonly string[]): readonly string[] {
  return [...new Set([...(open.kinds ?? []), ...kinds])].slice(0, MOST_KINDS)
}

function isWorse(before: Incident, after: Incident): boolean {
  if (SEVERITY[after.severity] > SEVERITY[before.severity]) return true
  // One that was open before its kinds were noted knows none: what it has now is not news.
  if (before.kinds !== undefined && (after.kinds ?? []).length > before.kinds.length) return true
  return !isLasting(before) && isLasting(after)
}

/** So many failures or missed runs in a row that it is no passing trouble. */
export function isLasting({ cause, count }: Pick<Incident, 'cause' | 'count'>): boolean {
  return (cause === 'failed' || cause === 'overdue') && count >= WORSE_AT
}

/** Closes an incident with its reason and hands it to the journal. Returns it as closed. */
export function close(draft: Draft, incident: Incident, at: string, because: Text): Incident {
  const closed: Incident = { ...incident, updatedAt: at, closedAt: at, closedBecause: because }
  draft.drop('incidents', incident.id)
  noteEnded(draft, incident, incident.cause)
  keepClosed(draft, [closed])
  return closed
}
