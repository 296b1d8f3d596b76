import type { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import { endOfQuiet } from './maintenance-window.ts'
import { iso, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Notice, NoticeKind } from './notice.ts'
import { type Matter, type Receiver, receivers } from './notice-policy.ts'

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
  const byReceiver = new Map<string, { receiver: Receiver; sayings: Saying[] }>()
  for (const saying of sayings) {
    const told = receiversOf(draft, saying, settings)
    for (const receiver of told) {
      const key = keyOf(receiver)
      const group = byReceiver.get(key) ?? { receiver, sayings: [] }
      group.sayings.push(saying)
      byReceiver.set(key, group)
    }
    if (told.length > 0) markTold(draft, saying.incident, now)
  }
  let count = 0
  for (const { receiver, sayings: group } of byReceiver.values()) {
    queue(draft, noticeOf(group, receiver, now, settings, `ntc_${mark}_${count}`), now)
    count += 1
  }
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
  receivers({ about, recovery: false }, job, server, settings).forEach((receiver, index) => {
    const id = `ntc_${run.no.toString(36)}_run_${index}`
    draft.put('notices', id, {
      ...blank(id, receiver, now, settings),
      kind: 'run',
      jobIds: [run.jobId],
      runNo: run.no,
    })
  })
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
  if (incident.cause === 'overdue' || incident.cause === 'server-silent') return 'overdue'
  return incident.severity === 'error' ? 'error' : 'warning'
}

/**
 * Takes a closed incident out of notices that were not sent yet. Returns the receivers who never heard of it,
 * because the only word of it was among these: they need no recovery.
 */
export function withdrawWaiting(draft: Draft, incident: Incident): ReadonlySet<string> {
  const unheard = new Set<string>()
  for (const notice of draft.notices()) {
    if (!isWaiting(notice) || !notice.incidentIds.includes(incident.id)) continue
    if ((incident.told ?? 0) <= 1) unheard.add(keyOf(notice))
    const incidentIds = notice.incidentIds.filter((id) => id !== incident.id)
    if (incidentIds.length === 0) draft.drop('notices', notice.id)
    else draft.put('notices', notice.id, { ...notice, incidentIds })
  }
  return unheard
}

function isWaiting(notice: Notice): boolean {
  return notice.state === 'owed' && notice.attempts === 0 && notice.incidentIds.length > 0
}

function keyOf(receiver: Receiver): string {
  return `${receiver.channel}\n${receiver.to ?? ''}`
}

function markTold(draft: Draft, incident: Incident, now: Date): void {
  const open = draft.incident(incident.id)
  if (open === undefined) return
  draft.put('incidents', open.id, { ...open, toldAt: now.toISOString(), told: (open.told ?? 0) + 1 })
}

function noticeOf(
  sayings: readonly Saying[],
  receiver: Receiver,
  now: Date,
  settings: MonitoringSettings,
  id: string,
): Notice {
  const incidents = sayings.flatMap((saying) => [saying.incident, ...(saying.also ?? [])])
  const first = sayings[0]
  const single = sayings.length === 1 && first !== undefined
  return {
    ...blank(id, receiver, now, settings),
    kind: single ? first.kind : 'bundle',
    incidentIds: unique(incidents.map((incident) => incident.id)),
    jobIds: unique(
      incidents.flatMap((incident) => (incident.jobId === null ? incident.jobIds : [incident.jobId])),
    ),
    runNo: single ? first.incident.runNo : null,
  }
}

function blank(id: string, receiver: Receiver, now: Date, settings: MonitoringSettings): Notice {
  const quietEnd = endOfQuiet(settings.quiet, now.getTime(), settings.zone)
  return {
    id,
    kind: 'opened',
    channel: receiver.channel,
    to: receiver.to,
    incidentIds: [],
    jobIds: [],
    runNo: null,
    createdAt: now.toISOString(),
    dueAt: iso(quietEnd ?? now.getTime() + settings.gatherSeconds * SECOND),
    attempts: 0,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
  }
}

function queue(draft: Draft, notice: Notice, now: Date): void {
  const open = draft
    .notices()
    .find(
      (other) =>
        isWaiting(other) && keyOf(other) === keyOf(notice) && Date.parse(other.dueAt) > now.getTime(),
    )
  if (open === undefined) {
    draft.put('notices', notice.id, notice)
    return
  }
  draft.put('notices', open.id, {
    ...open,
    kind: 'bundle',
    runNo: null,
    incidentIds: unique([...open.incidentIds, ...notice.incidentIds]),
    jobIds: unique([...open.jobIds, ...notice.jobIds]),
  })
}

function unique<T>(things: readonly T[]): readonly T[] {
  return [...new Set(things)]
}
