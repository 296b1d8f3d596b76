import type { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import { close, openIncident, report } from './incident-changes.ts'
import type { Job } from './job.ts'
import { jobsOf } from './jobs-of.ts'
import { DAY, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { pauseOf } from './pausing.ts'
import { type Server, serverName } from './server.ts'
import { text } from './text.ts'
import { noteOpening } from './unstable.ts'
import { withdrawWaiting } from './waiting-notices.ts'

/**
 * Whole servers that are silent: two or more of their jobs, or the last of them all, fell overdue without one
 * report since. One incident of the server takes in those of its jobs, and later ones that join. It stays, with
 * fewer jobs, while these come back one after another. Returns the jobs inside one; closed ones go to `ended`.
 */
export function silentServers(
  draft: Draft,
  overdue: readonly Job[],
  settings: MonitoringSettings,
  now: Date,
  ended: Incident[],
): ReadonlySet<string> {
  const inside = new Set<string>()
  const byServer = grouped(overdue)
  for (const incident of draft.incidents()) {
    if (incident.cause === 'server-silent' && !byServer.has(incident.serverId))
      byServer.set(incident.serverId, [])
  }
  for (const [serverId, jobs] of byServer) {
    const server = draft.server(serverId)
    const open = openIncident(draft, { serverId, jobId: null }, 'server-silent')
    if (server === undefined) continue
    const members =
      open === undefined
        ? newSilence(server, jobs, expectedJobs(draft, server, settings, now))
        : stillSilent(server, open, jobs, now)
    if (members.length === 0) {
      if (open !== undefined) ended.push(...endSilence(draft, server, open, settings, now))
      continue
    }
    for (const job of members) inside.add(job.id)
    takeIn(draft, server, members, { open, settings, now })
  }
  return inside
}

/** How many jobs of a server are watched and have a run to expect. */
function expectedJobs(draft: Draft, server: Server, settings: MonitoringSettings, now: Date): number {
  const due = (job: Job) => draft.job(job.id)?.expectation?.dueAt != null
  return jobsOf(draft.base, server.id).filter(
    (job) => due(job) && pauseOf(job, server, settings, now.getTime()) === null,
  ).length
}

function grouped(jobs: readonly Job[]): Map<string, Job[]> {
  const groups = new Map<string, Job[]>()
  for (const job of jobs) groups.set(job.serverId, [...(groups.get(job.serverId) ?? []), job])
  return groups
}

/** What was paused on purpose ends without a word. */
function endSilence(
  draft: Draft,
  server: Server,
  open: Incident,
  settings: MonitoringSettings,
  now: Date,
): readonly Incident[] {
  const at = now.toISOString()
  const jobs = open.jobIds.flatMap((id) => draft.job(id) ?? [])
  if (jobs.every((job) => pauseOf(job, server, settings, now.getTime()) !== null)) {
    withdrawWaiting(draft, open)
    close(draft, open, at, text('incident.closed.paused'))
    return []
  }
  const back = server.lastReportAt !== null && ms(server.lastReportAt) > ms(open.openedAt)
  return [
    close(draft, open, at, text(back ? 'incident.closed.reports-again' : 'incident.closed.not-expected')),
  ]
}

function newSilence(server: Server, jobs: readonly Job[], expected: number): readonly Job[] {
  const heard = server.lastReportAt === null ? Number.NEGATIVE_INFINITY : ms(server.lastReportAt)
  const since = jobs.filter((job) => ms(job.expectation?.dueAt ?? '') > heard)
  if (since.length > 0 && jobs.length > 1 && jobs.length === expected) return jobs
  return since.length < 2 ? [] : since
}

/** A server that came back has a day for all its jobs to follow; what is overdue then is so on its own account. */
function stillSilent(server: Server, open: Incident, jobs: readonly Job[], now: Date): readonly Job[] {
  const heard = server.lastReportAt === null ? Number.NEGATIVE_INFINITY : ms(server.lastReportAt)
  const back = heard > ms(open.openedAt)
  return back && now.getTime() - heard > DAY ? [] : jobs
}

function takeIn(
  draft: Draft,
  server: Server,
  members: readonly Job[],
  { open, settings, now }: { open: Incident | undefined; settings: MonitoringSettings; now: Date },
): void {
  const jobIds = members.map((job) => job.id).sort()
  if (open !== undefined && jobIds.join() === open.jobIds.join()) return
  const at = now.toISOString()
  absorb(draft, members, at)
  const { incident, change } = report(
    draft,
    {
      serverId: server.id,
      jobId: null,
      cause: 'server-silent',
      severity: 'error',
      at,
      runNo: null,
      count: jobIds.length,
      jobIds,
      because: silentBecause(server, members),
    },
    `inc_${now.getTime().toString(36)}_${server.id}`,
  )
  if (change === 'opened') noteOpening(draft, incident, settings, at)
}

/** Overdue incidents of the jobs end without a word: the server's incident speaks for them. */
function absorb(draft: Draft, members: readonly Job[], at: string): void {
  for (const job of members) {
    const own = openIncident(draft, { serverId: job.serverId, jobId: job.id }, 'overdue')
    if (own === undefined) continue
    withdrawWaiting(draft, own)
    close(draft, own, at, text('incident.closed.server-silent'))
  }
}

function silentBecause(server: Server, members: readonly Job[]) {
  const values = { server: serverName(server), jobs: members.length, names: namesOf(members) }
  if (server.lastReportAt === null) return text('incident.server-silent.never', values)
  return text('incident.server-silent', { ...values, last: { at: server.lastReportAt, as: 'moment' } })
}

function namesOf(members: readonly Job[]): string {
  const names = members.map((job) => job.name).sort()
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')}, …`
}
