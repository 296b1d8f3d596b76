import type { Incident, IncidentCause } from './incident.ts'
import { incidentsOf } from './incidents-of.ts'
import type { Job, JobState } from './job.ts'
import { noGoodRunInThree } from './judge-run.ts'
import { DAY, HOUR, ms, SECOND } from './moment.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import { pauseOf } from './pausing.ts'
import { isGood } from './run.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'
import { type Text, text } from './text.ts'
import { failedBecause, interruptedBecause, warningBecause } from './trouble-texts.ts'
import { isWarningMuted } from './warning-kinds.ts'

/** A job as it stands: its state, why in a sentence, and since when (ISO) where that can be told. */
export interface Standing {
  readonly state: JobState
  readonly because: Text
  readonly since: string | null
}

/**
 * The state of a job right now, the first that holds: paused, running, failed, overdue, unknown, late, warning, ok,
 * new. Judged from stored times only, so that page and alarm cannot disagree. A problem that is snoozed shows as
 * paused until the snooze ends.
 */
export function jobState(job: Job, server: Server, state: State, now: Date): Standing {
  const nowMs = now.getTime()
  const paused = pauseOf(job, server, monitoringSettings(state), nowMs)
  if (paused !== null) return { state: 'paused', because: paused, since: null }
  const standing =
    running(job, nowMs) ??
    failed(job, server) ??
    overdue(job, state, nowMs) ??
    unknown(job, state, nowMs) ??
    late(job, nowMs) ??
    warned(job, server, nowMs) ??
    well(job)
  const snoozed = snoozedUntil(standing.state, job, state, nowMs)
  if (snoozed === null) return standing
  const until = { at: snoozed, as: 'moment' } as const
  return {
    state: 'paused',
    because: text('because.snoozed', { until, state: standing.because }),
    since: null,
  }
}

function running(job: Job, nowMs: number): Standing | null {
  const { running } = job.status
  if (running === null || running.status === 'finished-without-report') return null
  // Live status comes every half minute; silence of an hour means that whoever ran it is gone.
  if (Math.abs(nowMs - ms(running.heardAt)) > HOUR) return null
  const since = { at: running.startedAt, as: 'relative' } as const
  const key = running.status === 'stalled' ? 'because.stalled' : 'because.running'
  return {
    state: 'running',
    because: text(key, { operation: running.operation, since }),
    since: running.startedAt,
  }
}

function failed(job: Job, server: Server): Standing | null {
  const { lastRun, recent } = job.status
  if (lastRun === null) return null
  const bad = lastRun.result === 'error' || lastRun.result === 'fatal'
  const noneGood = noGoodRunInThree(job)
  if (!bad && !noneGood) return null
  const streak = recent.slice(recent.findLastIndex(isGood) + 1)
  const run = { ...told(job), result: lastRun.result }
  const because = failedBecause(job, server, {
    run,
    count: Math.max(1, streak.length),
    noneGood: noneGood && !bad,
  })
  return { state: 'failed', because, since: streak[0]?.at ?? lastRun.at }
}

function overdue(job: Job, state: State, nowMs: number): Standing | null {
  const { dueAt, overdueAt } = job.expectation ?? {}
  if (dueAt == null || overdueAt == null || ms(overdueAt) > nowMs || ownSilence(job, state, nowMs) !== null)
    return null
  return { state: 'overdue', because: overdueBecause(job, dueAt, nowMs), since: dueAt }
}

/** Expected then, so late now, and what there is to fall back on. */
export function overdueBecause(job: Job, dueAt: string, nowMs: number): Text {
  const due = { at: dueAt, as: 'weekday-time' } as const
  const lateBy = { seconds: Math.max(0, Math.round((nowMs - ms(dueAt)) / SECOND)) }
  const good = job.status.lastGood
  if (good === null) return text('because.overdue-never', { due, late: lateBy })
  const last = { at: good.at, as: 'day' } as const
  if (good.versions === null) return text('because.overdue', { due, late: lateBy, last })
  return text('because.overdue-versions', { due, late: lateBy, last, versions: good.versions })
}

function unknown(job: Job, state: State, nowMs: number): Standing | null {
  const { expectation, status } = job
  if (expectation?.source === 'broken') return { state: 'unknown', because: expectation.because, since: null }
  const silence = ownSilence(job, state, nowMs)
  if (silence !== null) return silence
  if (status.lastRun?.result !== 'unknown') return null
  return { state: 'unknown', because: text('because.unknown-result'), since: status.lastRun.at }
}

