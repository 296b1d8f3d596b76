import type { Job } from '../../domain/job.ts'
import { jobState } from '../../domain/job-state.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import { type MonitoringSettings, monitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective, type Policy } from '../../domain/notice-policy.ts'
import { type Server, serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { expectedWeekdays } from '../../domain/wish-of.ts'
import { serverFind } from '../job-line.ts'
import { shapeOfState } from '../shape-of.ts'
import { compare } from '../sort-jobs.ts'
import type { Visit } from '../visit.ts'
import { type DayChip, dayChips, notifyText, toleranceText, yesNo } from './choices.ts'

/** A value with the place it comes from: `own`, `server` or '' for the default. */
export interface Sourced {
  readonly value: string
  readonly from: '' | 'own' | 'server'
  readonly note: string
}

export interface WatchLine {
  readonly id: string
  readonly name: string
  readonly href: string
  readonly find: string
  readonly shape: ReturnType<typeof shapeOfState>
  readonly rhythm: string
  readonly source: string
  readonly because: string
  readonly dueAt: string
  readonly due: string
  readonly isOverdue: boolean
  readonly lastRun: string
  /** null where the rhythm knows no weekdays. */
  readonly days: readonly DayChip[] | null
  readonly daysLabel: string
  readonly tolerance: Sourced
  readonly notifyOn: Sourced
  readonly watch: Sourced
  readonly isWatched: boolean
}

export interface WatchGroup {
  readonly id: string
  readonly name: string
  readonly href: string
  readonly find: string
  readonly lines: readonly WatchLine[]
  /** What the server sets for its jobs, in words. */
  readonly own: readonly string[]
  readonly pausedUntil: string
}

/** All jobs that are not archived, grouped by server, by name. */
export function watchGroups(state: State, visit: Visit): WatchGroup[] {
  const settings = monitoringSettings(state)
  const { words } = visit
  return Object.values(state.servers)
    .filter((server) => server.archivedAt === null)
    .sort((one, other) => compare(serverName(one), serverName(other), false))
    .map((server) => ({
      id: server.id,
      name: serverName(server),
      href: visit.link(`/servers/${server.id}`),
      find: serverFind(server),
      lines: jobsOf(state, server.id)
        .filter((job) => job.archivedAt === null)
        .sort((one, other) => compare(one.name, other.name, false))
        .map((job) => watchLine(job, server, state, visit)),
      own: serverDefaults(server, settings, visit),
      pausedUntil: pausedText(server, visit),
    }))
    .filter((group) => group.lines.length > 0)

  function pausedText(server: Server, { now }: Visit): string {
    const until = server.pausedUntil
    if (until === null || (until !== 'forever' && Date.parse(until) <= now.getTime())) return ''
    return until === 'forever'
      ? words.say('because.server-paused')
      : words.say('because.server-paused-until', { until: { at: until, as: 'moment' } })
  }
}

function watchLine(job: Job, server: Server, state: State, visit: Visit): WatchLine {
  const settings = monitoringSettings(state)
  const { words, now } = visit
  const { expectation } = job
  const weekdays = expectedWeekdays(expectation)
  const dueAt = expectation?.dueAt ?? ''
  const watch = effective('watch', job, server, settings)
  const standing = jobState(job, server, state, now)
  return {
    id: job.id,
    name: job.name,
    href: visit.link(`/jobs/${job.id}`),
    find: [job.name, job.note, ...job.tags].join(' ').slice(0, 300),
    shape: shapeOfState(standing.state, words),
    rhythm: words.say(expectation?.rhythm ?? { key: `watching.rhythm.${expectation?.source ?? 'none'}` }),
    source: words.say(`watching.source.${expectation?.source ?? 'none'}`),
    because: words.say(expectation?.because ?? { key: 'because.never-ran' }),
    dueAt,
    due: dueAt === '' ? '' : words.moment(dueAt),
    isOverdue: standing.state === 'overdue' || standing.state === 'late',
    lastRun: job.status.lastRun === null ? words.say('page.never') : words.moment(job.status.lastRun.at),
    days: weekdays === null ? null : dayChips(weekdays, words),
    daysLabel: weekdays === null ? '' : words.weekdays(weekdays),
    tolerance: sourced('toleranceMinutes', job, server, settings, visit, (value) =>
      toleranceText(value, words),
    ),
    notifyOn: sourced('notifyOn', job, server, settings, visit, (value) => notifyText(value, words)),
    watch: sourced('watch', job, server, settings, visit, (value) => yesNo(value, words)),
    isWatched: watch.value,
  }
}

export function sourced<K extends keyof Policy>(
  key: K,
  job: Job | null,
  server: Server,
  settings: MonitoringSettings,
  { words }: Visit,
  write: (value: Policy[K]) => string,
): Sourced {
  const { value, from } = effective(key, job, server, settings)
  const place = from === 'default' ? '' : from === 'job' ? 'own' : 'server'
  return { value: write(value), from: place, note: place === '' ? '' : words.say(`watching.from.${place}`) }
}

/** "tolerance 4 h", "tell about errors": what a server sets apart for its jobs. */
function serverDefaults(server: Server, settings: MonitoringSettings, visit: Visit): string[] {
  const { words } = visit
  const { overrides } = server
  const said = <K extends keyof Policy>(key: K, write: (value: Policy[K]) => string) =>
    Object.hasOwn(overrides, key)
      ? [
          words.say(`watching.server.${key}`, {
            value: write(effective(key, null, server, settings).value),
          }),
        ]
      : []
  return [
    ...said('watch', (value) => yesNo(value, words)),
    ...(overrides.expect === undefined ? [] : [words.say('watching.server.expect')]),
    ...said('toleranceMinutes', (value) => toleranceText(value, words)),
    ...said('notifyOn', (value) => notifyText(value, words)),
  ]
}
