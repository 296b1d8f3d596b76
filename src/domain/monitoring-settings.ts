import type { NotifyOn, Repeat } from './job.ts'
import { type MaintenanceWindow, minutesOf, type QuietHours } from './maintenance-window.ts'
import type { State } from './state.ts'
import { isZone } from './zone.ts'

/** What a channel is told, beside what the job's own policy wants; both have to agree. */
export interface ChannelPolicy {
  /** Name as in notices: `ntfy`, `email`, `home-assistant`, `notify`. */
  readonly name: string
  readonly enabled: boolean
  /** Lets through only runs of this weight; null leaves it to the job's policy. */
  readonly on: NotifyOn | null
  readonly overdue: boolean
  readonly recovery: boolean
}

export const CHANNELS: readonly string[] = ['ntfy', 'email', 'home-assistant', 'notify']

/**
 * Monitoring and notice settings, read from `State.settings`; what is missing or broken has its default.
 *
 * | key | kind | default |
 * |---|---|---|
 * | `monitoring.watch` | boolean, whether jobs are watched where nothing else is said | true |
 * | `monitoring.tolerance_minutes` | 0 to 43 200 | 120 |
 * | `monitoring.catch_up_minutes` | 0 to 1 440, after our own downtime | 30 |
 * | `monitoring.repeat` | `never daily weekly monthly` or `Nh` | `daily` |
 * | `monitoring.zone` | zone name, null for that of the process | null |
 * | `monitoring.check_minutes` | how often the sweep looks, in minutes (read by `wiring/chores.ts`) | 1 |
 * | `monitoring.anomalies` | boolean, whether odd runs open incidents | true |
 * | `monitoring.unstable` | boolean, whether what comes and goes is told once and then no more | true |
 * | `notices.on` | `all warnings errors off` | `warnings` |
 * | `notices.overdue` | boolean | true |
 * | `notices.recovery` | boolean | true |
 * | `notices.quiet` | `{ from: 'HH:MM', to: 'HH:MM' }` or null | null |
 * | `notices.quiet_errors` | boolean, whether errors are told in quiet hours too | false |
 * | `notices.gather_seconds` | 0 to 600: how long a notice waits for others that come with it | 3 |
 * | `notices.extra_emails` | list of addresses for all jobs | [] |
 * | `notices.extra_emails_on` | as `notices.on`, null for the job's own | null |
 * | `notices.extra_topic` | ntfy topic for all jobs, '' for none | '' |
 * | `notices.extra_topic_on` | as `notices.on`, null for the job's own | null |
 * | `notices.<channel>.enabled` | boolean; channels are `ntfy email home-assistant notify` | false |
 * | `notices.<channel>.on` | as `notices.on`, null lets everything through | null |
 * | `notices.<channel>.overdue`, `.recovery` | boolean | true |
 * | `maintenance.windows` | list of MaintenanceWindow | [] |
 */
export interface MonitoringSettings {
  readonly watch: boolean
  readonly toleranceMinutes: number
  readonly catchUpMinutes: number
  readonly repeat: Repeat
  readonly zone: string | null
  readonly anomalies: boolean
  readonly unstable: boolean
  readonly notifyOn: NotifyOn
  readonly overdueNotices: boolean
  readonly recoveryNotices: boolean
  readonly quiet: QuietHours | null
  readonly quietErrors: boolean
  readonly gatherSeconds: number
  readonly extraEmails: readonly string[]
  readonly extraEmailsOn: NotifyOn | null
  readonly extraTopic: string
  readonly extraTopicOn: NotifyOn | null
  readonly channels: readonly ChannelPolicy[]
  readonly windows: readonly MaintenanceWindow[]
}

const read = new WeakMap<State['settings'], MonitoringSettings>()

/** The settings of a state; the same object as long as the settings are the same. */
export function monitoringSettings(state: Pick<State, 'settings'>): MonitoringSettings {
  const known = read.get(state.settings)
  if (known !== undefined) return known
  const settings = settingsFrom(state.settings)
  read.set(state.settings, settings)
  return settings
}

