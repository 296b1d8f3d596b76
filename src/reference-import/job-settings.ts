import type { NotifyOn, Override } from '../domain/job.ts'

export type Fields = Readonly<Record<string, unknown>>

const EVENTS: readonly NotifyOn[] = ['all', 'warnings', 'errors', 'off']

/** What one entry of `backup_settings` sets apart from the defaults of both products. */
export function overrideOf(entry: Fields, isServer: boolean): Override {
  const { additionalEmails, additionalNtfyTopic } = strings(entry)
  const extra = {
    ...(additionalEmails
      ? { extraEmails: additionalEmails.split(/[\s,;]+/).filter((one) => one.includes('@')) }
      : {}),
    ...(additionalNtfyTopic ? { extraTopic: additionalNtfyTopic } : {}),
    ...eventOf(entry['additionalNotificationEvent'], ['extraEmailsOn', 'extraTopicOn'], ''),
  }
  if (isServer) return extra
  const channels = {
    ...(flag(entry['ntfyEnabled']) === false ? { ntfy: false } : {}),
    ...(flag(entry['emailEnabled']) === false ? { email: false } : {}),
  }
  const interval = intervalOf(entry)
  const days = Array.isArray(entry['allowedWeekDays'])
    ? entry['allowedWeekDays'].filter((day): day is number => Number.isInteger(day) && day >= 0 && day <= 6)
    : []
  const weekdays = days.length === 7 ? [] : days
  return {
    ...extra,
    ...eventOf(entry['notificationEvent'], ['notifyOn'], 'warnings'),
    ...(flag(entry['overdueBackupCheckEnabled']) === false ? { watch: false } : {}),
    ...(Object.keys(channels).length > 0 ? { channels } : {}),
    // A day on any weekday is the default there: here the rhythm is learned.
    ...(interval !== null && (interval !== '1D' || weekdays.length > 0)
      ? { expect: { kind: 'interval', interval, weekdays, timeOfDay: null, zone: null } as const }
      : {}),
  }
}

/** JSON text or a value, as an object; anything else is an empty one. */
export function fieldsOf(value: unknown): Fields {
  try {
    const given: unknown = typeof value === 'string' ? JSON.parse(value) : value
    return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : {}
  } catch {
    return {}
  }
}

/** Those fields that are texts, without blanks around them. */
export function strings(fields: Fields): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = Object.create(null)
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string') found[name] = value.trim()
  return found
}

export function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

function eventOf(value: unknown, names: readonly string[], preset: string): Override {
  const event = EVENTS.find((one) => one === value)
  return event === undefined || event === preset ? {} : Object.fromEntries(names.map((name) => [name, event]))
}

function intervalOf(entry: Fields): string | null {
  const { expectedInterval, intervalUnit } = entry
  if (typeof expectedInterval === 'number' && expectedInterval > 0)
    return `${expectedInterval}${intervalUnit === 'hour' ? 'h' : 'D'}`
  return typeof expectedInterval === 'string' && /^(\d{1,4}[smhDWMY])+$/.test(expectedInterval)
    ? expectedInterval
    : null
}
