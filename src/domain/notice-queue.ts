import type { Draft } from './draft.ts'
import { type Incident, isSilence } from './incident.ts'
import { endOfMaintenance, endOfQuiet } from './maintenance-window.ts'
import { iso, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { NoticeKind } from './notice.ts'
import { blank, noticeOf, queue } from './notice-envelope.ts'
import { type Matter, type Receiver, receivers } from './notice-policy.ts'
import { isWaiting, keyOf, withdrawWaiting } from './waiting-notices.ts'

/** Something to say about an incident; `also` are incidents that the same message ends. */
export interface Saying {
  readonly kind: Extract<NoticeKind, 'opened' | 'worsened' | 'reminder' | 'closed'>
  readonly incident: Incident
  readonly also?: readonly Incident[]
}

/**
 * Queues what is to be said at one moment. What goes to one receiver at one moment is one notice: a bundle where
 * it is about several incidents. A notice that still waits (`gather_seconds`, quiet hours) takes more in.
 * `mark` makes the ids and must differ from call to call: the run's number, or the moment of the sweep.
 */
export function queueSayings(
  draft: Draft,
  sayings: readonly Saying[],
  settings: MonitoringSettings,
  now: Date,
  mark: string,
): void {
  const groups = new Map<string, { receiver: Receiver; dueAt: string; sayings: Saying[] }>()
  for (const saying of sayings) {
    const told = receiversOf(draft, saying, settings)
    const isUrgent = settings.quietErrors && saying.kind !== 'closed' && saying.incident.severity === 'error'
    const dueAt = dueOf(saying.incident, isUrgent ? { ...settings, quiet: null } : settings, now)
    for (const receiver of told) {
      const key = `${keyOf(receiver)}\n${dueAt}`
      const group = groups.get(key) ?? { receiver, dueAt, sayings: [] }
      group.sayings.push(saying)
      groups.set(key, group)
    }
    if (told.length > 0) markTold(draft, saying.incident, told, now)
  }
  for (const { receiver, dueAt, sayings: group } of groups.values()) {
    queue(draft, noticeOf(group, { receiver, dueAt, now, id: freeId(draft, mark) }), settings)
  }
}

/** Not before the quiet hours and the maintenance window that hold now are over, nor before others could join. */
function dueOf(
  subject: { serverId: string; jobId: string | null },
  settings: MonitoringSettings,
  now: Date,
): string {
  const nowMs = now.getTime()
  const ends = [
    endOfQuiet(settings.quiet, nowMs, settings.zone),
    endOfMaintenance(settings.windows, subject, nowMs, settings.zone),
  ]
  return iso(Math.max(nowMs + settings.gatherSeconds * SECOND, ...ends.map((end) => end ?? 0)))
}

function freeId(draft: Draft, mark: string): string {
  let count = 0
  while (draft.notice(`ntc_${mark}_${count}`) !== undefined) count += 1
  return `ntc_${mark}_${count}`
}

/** Queues word of a run that is no incident, for those who want to hear of every run. */
export function queueRun(
  draft: Draft,
  run: { jobId: string; serverId: string; no: number },
  about: Matter['about'],
  settings: MonitoringSettings,
  now: Date,
): void {
  const server = draft.server(run.serverId)
  const job = draft.job(run.jobId)
  if (server === undefined || job === undefined) return
  const dueAt = dueOf(run, settings, now)
  for (const receiver of receivers({ about, recovery: false }, job, server, settings)) {
    const id = freeId(draft, run.no.toString(36))
    const notice = {
      ...blank({ receiver, dueAt, now, id }),
      kind: 'run',
      jobIds: [run.jobId],
      runNo: run.no,
    } as const
    draft.put('notices', id, notice)
  }
}

function receiversOf(draft: Draft, saying: Saying, settings: MonitoringSettings): readonly Receiver[] {
  const { incident } = saying
  const server = draft.server(incident.serverId)
  if (server === undefined || incident.quiet === true) return []
  const job = incident.jobId === null ? null : (draft.job(incident.jobId) ?? null)
  const matter = { about: aboutOf(incident), recovery: saying.kind === 'closed' }
  const told = receivers(matter, job, server, settings)
  if (saying.kind !== 'closed') return told
  const unheard = withdrawWaiting(draft, incident)
  return told.filter((receiver) => !unheard.has(keyOf(receiver)))
}

function aboutOf(incident: Incident): Matter['about'] {
  if (isSilence(incident)) return 'overdue'
  return incident.severity === 'error' ? 'error' : 'warning'
}

/** What only joins a message that waits with the same news is not told once more. */
function markTold(draft: Draft, incident: Incident, receivers: readonly Receiver[], now: Date): void {
  const open = draft.incident(incident.id)
  if (open === undefined) return
  const { worse: _, ...rest } = open
  const before = open.told ?? 0
  const told = before > 0 && receivers.every((one) => isAwaited(draft, open, one)) ? before : before + 1
  draft.put('incidents', open.id, { ...rest, toldAt: now.toISOString(), told })
}

function isAwaited(draft: Draft, incident: Incident, receiver: Receiver): boolean {
  const key = keyOf(receiver)
  return draft
    .notices()
    .some((one) => isWaiting(one) && one.incidentIds.includes(incident.id) && keyOf(one) === key)
}
