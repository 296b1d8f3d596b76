import { type AttentionItem, attentionOf } from './attention.ts'
import { addSeries, dailySeries, SERIES_DAYS } from './daily-series.ts'
import type { History } from './history.ts'
import { JOB_STATES, type Job, type JobState } from './job.ts'
import type { JobRow } from './job-row.ts'
import { lastKnown } from './last-known.ts'
import { type MonitoringSettings, monitoringSettings } from './monitoring-settings.ts'
import { type Server, serverName } from './server.ts'
import { type ServerRow, serverRows } from './server-rows.ts'
import { worstOf } from './server-state.ts'
import type { State } from './state.ts'
import { type Text, text } from './text.ts'

/** A sum over all jobs as it stands, and 30 days of it, oldest first, where there is a line to draw. */
export interface Total {
  readonly now: number
  readonly days: readonly number[]
}

/** What the first screen says. Archived servers and jobs are left out. */
export interface Overview {
  /** Are we safe? */
  readonly sentence: Text
  /** How many are well, and the last sign of life. */
  readonly detail: Text
  readonly worst: JobState
  readonly jobs: number
  /** Jobs about which nothing needs doing. */
  readonly healthy: number
  readonly counts: Readonly<Record<JobState, number>>
  readonly attention: readonly AttentionItem[]
  readonly totals: {
    readonly servers: number
    readonly jobs: number
    readonly runs: number
    readonly sourceBytes: Total
    readonly storedBytes: Total
    /** Of the last 30 days. */
    readonly uploadedBytes: Total
  }
  /** By name, each with its jobs by name. */
  readonly servers: readonly ServerRow[]
  readonly lastReport: { readonly at: string; readonly server: Server } | null
}

/** The first screen, from memory only. */
export function overview(state: State, history: History, now: Date): Overview {
  const settings = monitoringSettings(state)
  const servers = serverRows(state, now)
  const rows = servers.flatMap((server) => server.jobs)
  const attention = attentionOf(state, servers)
  const troubled = new Set(attention.flatMap((item) => item.jobIds))
  const counts = countsOf(rows)
  const lastReport = newestReport(servers)
  const healthy = rows.filter((row) => !troubled.has(row.job.id)).length
  return {
    ...said(rows.length, rows.length - healthy, attention.length, lastReport),
    worst: worstOf(rows.map((row) => row.standing.state)),
    jobs: rows.length,
    healthy,
    counts,
    attention,
    totals: {
      servers: servers.length,
      jobs: rows.length,
      runs: history.size,
      ...sums(rows, history, settings, now),
    },
    servers,
    lastReport,
  }
}

function countsOf(rows: readonly JobRow[]): Record<JobState, number> {
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number>
  for (const row of rows) counts[row.standing.state] += 1
  return counts
}

function newestReport(servers: readonly ServerRow[]): Overview['lastReport'] {
  let newest: Overview['lastReport'] = null
  for (const { server } of servers) {
    const at = server.lastReportAt
    if (at !== null && (newest === null || at > newest.at)) newest = { at, server }
  }
  return newest
}

function said(jobs: number, troubled: number, attention: number, last: Overview['lastReport']) {
  if (jobs === 0)
    return { sentence: text('overview.nothing-yet'), detail: text('overview.nothing-yet.detail') }
  const sentence =
    attention === 0
      ? text('overview.all-well', { jobs })
      : troubled === 0
        ? text('overview.question', { count: attention })
        : text('overview.attention', { count: troubled })
  const healthy = jobs - troubled
  const detail =
    last === null
      ? text('overview.detail.no-report', { healthy, troubled })
      : text('overview.detail', {
          healthy,
          troubled,
          at: { at: last.at, as: 'relative' },
          server: serverName(last.server),
        })
  return { sentence, detail }
}

function sums(rows: readonly JobRow[], history: History, settings: MonitoringSettings, now: Date) {
  const source = zeroes()
  const stored = zeroes()
  const uploaded = zeroes()
  for (const { job } of rows) {
    const series = dailySeries(job, history, now, settings.zone)
    addSeries(source, series.source)
    addSeries(stored, series.stored)
    addSeries(uploaded, series.uploaded)
  }
  return {
    sourceBytes: { now: sumOf(rows, 'sourceBytes'), days: source },
    storedBytes: { now: sumOf(rows, 'storedBytes'), days: stored },
    uploadedBytes: { now: uploaded.reduce((sum, day) => sum + day, 0), days: uploaded },
  }
}

function zeroes(): number[] {
  return Array.from({ length: SERIES_DAYS }, () => 0)
}

function sumOf(rows: readonly { readonly job: Job }[], figure: 'sourceBytes' | 'storedBytes'): number {
  return rows.reduce((sum, { job }) => sum + (lastKnown(job, figure) ?? 0), 0)
}
