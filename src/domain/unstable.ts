import type { Draft } from './draft.ts'
import { type Incident, isSilence } from './incident.ts'
import { close, isLasting, openIncident, report, SEVERITY } from './incident-changes.ts'
import { inMaintenance } from './maintenance-window.ts'
import { DAY, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Saying } from './notice-queue.ts'
import { serverName } from './server.ts'
import { type Text, text } from './text.ts'
import { forgetTurns, noteOpened, runsOf, STEADY_RUNS, type Turning, turnsOf } from './turns.ts'

/** The incident that opens for the third time lately is one too many: its job is unstable. */
const OPENINGS = 3

/**
 * Notes that an incident opened, and that a job or server became unstable by it, or is so by one more cause. What
 * comes and goes is then told no more, but for what gets worse. Returns what is to be said of that, if anything.
 */
export function noteOpening(
  draft: Draft,
  incident: Incident,
  settings: MonitoringSettings,
  at: string,
): Saying | null {
  if (incident.quiet === true || !settings.unstable) return null
  // What a maintenance window covers is expected to come and go.
  if (inMaintenance(settings.windows, incident, ms(at), settings.zone)) return null
  const openings = noteOpened(draft, incident, incident.cause)
  const open = openIncident(draft, incident, 'unstable')
  const causes = open?.causes ?? []
  const isKnown = causes.includes(incident.cause)
  if (!isKnown && openings < OPENINGS) return null
  const { serverId, jobId, runNo, jobIds } = incident
  const worst = open !== undefined && SEVERITY[open.severity] > SEVERITY[incident.severity] ? open : incident
  const count = isKnown ? (open?.count ?? 0) + 1 : openings
  const trouble = {
    ...{ serverId, jobId, runNo, jobIds, count, at },
    cause: 'unstable',
    severity: worst.severity,
    because: unstableBecause(draft, incident, count),
  } as const
  const told = report(draft, trouble, `${incident.id}_unstable`)
  const joined = isKnown ? { causes } : { causes: [...causes, incident.cause] }
  const worse = open !== undefined && !isKnown ? { worse: true } : {}
  const unstable = { ...told.incident, ...joined, ...worse }
  draft.put('incidents', unstable.id, unstable)
  draft.put('incidents', incident.id, { ...incident, hushed: true })
  if (open === undefined) return { kind: 'opened', incident: unstable }
  return isKnown ? null : { kind: 'worsened', incident: unstable }
}

/** One that stays so long does not come and go; a whole server that is silent matters sooner. */
const STAYS_MS = 7 * DAY
const SERVER_STAYS_MS = 2 * DAY

/** Whether nothing is said of an incident, because it is one of those that come and go. One that stays is told. */
export function isHushed(draft: Draft, incident: Incident, now: Date): boolean {
  if (incident.toldAt !== null || incident.cause === 'unstable' || isLasting(incident)) return false
  const stays = incident.jobId === null ? SERVER_STAYS_MS : STAYS_MS
  if (now.getTime() - ms(incident.openedAt) >= stays) return false
  return openIncident(draft, incident, 'unstable')?.causes?.includes(incident.cause) ?? false
}

/**
 * Ends the instability of a subject that has not changed for long enough. Returns it as closed, with what of its
 * causes is open still: that does not come and go any more, it lasts.
 */
export function endUnstable(
  draft: Draft,
  about: Turning,
  now: Date,
): { ended: Incident; lasting: readonly Incident[] } | null {
  const open = openIncident(draft, about, 'unstable')
  if (open === undefined) return null
  const causes = open.causes ?? []
  const turns = turnsOf(draft, about)
  const last = Math.max(0, ...causes.map((cause) => turns[cause]?.last ?? 0))
  const { numbers, lately } = runsOf(draft, about)
  const since = numbers.filter((no) => no > last).length
  if (since < lately) return null
  const lasting = causes.flatMap((cause) => openIncident(draft, about, cause) ?? [])
  const because =
    lasting.length === 0 ? text('incident.closed.steady', { runs: since }) : text('incident.closed.lasts')
  const ended = close(draft, open, now.toISOString(), because)
  forgetTurns(draft, about)
  return { ended, lasting }
}

/** Ends it without a word: nobody wants to know any more, or what it was about is left alone on purpose. */
export function dropUnstable(draft: Draft, incident: Incident, at: string, because: Text): void {
  close(draft, incident, at, because)
  forgetTurns(draft, incident)
}

function unstableBecause(draft: Draft, incident: Incident, count: number): Text {
  const server = draft.server(incident.serverId)
  const job = incident.jobId === null ? undefined : draft.job(incident.jobId)
  const values = {
    count,
    runs: STEADY_RUNS,
    job: job?.name ?? '',
    server: server === undefined ? '' : serverName(server),
    reason: incident.because,
  }
  if (incident.jobId === null) return text('incident.unstable.server', values)
  return text(isSilence(incident) ? 'incident.unstable.overdue' : 'incident.unstable', values)
}
