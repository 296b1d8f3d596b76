import type { Override } from '../../domain/job.ts'
import { type MonitoringSettings, monitoringSettings } from '../../domain/monitoring-settings.ts'
import { type Effective, effective, effectiveChannel, type Policy } from '../../domain/notice-policy.ts'
import { type Subject, subjectOf } from '../../domain/override-changes.ts'
import type { Server } from '../../domain/server.ts'
import type { Text } from '../../domain/text.ts'
import { wishOf } from '../../domain/wish-of.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import {
  type Choice,
  choicesOf,
  type DayChip,
  dayChips,
  NOTIFY_ON,
  notifyText,
  REPEATS,
  repeatText,
  TOLERANCES,
  toleranceText,
  UNITS,
  yesNo,
} from './choices.ts'
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

type Above = <K extends keyof Policy>(key: K) => Effective<Policy[K]>
const NO_OVERRIDES: { readonly overrides: Override } = { overrides: {} }
const NO_JOB = { overrides: {}, expectation: null } as unknown as Parameters<typeof wishOf>[0]

/** What holds where nothing of its own is set: for a job its server's value, for a server the default. */
function inherited(
  server: { readonly overrides: Override },
  settings: MonitoringSettings,
  isJob: boolean,
): Above {
  return (key) => effective(key, NO_OVERRIDES, isJob ? server : NO_OVERRIDES, settings)
}

function policyChoices(form: URLSearchParams, above: Above, words: Words): Record<string, readonly Choice[]> {
  const select = <K extends keyof Policy>(
    name: string,
    key: K,
    write: (value: Policy[K]) => string,
    values: readonly string[],
    label: (value: string) => string,
  ) => {
    const { value, from } = above(key)
    const inherit = words.say(`watching.inherit.${from}`, { value: write(value) })
    return choicesOf(['', ...values], form.get(name) ?? '', (one) => (one === '' ? inherit : label(one)))
  }
  const flag = (name: string, key: 'watch' | 'overdueNotices' | 'recoveryNotices') =>
    select(
      name,
      key,
      (value) => yesNo(value, words),
      ['on', 'off'],
      (one) => yesNo(one === 'on', words),
    )
  const on = (name: string, key: 'notifyOn' | 'extraEmailsOn' | 'extraTopicOn') =>
    select(
      name,
      key,
      (value) => notifyText(value, words),
      NOTIFY_ON,
      (one) => words.say(`page.notify-on.${one}`),
    )
  const tolerances = [...TOLERANCES.map(String), 'other']
  const own = (value: string) => words.say(`watching.own.${value}`)
  return {
    watch: flag('watch', 'watch'),
    overdue_notices: flag('overdue_notices', 'overdueNotices'),
    recovery_notices: flag('recovery_notices', 'recoveryNotices'),
    notify_on: on('notify_on', 'notifyOn'),
    emails_on: on('emails_on', 'extraEmailsOn'),
    topic_on: on('topic_on', 'extraTopicOn'),
    tolerance: select(
      'tolerance',
      'toleranceMinutes',
      (value) => toleranceText(value, words),
      tolerances,
      (one) => (one === 'other' ? words.say('watching.other') : toleranceText(Number(one), words)),
    ),
    repeat: select(
      'repeat',
      'repeat',
      (value) => repeatText(value, words),
      [...REPEATS, 'hours'],
      (one) => (one === 'hours' ? words.say('watching.every-hours') : repeatText(one, words)),
    ),
    emails: select('emails', 'extraEmails', (value) => listText(value, words), ['own'], own),
    topic: select('topic', 'extraTopic', (value) => value || words.say('watching.none'), ['own'], own),
  }
}

function listText(values: readonly string[], words: Words): string {
  return values.length === 0 ? words.say('watching.none') : words.list([...values])
}

function expectChoices(
  form: URLSearchParams,
  server: { readonly overrides: Override } | undefined,
  isJob: boolean,
  words: Words,
): Record<string, readonly Choice[]> {
  const hasServers = isJob && server?.overrides.expect !== undefined
  const inherit = words.say(hasServers ? 'watching.expect.as-server' : 'watching.expect.automatic')
  const kinds = ['', 'interval', 'within', 'manual']
  return {
    expect: choicesOf(kinds, form.get('expect') ?? '', (kind) =>
      kind === '' ? inherit : words.say(`watching.expect.${kind}`),
    ),
    unit: choicesOf(UNITS, form.get('unit') ?? 'D', (unit) => words.say(`watching.unit.${unit}`)),
  }
}

function channelChoices(
  name: string,
  form: URLSearchParams,
  server: { readonly overrides: Override } | undefined,
  isJob: boolean,
  words: Words,
): Choice[] {
  const above = effectiveChannel(name, null, isJob ? (server ?? NO_OVERRIDES) : NO_OVERRIDES)
  const inherit = words.say(`watching.inherit.${above.from}`, { value: yesNo(above.value, words) })
  return choicesOf(['', 'on', 'off'], form.get(`channel:${name}`) ?? '', (one) =>
    one === '' ? inherit : yesNo(one === 'on', words),
  )
}