/**
 * Where silence says nothing: a run was due while we were down ourselves (until the catch-up time is over), or a
 * new machine has the name of this one and nobody said yet whether it is the same.
 */
export function ownSilence(job: Job, state: State, nowMs: number): Standing | null {
  const { dueAt, overdueAt } = job.expectation ?? {}
  if (dueAt == null || overdueAt == null || ms(dueAt) > nowMs) return null
  const { downtime } = state
  if (downtime !== null && isCatchingUp(downtime, nowMs) && ms(overdueAt) > ms(downtime.from)) {
    const until = { at: downtime.catchUpUntil, as: 'time' } as const
    const values = {
      from: { at: downtime.from, as: 'moment' },
      to: { at: downtime.to, as: 'moment' },
      until,
    } as const
    return { state: 'unknown', because: text('because.own-downtime', values), since: downtime.from }
  }
  const successor = Object.values(state.servers).find((server) => server.maybeSameAs === job.serverId)
  if (successor === undefined) return null
  return {
    state: 'unknown',
    because: text('because.maybe-same', { server: successor.name }),
    since: successor.createdAt,
  }
}

/** A downtime that is still to come was noted by a clock that was ahead: it must keep nothing quiet. */
function isCatchingUp(downtime: NonNullable<State['downtime']>, nowMs: number): boolean {
  return nowMs < ms(downtime.catchUpUntil) && ms(downtime.to) - nowMs < DAY
}

function late(job: Job, nowMs: number): Standing | null {
  const { dueAt, lateAt, overdueAt } = job.expectation ?? {}
  if (dueAt == null || lateAt == null || ms(lateAt) > nowMs) return null
  const due = { at: dueAt, as: 'weekday-time' } as const
  const alarm = { at: overdueAt ?? dueAt, as: 'weekday-time' } as const
  return { state: 'late', because: text('because.late', { due, alarm }), since: dueAt }
}

function warned(job: Job, server: Server, nowMs: number): Standing | null {
  const { lastRun, recent } = job.status
  if (lastRun === null || (lastRun.result === 'success' && !lastRun.interrupted)) return null
  if (isWarningMuted(job, nowMs)) return null
  const begun = recent.slice(recent.findLastIndex((run) => run.result === 'success' && !run.interrupted) + 1)
  const run = { ...told(job), result: lastRun.result }
  const because = isGood(lastRun) ? warningBecause(job, server, run) : interruptedBecause(job, server, run)
  return { state: 'warning', because, since: begun[0]?.at ?? lastRun.at }
}

function well(job: Job): Standing {
  const { lastRun } = job.status
  if (lastRun === null) return { state: 'new', because: text('because.never-ran'), since: job.createdAt }
  // The other warnings of a job that comes to this are muted.
  const key = lastRun.result === 'success' ? 'because.ok' : 'because.ok-muted'
  return { state: 'ok', because: text(key, { at: { at: lastRun.at, as: 'relative' } }), since: lastRun.at }
}

/** What the last run told, as its report told it. */
function told(job: Job) {
  const last = job.status.lastRun
  const reason = last?.reason == null ? [] : [last.reason]
  const interrupted = last?.interrupted ?? false
  return {
    exception: null,
    firstErrors: reason,
    firstWarnings: [],
    warnings: last?.warnings ?? 0,
    errors: last?.errors ?? 0,
    interrupted,
  }
}

const CAUSES: Partial<Record<JobState, readonly IncidentCause[]>> = {
  failed: ['failed'],
  overdue: ['overdue', 'server-silent'],
  warning: ['warning'],
}

function snoozedUntil(shown: JobState, job: Job, state: State, nowMs: number): string | null {
  const causes = CAUSES[shown]
  if (causes === undefined) return null
  const snoozed = (incident: Incident) => incident.snoozedUntil !== null && ms(incident.snoozedUntil) > nowMs
  const incidents = incidentsOf(state, job).filter((incident) => causes.includes(incident.cause))
  const all = incidents.length > 0 && incidents.every(snoozed)
  return all ? (incidents[0]?.snoozedUntil ?? null) : null
}
