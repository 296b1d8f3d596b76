import type { Override } from '../../domain/job.ts'
import { CHANNELS, notifyOnFrom, repeatFrom } from '../../domain/monitoring-settings.ts'
import type { OverrideChange } from '../../domain/override-changes.ts'
import { type Text, text } from '../../domain/text.ts'
import type { IntervalWish } from '../../domain/wish-of.ts'
import { MOST_TOLERANCE, REPEATS, TOLERANCES } from './choices.ts'
import { type Faults, readExpect, writeExpect } from './expect-form.ts'

/** What is wrong with an address or a topic; null for nothing. */
export interface Checks {
  addressFault(value: string): Text | null
  topicFault(value: string): Text | null
}

export interface OverrideReading {
  readonly change: OverrideChange
  readonly faults: ReadonlyMap<string, Text>
}

/** What is set apart, as the values of a form; '' inherits. An interval begins as `usual`. */
export function formOf(override: Override, usual: IntervalWish | null): URLSearchParams {
  const form = new URLSearchParams()
  const flag = (value: boolean | undefined) => (value === undefined ? '' : value ? 'on' : 'off')
  form.set('watch', flag(override.watch))
  writeExpect(form, override.expect ?? null, usual)
  writeTolerance(form, override.toleranceMinutes ?? null)
  form.set('notify_on', override.notifyOn ?? '')
  form.set('overdue_notices', flag(override.overdueNotices))
  form.set('recovery_notices', flag(override.recoveryNotices))
  writeRepeat(form, override.repeat ?? null)
  for (const name of CHANNELS) form.set(`channel:${name}`, flag(override.channels?.[name]))
  form.set('emails', override.extraEmails === undefined ? '' : 'own')
  form.set('extra_emails', (override.extraEmails ?? []).join('\n'))
  form.set('emails_on', override.extraEmailsOn ?? '')
  form.set('topic', override.extraTopic === undefined ? '' : 'own')
  form.set('extra_topic', override.extraTopic ?? '')
  form.set('topic_on', override.extraTopicOn ?? '')
  return form
}

/** A choice of the list, or any other number of minutes; null chooses nothing. */
export function writeTolerance(form: URLSearchParams, minutes: number | null): void {
  const isListed = minutes !== null && TOLERANCES.includes(minutes)
  form.set('tolerance', minutes === null ? '' : isListed ? String(minutes) : 'other')
  form.set('tolerance_minutes', minutes === null ? '' : String(minutes))
}

export function writeRepeat(form: URLSearchParams, repeat: string | null): void {
  const hours = /^(\d+)h$/.exec(repeat ?? '')?.[1]
  form.set('repeat', hours === undefined ? (repeat ?? '') : 'hours')
  form.set('repeat_hours', hours ?? '6')
}

/** Reads what a form changes. A field that the form does not have stays as it is. */
export function readOverrides(form: URLSearchParams, checks: Checks): OverrideReading {
  const faults: Faults = new Map()
  const change: Record<string, unknown> = {}
  const put = (key: keyof Override, value: unknown) => {
    if (value !== undefined) change[key] = value
  }
  put('watch', readFlag(form, 'watch', faults))
  put('expect', readExpect(form, faults))
  put('toleranceMinutes', readTolerance(form, faults))
  put('notifyOn', readOn(form, 'notify_on', faults))
  put('overdueNotices', readFlag(form, 'overdue_notices', faults))
  put('recoveryNotices', readFlag(form, 'recovery_notices', faults))
  put('repeat', readRepeat(form, faults))
  const channels = readChannels(form, faults)
  if (channels !== null) change['channels'] = channels
  put(
    'extraEmails',
    readOwn(form, 'emails', () => readAddresses(form, faults, checks)),
  )
  put('extraEmailsOn', readOn(form, 'emails_on', faults))
  put(
    'extraTopic',
    readOwn(form, 'topic', () => readTopic(form, faults, checks)),
  )
  put('extraTopicOn', readOn(form, 'topic_on', faults))
  return { change: change as OverrideChange, faults }
}

/** Minutes: undefined where the form has none, null for none chosen. */
export function readTolerance(form: URLSearchParams, faults: Faults): number | null | undefined {
  const chosen = form.get('tolerance')
  if (chosen === null) return undefined
  if (chosen === '') return null
  const typed = (chosen === 'other' ? (form.get('tolerance_minutes') ?? '') : chosen).trim()
  const minutes = typed === '' ? Number.NaN : Number(typed)
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= MOST_TOLERANCE) return minutes
  faults.set('tolerance', text('setting.fault.number', { low: 0, high: MOST_TOLERANCE }))
  return undefined
}

export function readRepeat(form: URLSearchParams, faults: Faults): string | null | undefined {
  const chosen = form.get('repeat')
  if (chosen === null) return undefined
  if (chosen === '' || REPEATS.includes(chosen)) return chosen === '' ? null : chosen
  const repeat = repeatFrom(`${Number((form.get('repeat_hours') ?? '').trim())}h`)
  if (chosen === 'hours' && repeat !== null) return repeat
  faults.set('repeat', text('setting.fault.number', { low: 1, high: 9_999 }))
  return undefined
}

/** Addresses between commas, semicolons, spaces or line ends; each once. */
export function readAddresses(form: URLSearchParams, faults: Faults, checks: Checks): string[] {
  const parts = (form.get('extra_emails') ?? '').split(/[\s,;]+/).filter((part) => part !== '')
  const addresses = [...new Set(parts)]
  const fault =
    addresses.length > 50
      ? text('notify.setting.too-many-addresses', { limit: 50 })
      : addresses.map((one) => checks.addressFault(one)).find((one) => one !== null)
  if (fault != null) faults.set('extra_emails', fault)
  return addresses
}

export function readTopic(form: URLSearchParams, faults: Faults, checks: Checks): string {
  const topic = (form.get('extra_topic') ?? '').trim()
  const fault = topic === '' ? null : checks.topicFault(topic)
  if (fault !== null) faults.set('extra_topic', fault)
  return topic
}

function readFlag(form: URLSearchParams, name: string, faults: Faults): boolean | null | undefined {
  const value = form.get(name)
  if (value === null) return undefined
  if (value === '') return null
  if (value !== 'on' && value !== 'off') faults.set(name, text('setting.fault.flag'))
  return value === 'on'
}

function readOn(form: URLSearchParams, name: string, faults: Faults) {
  const value = form.get(name)
  if (value === null) return undefined
  const on = notifyOnFrom(value)
  if (on === null && value !== '') faults.set(name, text('setting.fault.choice'))
  return on
}

function readOwn<T>(form: URLSearchParams, name: string, own: () => T): T | null | undefined {
  const chosen = form.get(name)
  return chosen === null ? undefined : chosen === 'own' ? own() : null
}

function readChannels(form: URLSearchParams, faults: Faults): Record<string, boolean | null> | null {
  const read = CHANNELS.map((name) => [name, readFlag(form, `channel:${name}`, faults)] as const)
  const given = read.filter((one): one is readonly [string, boolean | null] => one[1] !== undefined)
  return given.length === 0 ? null : Object.fromEntries(given)
}
