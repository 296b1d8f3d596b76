import type { Job } from '../../domain/job.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import { type MonitoringSettings, monitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective, effectiveChannel } from '../../domain/notice-policy.ts'
import { type Server, serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { serverFind } from '../job-line.ts'
import { compare } from '../sort-jobs.ts'
import type { Visit } from '../visit.ts'
import { notifyText, repeatText, yesNo } from './choices.ts'
import { type Sourced, sourced } from './watch-lines.ts'

/** Who is told of one job, or with `id` of a server what it sets for its jobs. */
export interface NoticeLine {
  readonly id: string
  readonly name: string
  readonly href: string
  readonly find: string
  readonly notifyOn: Sourced
  readonly overdue: Sourced
  readonly recovery: Sourced
  readonly repeat: Sourced
  readonly channels: readonly (Sourced & {
    readonly name: string
    readonly label: string
    readonly isOn: boolean
  })[]
  readonly emails: Sourced
  readonly emailsOn: string
  readonly topic: Sourced
  readonly topicOn: string
}

export interface NoticeGroup {
  readonly id: string
  readonly name: string
  readonly href: string
  readonly find: string
  /** What holds for the server as a whole. */
  readonly server: NoticeLine
  readonly lines: readonly NoticeLine[]
  readonly own: readonly string[]
  readonly pausedUntil: string
}

/** All jobs that are not archived, grouped by server, with the channels of this installation. */
export function noticeGroups(state: State, channels: readonly string[], visit: Visit): NoticeGroup[] {
  return Object.values(state.servers)
    .filter((server) => server.archivedAt === null)
    .sort((one, other) => compare(serverName(one), serverName(other), false))
    .map((server) => ({
      id: server.id,
      name: serverName(server),
      href: visit.link(`/servers/${server.id}`),
      find: serverFind(server),
      server: noticeLine(null, server, state, channels, visit),
      own: [],
      pausedUntil: '',
      lines: jobsOf(state, server.id)
        .filter((job) => job.archivedAt === null)
        .sort((one, other) => compare(one.name, other.name, false))
        .map((job) => noticeLine(job, server, state, channels, visit)),
    }))
    .filter((group) => group.lines.length > 0)
}

function noticeLine(
  job: Job | null,
  server: Server,
  state: State,
  channels: readonly string[],
  visit: Visit,
): NoticeLine {
  const settings = monitoringSettings(state)
  const { words } = visit
  const none = words.say('watching.none')
  const flag = (key: 'overdueNotices' | 'recoveryNotices') =>
    sourced(key, job, server, settings, visit, (value) => yesNo(value, words))
  return {
    id: job?.id ?? server.id,
    name: job?.name ?? serverName(server),
    href: job === null ? visit.link(`/servers/${server.id}`) : visit.link(`/jobs/${job.id}`),
    find: job === null ? '' : [job.name, job.note, ...job.tags].join(' ').slice(0, 300),
    notifyOn: sourced('notifyOn', job, server, settings, visit, (value) => notifyText(value, words)),
    overdue: flag('overdueNotices'),
    recovery: flag('recoveryNotices'),
    repeat: sourced('repeat', job, server, settings, visit, (value) => repeatText(value, words)),
    channels: channels.map((name) => channelOf(name, job, server, visit)),
    emails: sourced('extraEmails', job, server, settings, visit, (value) =>
      value.length === 0 ? none : words.list([...value]),
    ),
    emailsOn: onText('extraEmailsOn', job, server, settings, visit),
    topic: sourced('extraTopic', job, server, settings, visit, (value) => value || none),
    topicOn: onText('extraTopicOn', job, server, settings, visit),
  }
}

/** "errors"; '' where it follows what the job wants. */
function onText(
  key: 'extraEmailsOn' | 'extraTopicOn',
  job: Job | null,
  server: Server,
  settings: MonitoringSettings,
  { words }: Visit,
): string {
  const { value } = effective(key, job, server, settings)
  return value === null ? '' : notifyText(value, words)
}

function channelOf(name: string, job: Job | null, server: Server, { words }: Visit) {
  const { value, from } = effectiveChannel(name, job, server)
  const place = from === 'default' ? ('' as const) : from === 'job' ? ('own' as const) : ('server' as const)
  return {
    name,
    label: words.say(`watching.channel.${name}`),
    isOn: value,
    value: yesNo(value, words),
    from: place,
    note: place === '' ? '' : words.say(`watching.from.${place}`),
  }
}
