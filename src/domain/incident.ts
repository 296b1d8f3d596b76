import type { Text } from './text.ts'

export type IncidentCause =
  | 'overdue'
  | 'failed'
  | 'warning'
  | 'operation'
  | 'anomaly'
  | 'server-silent'
  | 'unstable'

/**
 * One open problem of one job (or of one server, when all of it is silent) with one cause. At most one open
 * incident per subject and cause; a change updates it, the end closes it with a duration.
 */
export interface Incident {
  readonly id: string
  readonly serverId: string
  /** null for an incident of the whole server. */
  readonly jobId: string | null
  readonly cause: IncidentCause
  readonly severity: 'notice' | 'warning' | 'error'
  readonly openedAt: string
  readonly updatedAt: string
  /** What happened, what is usual, since when. */
  readonly because: Text
  /** The run that opened or last changed it. */
  readonly runNo: number | null
  /** How often it happened again while open: failures in a row, runs with warnings. */
  readonly count: number
  /** Jobs inside an incident of a whole server. */
  readonly jobIds: readonly string[]
  readonly acknowledged: { readonly at: string; readonly by: string } | null
  readonly snoozedUntil: string | null
  /** When the last notice about it was queued; repeats are counted from here. */
  readonly toldAt: string | null
  /** How often notices about it were queued; missing for never. */
  readonly told?: number
  /** It got worse, and that was not told yet; missing for no. */
  readonly worse?: boolean
  /** Never spoken of: it came with old runs that were imported or collected. */
  readonly quiet?: boolean
  /** Not spoken of when it opened, because it comes and goes and that was said. */
  readonly hushed?: boolean
  /** Of an unstable job: the causes that come and go, of which nothing is said meanwhile. */
  readonly causes?: readonly IncidentCause[]
  /** Of warnings: the kinds seen while it is open, bounded; another one makes it worse. */
  readonly kinds?: readonly string[]
  readonly closedAt: string | null
  readonly closedBecause: Text | null
}

/** Key under which at most one incident is open. */
export function incidentKey(incident: Pick<Incident, 'serverId' | 'jobId' | 'cause'>): string {
  return `${incident.jobId ?? incident.serverId}/${incident.cause}`
}

/** Whether it is about a silence: those who are told of overdue runs hear of it. */
export function isSilence({ cause, causes }: Pick<Incident, 'cause' | 'causes'>): boolean {
  const about = cause === 'unstable' ? (causes ?? []) : [cause]
  return about.length > 0 && about.every((one) => one === 'overdue' || one === 'server-silent')
}