function settingsFrom(stored: State['settings']): MonitoringSettings {
  const value = (key: string): unknown => (Object.hasOwn(stored, key) ? stored[key] : undefined)
  return {
    watch: flag(value('monitoring.watch'), true),
    toleranceMinutes: within(value('monitoring.tolerance_minutes'), 0, 43_200, 120),
    catchUpMinutes: within(value('monitoring.catch_up_minutes'), 0, 1_440, 30),
    repeat: repeatFrom(value('monitoring.repeat')) ?? 'daily',
    zone: zoneFrom(value('monitoring.zone')),
    anomalies: flag(value('monitoring.anomalies'), true),
    unstable: flag(value('monitoring.unstable'), true),
    notifyOn: notifyOnFrom(value('notices.on')) ?? 'warnings',
    overdueNotices: flag(value('notices.overdue'), true),
    recoveryNotices: flag(value('notices.recovery'), true),
    quiet: quietFrom(value('notices.quiet')),
    quietErrors: flag(value('notices.quiet_errors'), false),
    gatherSeconds: within(value('notices.gather_seconds'), 0, 600, 3),
    extraEmails: texts(value('notices.extra_emails')),
    extraEmailsOn: notifyOnFrom(value('notices.extra_emails_on')),
    extraTopic: text(value('notices.extra_topic')),
    extraTopicOn: notifyOnFrom(value('notices.extra_topic_on')),
    channels: CHANNELS.map((name) => ({
      name,
      enabled: flag(value(`notices.${name}.enabled`), false),
      on: notifyOnFrom(value(`notices.${name}.on`)),
      overdue: flag(value(`notices.${name}.overdue`), true),
      recovery: flag(value(`notices.${name}.recovery`), true),
    })),
    windows: list(value('maintenance.windows')).flatMap((item) => windowFrom(item) ?? []),
  }
}

/** `never`, `daily`, `weekly`, `monthly` or hours such as `6h`; null for anything else. */
export function repeatFrom(value: unknown): Repeat | null {
  if (value === 'never' || value === 'daily' || value === 'weekly' || value === 'monthly') return value
  const match = typeof value === 'string' ? /^([1-9]\d{0,3})h$/.exec(value) : null
  return match === null ? null : `${Number(match[1])}h`
}

export function notifyOnFrom(value: unknown): NotifyOn | null {
  return value === 'all' || value === 'warnings' || value === 'errors' || value === 'off' ? value : null
}

/** A maintenance window as stored or as a form gives it; null where something in it is wrong. */
export function windowFrom(value: unknown): MaintenanceWindow | null {
  if (typeof value !== 'object' || value === null) return null
  const item = value as Record<string, unknown>
  if (typeof item['id'] !== 'string') return null
  const from = text(item['from'])
  const to = text(item['to'])
  const subject = {
    id: item['id'],
    name: text(item['name']),
    serverId: id(item['serverId']),
    jobId: id(item['jobId']),
  }
  if (item['kind'] === 'once') {
    const ordered = Date.parse(from) < Date.parse(to)
    return ordered ? { ...subject, kind: 'once', from, to } : null
  }
  if (item['kind'] !== 'weekly' || minutesOf(from) === null || minutesOf(to) === null) return null
  const weekdays = list(item['weekdays']).filter((day) => isWeekday(day))
  return { ...subject, kind: 'weekly', weekdays, from, to, zone: zoneFrom(item['zone']) }
}

function isWeekday(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 6
}

function quietFrom(value: unknown): QuietHours | null {
  if (typeof value !== 'object' || value === null) return null
  const { from, to } = value as Record<string, unknown>
  if (typeof from !== 'string' || typeof to !== 'string' || from === to) return null
  return minutesOf(from) === null || minutesOf(to) === null ? null : { from, to }
}

function zoneFrom(value: unknown): string | null {
  return typeof value === 'string' && isZone(value) ? value : null
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function id(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function texts(value: unknown): readonly string[] {
  return list(value).flatMap((item) => (typeof item === 'string' && item !== '' ? item : []))
}
