import { type MonitoringSettings, monitoringSettings } from '../../domain/monitoring-settings.ts'
import { type Subject, subjectOf } from '../../domain/override-changes.ts'
import type { Server } from '../../domain/server.ts'
import type { Text } from '../../domain/text.ts'
import { wishOf } from '../../domain/wish-of.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import { type Choice, type DayChip, dayChips } from './choices.ts'
import { channelChoices, expectChoices, inherited, NO_OVERRIDES, policyChoices } from './override-choices.ts'
import { formOf } from './override-form.ts'

/** What somebody typed and what came of it, for the page that shows it again. */
export interface Editing {
  readonly subject: Subject
  /** null for the stored values. */
  readonly form: URLSearchParams | null
  readonly faults: ReadonlyMap<string, Text>
  /** What a test said, by the name of its field. */
  readonly said: ReadonlyMap<string, Text>
}

/** The fields of one job or server as templates print them. */
export interface OverrideView {
  readonly id: string
  readonly kind: Subject['kind']
  readonly action: string
  readonly next: string
  readonly choices: Readonly<Record<string, readonly Choice[]>>
  readonly values: Readonly<Record<string, string>>
  readonly days: readonly DayChip[]
  readonly channels: readonly { readonly name: string; readonly label: string; readonly lacks: string }[]
  readonly faults: Readonly<Record<string, string>>
  readonly said: Readonly<Record<string, string>>
  readonly zone: string
}

const VALUES = [
  'days',
  'every',
  'time',
  'zone',
  'tolerance_minutes',
  'repeat_hours',
  'extra_emails',
  'extra_topic',
] as const

/** @param next where the browser goes after saving */
export function overrideView(editing: Editing, house: House, visit: Visit, next: string): OverrideView {
  const state = house.store.state()
  const { words } = visit
  const { subject } = editing
  const settings = monitoringSettings(state)
  const found = subjectOf(state, subject)
  const job = 'serverId' in found ? found : null
  const server = job === null ? (found as Server) : state.servers[job.serverId]
  const usual =
    job === null || server === undefined
      ? wishOf(NO_JOB, { overrides: found.overrides }, settings)
      : wishOf(job, server, settings)
  const form = editing.form ?? formOf(found.overrides, usual)
  const above = inherited(server ?? NO_OVERRIDES, settings, job !== null)
  const names = house.notices.channels.map((channel) => channel.name)
  const choices = {
    ...policyChoices(form, above, words),
    ...expectChoices(form, server, job !== null, words),
  }
  for (const name of names)
    choices[`channel:${name}`] = channelChoices(name, form, server, job !== null, words)
  return {
    id: subject.id,
    kind: subject.kind,
    action: visit.link(`/${subject.kind}s/${subject.id}/monitoring`),
    next,
    choices,
    values: Object.fromEntries(VALUES.map((name) => [name, form.get(name) ?? ''])),
    days: dayChips(form.getAll('weekday').map(Number), words),
    channels: house.notices.channels.map((channel) => ({
      name: channel.name,
      label: words.say(`watching.channel.${channel.name}`),
      lacks: lackOf(channel, settings, words),
    })),
    faults: inWords(editing.faults, words),
    said: inWords(editing.said, words),
    zone: settings.zone ?? house.settings.zone,
  }
}

/** What a channel still needs before it says anything; '' for nothing. */
export function lackOf(
  channel: { readonly name: string; ready(): Text | null },
  settings: MonitoringSettings,
  words: Words,
): string {
  const missing = channel.ready()
  if (missing !== null) return words.say(missing)
  const isOn = settings.channels.find((one) => one.name === channel.name)?.enabled === true
  return isOn ? '' : words.say('watching.channel.off')
}

export function inWords(texts: ReadonlyMap<string, Text>, words: Words): Record<string, string> {
  return Object.fromEntries([...texts].map(([name, said]) => [name, words.say(said)]))
}

const NO_JOB = { overrides: {}, expectation: null }
