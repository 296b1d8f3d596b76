import { anomalyTrouble } from './anomaly-incident.ts'
import type { Draft } from './draft.ts'
import { expectOrBroken } from './expectation.ts'
import type { Incident } from './incident.ts'
import { close, openIncident, report, type Trouble, WORSE_AT } from './incident-changes.ts'
import type { Job } from './job.ts'
import { inMaintenance } from './maintenance-window.ts'
import { DAY, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { queueRun, queueSayings, type Saying } from './notice-queue.ts'
import { pauseOf } from './pausing.ts'
import { isBackup, isGood, orderOf, type Run } from './run.ts'
import type { Server } from './server.ts'
import { text } from './text.ts'
import { failedBecause, interruptedBecause, operationBecause, warningBecause } from './trouble-texts.ts'
import type { Turning } from './turns.ts'
import { endUnstable, isHushed, noteOpening } from './unstable.ts'
import { withdrawWaiting } from './waiting-notices.ts'
import { freshKinds, isWarningMuted, newsFirst, withoutMuted } from './warning-kinds.ts'

/**
 * What the newest run of a job means for its incidents and for those who are to be told. The run is already in
 * the job's status. Only the newest run speaks: older ones that come late change history, not the present.
 */
export function judgeRun(
  draft: Draft,
  run: Run,
  job: Job,
  server: Server,
  settings: MonitoringSettings,
): void {
  const now = new Date(run.received)
  if (run.dryRun || pauseOf(job, server, settings, now.getTime()) !== null) return
  if (!isNewest(run, job)) return
  const verdict: Verdict = { troubles: [], recoveries: [] }
  const base = {
    serverId: run.serverId,
    jobId: run.jobId,
    at: run.received,
    runNo: run.no,
    quiet: isOld(run),
  }
  if (isBackup(run)) judgeBackup(draft, run, job, server, settings, base, verdict)
  else judgeOperation(draft, run, base, verdict)
  say(draft, run, verdict, settings, now)
}

type Base = Pick<Trouble, 'serverId' | 'jobId' | 'at' | 'runNo'> & { readonly quiet: boolean }

interface Verdict {
  readonly troubles: Trouble[]
  readonly recoveries: { readonly incident: Incident; readonly because: string }[]
}

function isNewest(run: Run, job: Job): boolean {
  return (isBackup(run) ? job.status.lastRun?.no : job.status.lastOther?.no) === run.no
}

/** Runs that were over a day before we heard of them, by collecting or from a file, are history. */
function isOld(run: Run): boolean {
  return run.origin !== 'report' && ms(run.received) - ms(run.end ?? orderOf(run)) > DAY
}

function judgeBackup(
  draft: Draft,
  run: Run,
  job: Job,
  server: Server,
  settings: MonitoringSettings,
  base: Base,
  verdict: Verdict,
): void {
  const open = (cause: Incident['cause']) => openIncident(draft, run, cause)
  const recover = (incident: Incident | undefined, because: string) => {
    if (incident !== undefined) verdict.recoveries.push({ incident, because })
  }
  const failed = open('failed')
  const warned = open('warning')
  const bad = run.result === 'error' || run.result === 'fatal'
  const noneGood = noGoodRunInThree(job)
  if (bad || noneGood) {
    const count = againOf(failed, run.no)
    const because = failedBecause(job, server, { run, count, noneGood: noneGood && !bad })
    verdict.troubles.push({ ...base, cause: 'failed', severity: 'error', count, because })
  } else if (isGood(run)) recover(failed, 'incident.closed.good-run')
  if (isWarningMuted(job, ms(run.received))) recover(warned, 'incident.closed.only-muted')
  else if (!bad && (run.result !== 'success' || run.interrupted)) {
    if (!noneGood) verdict.troubles.push({ ...base, ...warningTrouble(run, job, server, warned) })
  } else if (!bad) recover(warned, 'incident.closed.no-warnings')
  const overdue = open('overdue')
  if (overdue !== undefined && !isStillOverdue(job, server, settings, run))
    recover(overdue, bad ? 'incident.closed.ran-but-failed' : 'incident.closed.ran')
  if (!isGood(run) || !settings.anomalies) return
  const odd = anomalyTrouble(draft, job, server)
  if (odd === null) recover(open('anomaly'), 'incident.closed.usual-again')
  else verdict.troubles.push({ ...base, ...odd, cause: 'anomaly', severity: 'warning' })
}

function warningTrouble(run: Run, job: Job, server: Server, warned: Incident | undefined) {
  const nowMs = ms(run.received)
  const kinds = freshKinds(job, job.status.warned?.kinds ?? [], nowMs)
  const told = withoutMuted(job, newsFirst(run, warned?.kinds ?? []), nowMs)
  return {
    cause: 'warning',
    severity: 'warning',
    count: againOf(warned, run.no),
    because: isGood(run) ? warningBecause(job, server, told) : interruptedBecause(job, server, run),
    kinds,
  } as const
}

/** The last three runs, whatever their results said: none of them left something to restore. */
export function noGoodRunInThree(job: Pick<Job, 'status'>): boolean {
  const last = job.status.recent.slice(-WORSE_AT)
  return last.length === WORSE_AT && !last.some(isGood)
}

function againOf(open: Incident | undefined, runNo: number): number {
  if (open === undefined) return 1
  return open.runNo === runNo ? open.count : open.count + 1
}

function isStillOverdue(job: Job, server: Server, settings: MonitoringSettings, run: Run): boolean {
  const { overdueAt } = expectOrBroken(job, server, settings, new Date(run.received))
  return overdueAt !== null && ms(overdueAt) <= ms(run.received)
}

function judgeOperation(draft: Draft, run: Run, base: Base, verdict: Verdict): void {
  const open = openIncident(draft, run, 'operation')
  if (run.result === 'error' || run.result === 'fatal') {
    const count = againOf(open, run.no)
    verdict.troubles.push({
      ...base,
      cause: 'operation',
      severity: 'error',
      count,
      because: operationBecause(run),
    })
  } else if (open !== undefined && isGood(run) && open.because.values?.['operation'] === run.operation) {
    verdict.recoveries.push({ incident: open, because: 'incident.closed.operation-done' })
  }
}

function say(draft: Draft, run: Run, verdict: Verdict, settings: MonitoringSettings, now: Date): void {
  const sayings: Saying[] = []
  const held = inMaintenance(settings.windows, run, now.getTime(), settings.zone)
  for (const trouble of verdict.troubles) {
    const { incident, change } = report(draft, trouble, `inc_${run.no.toString(36)}_${trouble.cause}`)
    const unstable = change === 'opened' ? noteOpening(draft, incident, settings, run.received) : null
    if (unstable !== null && !isSnoozed(unstable.incident, now)) sayings.push(unstable)
    if (change === null || held || isSnoozed(incident, now) || isHushed(draft, incident, now)) continue
    sayings.push({ kind: change, incident })
  }
  const ended = verdict.recoveries.map(({ incident, because }) =>
    close(draft, incident, run.received, text(because)),
  )
  const alarmed = ended.filter((incident) => incident.toldAt !== null)
  const failing = sayings.find((saying) => saying.incident.cause === 'failed')
  if (failing !== undefined) {
    // It ran, and failed: one message says both.
    for (const incident of alarmed) withdrawWaiting(draft, incident)
    sayings[sayings.indexOf(failing)] = { ...failing, also: alarmed }
  } else sayings.push(...alarmed.map((incident) => ({ kind: 'closed' as const, incident })))
  for (const jobId of [run.jobId, null]) sayings.push(...steadyAgain(draft, { ...run, jobId }, held, now))
  queueSayings(draft, sayings, settings, now, run.no.toString(36))
  if (sayings.length === 0 && isBackup(run) && !held && !isOld(run)) sayRun(draft, run, settings, now)
}

/** The end of an instability; or, where it became a lasting trouble, that trouble, if nobody heard of it yet. */
function steadyAgain(draft: Draft, about: Turning, held: boolean, now: Date): readonly Saying[] {
  const steady = endUnstable(draft, about, now)
  if (steady === null) return []
  const { ended, lasting } = steady
  if (lasting.length === 0) return ended.toldAt === null ? [] : [{ kind: 'closed', incident: ended }]
  withdrawWaiting(draft, ended)
  const unheard = lasting.filter(({ toldAt }) => toldAt === null)
  return held
    ? []
    : unheard.flatMap((incident) => (isSnoozed(incident, now) ? [] : { kind: 'opened', incident }))
}

function isSnoozed(incident: Incident, now: Date): boolean {
  return incident.snoozedUntil !== null && ms(incident.snoozedUntil) > now.getTime()
}

/** Those who want every run hear of it: success as such, a repeated trouble because they asked for all. */
function sayRun(draft: Draft, run: Run, settings: MonitoringSettings, now: Date): void {
  queueRun(draft, run, 'success', settings, now)
}
