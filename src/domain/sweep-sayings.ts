import type { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import { inMaintenance } from './maintenance-window.ts'
import { HOUR, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { effective, repeatMs } from './notice-policy.ts'
import { queueSayings, type Saying } from './notice-queue.ts'
import { pauseOf } from './pausing.ts'
import { isHushed } from './unstable.ts'

/**
 * Says what the sweep found: incidents that ended, got worse, were not told yet, or are due for a reminder. What a
 * maintenance window covers waits until it is over.
 */
export function speak(
  draft: Draft,
  ended: readonly Incident[],
  settings: MonitoringSettings,
  now: Date,
): void {
  const sayings: Saying[] = []
  for (const incident of ended) {
    if (incident.toldAt !== null) sayings.push({ kind: 'closed', incident })
  }
  for (const listed of draft.incidents()) {
    const incident = awake(draft, listed, now)
    if (incident.quiet === true || isSnoozed(incident, now) || isHeld(incident, settings, now)) continue
    if (isPaused(draft, incident, settings, now)) continue
    if (isHushed(draft, incident, now)) continue
    if (incident.toldAt === null) sayings.push({ kind: 'opened', incident })
    else if (incident.worse === true) sayings.push({ kind: 'worsened', incident })
    else if (incident !== listed || isDue(draft, incident, settings, now))
      sayings.push({ kind: 'reminder', incident })
  }
  if (sayings.length > 0) queueSayings(draft, sayings, settings, now, now.getTime().toString(36))
}

/** A snooze that is over is taken off; the incident is spoken of again at once. */
function awake(draft: Draft, incident: Incident, now: Date): Incident {
  if (incident.snoozedUntil === null || ms(incident.snoozedUntil) > now.getTime()) return incident
  const next = { ...incident, snoozedUntil: null }
  draft.put('incidents', incident.id, next)
  return next
}

function isSnoozed(incident: Incident, now: Date): boolean {
  return incident.snoozedUntil !== null && ms(incident.snoozedUntil) > now.getTime()
}

function isHeld(incident: Incident, settings: MonitoringSettings, now: Date): boolean {
  return inMaintenance(settings.windows, incident, now.getTime(), settings.zone)
}

function isPaused(draft: Draft, incident: Incident, settings: MonitoringSettings, now: Date): boolean {
  const server = draft.server(incident.serverId)
  const job = incident.jobId === null ? undefined : draft.job(incident.jobId)
  if (server === undefined) return true
  return job !== undefined && pauseOf(job, server, settings, now.getTime()) !== null
}

const ONCE: ReadonlySet<Incident['cause']> = new Set(['operation', 'anomaly', 'unstable'])

/** Reminders are for what goes on by itself; a warning is repeated only once it happened again. */
function isDue(draft: Draft, incident: Incident, settings: MonitoringSettings, now: Date): boolean {
  const { cause, toldAt } = incident
  if (incident.acknowledged !== null || toldAt === null || ONCE.has(cause)) return false
  if (isSuperseded(draft, incident)) return false
  if (cause === 'warning' && ms(incident.updatedAt) <= ms(toldAt)) return false
  const server = draft.server(incident.serverId)
  if (server === undefined) return false
  const job = incident.jobId === null ? null : (draft.job(incident.jobId) ?? null)
  const period = repeatMs(effective('repeat', job, server, settings).value)
  const since = now.getTime() - ms(toldAt)
  // Told in the future: our clock was ahead then.
  return period !== null && (since >= period || since < -HOUR)
}

/** A new machine has the name of this server: until someone says whether it is the same, silence proves nothing. */
function isSuperseded(draft: Draft, incident: Incident): boolean {
  const silence = incident.cause === 'overdue' || incident.cause === 'server-silent'
  return (
    silence && Object.values(draft.base.servers).some((server) => server.maybeSameAs === incident.serverId)
  )
}
