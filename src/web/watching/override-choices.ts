import type { Override } from '../../domain/job.ts'
import type { MonitoringSettings } from '../../domain/monitoring-settings.ts'
import { type Effective, effective, effectiveChannel, type Policy } from '../../domain/notice-policy.ts'
import type { Words } from '../../domain/words.ts'
import {
  type Choice,
  choicesOf,
  NOTIFY_ON,
  notifyText,
  REPEATS,
  repeatText,
  TOLERANCES,
  toleranceText,
  UNITS,
  yesNo,
} from './choices.ts'

export type Above = <K extends keyof Policy>(key: K) => Effective<Policy[K]>
/** Of something that sets nothing apart. */
export const NO_OVERRIDES: { readonly overrides: Override } = { overrides: {} }

/** What holds where nothing of its own is set: for a job its server's value, for a server the default. */
export function inherited(
  server: { readonly overrides: Override },
  settings: MonitoringSettings,
  isJob: boolean,
): Above {
  return (key) => effective(key, NO_OVERRIDES, isJob ? server : NO_OVERRIDES, settings)
}

/** Choices of what has a default; the first inherits and says what. */
export function policyChoices(
  form: URLSearchParams,
  above: Above,
  words: Words,
): Record<string, readonly Choice[]> {
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

/** Choices of how a run is expected. */
export function expectChoices(
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

/** Whether a channel is used. */
export function channelChoices(
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
