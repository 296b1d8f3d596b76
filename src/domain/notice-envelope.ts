import type { Draft } from './draft.ts'
import { ms, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Notice } from './notice.ts'
import type { Receiver } from './notice-policy.ts'
import type { Saying } from './notice-queue.ts'
import { isWaiting, keyOf } from './waiting-notices.ts'

/** To whom a notice goes, and when. */
export interface Envelope {
  readonly id: string
  readonly receiver: Receiver
  readonly dueAt: string
  readonly now: Date
}

/** What is said to one receiver at one moment: a bundle where it is about several things. */
export function noticeOf(sayings: readonly Saying[], envelope: Envelope): Notice {
  const incidents = sayings.flatMap((saying) => [saying.incident, ...(saying.also ?? [])])
  const first = sayings[0]
  const single = sayings.length === 1 && first !== undefined
  return {
    ...blank(envelope),
    kind: single ? first.kind : 'bundle',
    incidentIds: unique(incidents.map((incident) => incident.id)),
    jobIds: unique(
      incidents.flatMap((incident) => (incident.jobId === null ? incident.jobIds : [incident.jobId])),
    ),
    runNo: single ? first.incident.runNo : null,
  }
}

/** A notice about nothing yet. */
export function blank({ id, receiver, dueAt, now }: Envelope): Notice {
  return {
    id,
    kind: 'opened',
    channel: receiver.channel,
    to: receiver.to,
    incidentIds: [],
    jobIds: [],
    runNo: null,
    createdAt: now.toISOString(),
    dueAt,
    attempts: 0,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
  }
}

/** Into a notice that still waits for about the same moment, else as one of its own. */
export function queue(draft: Draft, notice: Notice, settings: MonitoringSettings): void {
  const due = ms(notice.dueAt)
  const waiting = draft.notices().find((other) => {
    if (!isWaiting(other) || keyOf(other) !== keyOf(notice)) return false
    return (
      ms(other.dueAt) > ms(notice.createdAt) &&
      Math.abs(due - ms(other.dueAt)) <= settings.gatherSeconds * SECOND
    )
  })
  draft.put('notices', (waiting ?? notice).id, waiting === undefined ? notice : joined(waiting, notice))
}

function joined(waiting: Notice, notice: Notice): Notice {
  const incidentIds = unique([...waiting.incidentIds, ...notice.incidentIds])
  const jobIds = unique([...waiting.jobIds, ...notice.jobIds])
  const same = incidentIds.length === waiting.incidentIds.length
  return same ? waiting : { ...waiting, kind: 'bundle', runNo: null, incidentIds, jobIds }
}

function unique<T>(things: readonly T[]): readonly T[] {
  return [...new Set(things)]
}
