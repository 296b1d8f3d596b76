import type { Job, NotifyOn, Override, Repeat } from './job.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Server } from './server.ts'

/** A value with the place it comes from, for pages that show inheritance. */
export interface Effective<T> {
  readonly value: T
  readonly from: 'job' | 'server' | 'default'
}

/** What can be set apart for a job or a server and has a default. */
export interface Policy {
  readonly watch: boolean
  readonly toleranceMinutes: number
  readonly notifyOn: NotifyOn
  readonly overdueNotices: boolean
  readonly recoveryNotices: boolean
  readonly repeat: Repeat
  readonly extraEmails: readonly string[]
  /** null follows `notifyOn`. */
  readonly extraEmailsOn: NotifyOn | null
  readonly extraTopic: string
  readonly extraTopicOn: NotifyOn | null
}

type Overrides = { readonly overrides: Override }

/** The value that holds for a job (`job` null: for its server as a whole), and whether it is its own. */
export function effective<K extends keyof Policy>(
  key: K,
  job: Overrides | null,
  server: Overrides,
  settings: MonitoringSettings,
): Effective<Policy[K]> {
  const own = job?.overrides[key]
  if (own !== undefined) return { value: own as Policy[K], from: 'job' }
  const inherited = server.overrides[key]
  if (inherited !== undefined) return { value: inherited as Policy[K], from: 'server' }
  return { value: (settings as Policy)[key], from: 'default' }
}

/** Whether a job uses a channel that is on. */
export function effectiveChannel(name: string, job: Overrides | null, server: Overrides): Effective<boolean> {
  const own = job?.overrides.channels?.[name]
  if (own !== undefined) return { value: own, from: 'job' }
  const inherited = server.overrides.channels?.[name]
  if (inherited !== undefined) return { value: inherited, from: 'server' }
  return { value: true, from: 'default' }
}

/** What is to be said: what a run came to, a silence, or that one of these is over. */
export interface Matter {
  readonly about: 'success' | 'warning' | 'error' | 'overdue'
  readonly recovery: boolean
}

/** One who is told: a channel, or an address or topic of it. */
export interface Receiver {
  readonly channel: string
  readonly to: string | null
}

/** Who is told of a matter of a job, or, with `job` null, of its server as a whole. */
export function receivers(
  matter: Matter,
  job: Job | null,
  server: Server,
  settings: MonitoringSettings,
): readonly Receiver[] {
  const get = <K extends keyof Policy>(key: K) => effective(key, job, server, settings).value
  if (matter.recovery && !get('recoveryNotices')) return []
  if (matter.about === 'overdue' && !get('overdueNotices')) return []
  const told: Receiver[] = []
  for (const channel of settings.channels) {
    const allowed = channel.enabled && (matter.recovery ? channel.recovery : true)
    if (!allowed) continue
    const through = matter.about === 'overdue' ? channel.overdue : wants(channel.on ?? 'all', matter.about)
    const wanted = matter.about === 'overdue' || wants(get('notifyOn'), matter.about)
    if (through && wanted && effectiveChannel(channel.name, job, server).value) {
      told.push({ channel: channel.name, to: null })
    }
    if (channel.name === 'email' && extraWants(matter, get('extraEmailsOn') ?? get('notifyOn'))) {
      told.push(...get('extraEmails').map((to) => ({ channel: 'email', to })))
    }
    if (
      channel.name === 'ntfy' &&
      get('extraTopic') !== '' &&
      extraWants(matter, get('extraTopicOn') ?? get('notifyOn'))
    ) {
      told.push({ channel: 'ntfy', to: get('extraTopic') })
    }
  }
  return told
}

function extraWants(matter: Matter, on: NotifyOn): boolean {
  return matter.about === 'overdue' ? on !== 'off' : wants(on, matter.about)
}

function wants(on: NotifyOn, about: 'success' | 'warning' | 'error'): boolean {
  if (on === 'all') return true
  if (on === 'off') return false
  return about === 'error' || (on === 'warnings' && about === 'warning')
}

/** Milliseconds between two reminders; null for never. */
export function repeatMs(repeat: Repeat): number | null {
  if (repeat === 'never') return null
  if (repeat === 'daily') return 24 * 3_600_000
  if (repeat === 'weekly') return 7 * 24 * 3_600_000
  if (repeat === 'monthly') return 30 * 24 * 3_600_000
  const hours = Number.parseInt(repeat, 10)
  return Number.isFinite(hours) && hours > 0 ? hours * 3_600_000 : null
}
