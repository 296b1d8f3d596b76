import type { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import type { Notice, NoticeKind } from './notice.ts'
import type { Receiver } from './notice-policy.ts'

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
    else
      draft.put('notices', notice.id, { ...notice, kind: kindNow(draft, notice, incidentIds), incidentIds })
  }
  return unheard
}

/** A message that also ended something is about nothing else once the rest of it was withdrawn. */
function kindNow(draft: Draft, notice: Notice, incidentIds: readonly string[]): NoticeKind {
  return incidentIds.some((id) => draft.incident(id) !== undefined) ? notice.kind : 'closed'
}

/** Owed, about incidents, and not tried yet. */
export function isWaiting(notice: Notice): boolean {
  return notice.state === 'owed' && notice.attempts === 0 && notice.incidentIds.length > 0
}

/** Tells receivers apart. */
export function keyOf(receiver: Receiver): string {
  return `${receiver.channel}\n${receiver.to ?? ''}`
}
