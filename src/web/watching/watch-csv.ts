import type { Context } from 'koa'
import type { Job } from '../../domain/job.ts'
import { jobState } from '../../domain/job-state.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import { ms } from '../../domain/moment.ts'
import { type MonitoringSettings, monitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective } from '../../domain/notice-policy.ts'
import { type Server, serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { wishOf } from '../../domain/wish-of.ts'
import { wallOf, weekdayOf } from '../../domain/zone.ts'
import { sendCsv } from '../csv.ts'
import type { Visit } from '../visit.ts'

/** The columns of the reference product's `backup-monitoring-….csv` in its order, then ours. */
const COLUMNS = [
  'generated',
  'server',
  'server-id',
  'backup',
  'last-known',
  'last-known-day',
  'last',
  'next',
  'next-day',
  'attention',
  'watched',
  'interval',
  'weekdays',
  'job-id',
  'time',
  'rhythm',
  'source',
  'why',
  'overdue-from',
  'tolerance',
  'notify-on',
] as const

/** Answers with one line a job. Moments are ISO in UTC, weekdays those of the monitoring zone. */
export function sendWatchCsv(ctx: Context, state: State, visit: Visit): void {
  const settings = monitoringSettings(state)
  const servers = Object.values(state.servers).filter((server) => server.archivedAt === null)
  const rows = servers.flatMap((server) =>
    jobsOf(state, server.id)
      .filter((job) => job.archivedAt === null)
      .map((job) => rowOf(job, server, state, settings, visit)),
  )
  const name = `backup-monitoring-${visit.now.toISOString().slice(0, 10)}.csv`
  const captions = COLUMNS.map((column) => visit.words.say(`watching.csv.${column}`))
  sendCsv(ctx, name, captions, rows)
}

function rowOf(
  job: Job,
  server: Server,
  state: State,
  settings: MonitoringSettings,
  { words, now }: Visit,
): string[] {
  const { expectation } = job
  const last = job.status.lastRun?.at ?? ''
  const due = expectation?.dueAt ?? ''
  const set = job.overrides.expect ?? server.overrides.expect
  const wish = wishOf(job, server, settings)
  const interval = set?.kind === 'manual' ? '' : set?.kind === 'within' ? `${set.days}D` : wish.interval
  const days = wish.weekdays.length === 0 ? [1, 2, 3, 4, 5, 6, 0] : wish.weekdays
  const { state: standing } = jobState(job, server, state, now)
  const yesNo = (value: boolean) => words.say(value ? 'page.yes' : 'page.no')
  const weekday = (at: string) =>
    at === '' ? '' : words.weekdays([weekdayOf(wallOf(ms(at), settings.zone))])
  return [
    now.toISOString(),
    serverName(server),
    server.machineId ?? server.id,
    job.name,
    last,
    weekday(last),
    last,
    due,
    weekday(due),
    yesNo(standing === 'overdue' || standing === 'failed'),
    yesNo(effective('watch', job, server, settings).value),
    interval,
    days.map((day) => words.weekdays([day])).join('; '),
    job.id,
    wish.timeOfDay ?? '',
    expectation?.rhythm == null ? '' : words.say(expectation.rhythm),
    words.say(`watching.source.${expectation?.source ?? 'none'}`),
    words.say(expectation?.because ?? { key: 'because.never-ran' }),
    expectation?.overdueAt ?? '',
    String(effective('toleranceMinutes', job, server, settings).value),
    effective('notifyOn', job, server, settings).value,
  ]
}
