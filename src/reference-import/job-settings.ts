import type { ImportNote } from '../domain/import-share.ts'
import { parseInterval } from '../domain/interval.ts'
import type { NotifyOn, Override } from '../domain/job.ts'
import { type Fields, fieldsOf, flag, strings } from './fields.ts'
import { misread } from './notes.ts'

/** One entry of `backup_settings` that differs from the defaults of both products. */
export interface ReferenceOverride {
  /** `server:job` as it stands there; both may hold colons, and the server goes by its name up to 0.6. */
  readonly key: string
  readonly override: Override
}

const EVENTS: readonly NotifyOn[] = ['all', 'warnings', 'errors', 'off']
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
/** Stands in the place of a job for all jobs of its server. */
export const ALL_JOBS = '__default__'

/** The settings of jobs and servers, and what in them is not understood. */
export function overridesOf(entries: Fields): {
  readonly overrides: readonly ReferenceOverride[]
  readonly notes: readonly ImportNote[]
} {
  const notes: ImportNote[] = []
  const overrides: ReferenceOverride[] = []
  for (const [key, value] of Object.entries(entries)) {
    const entry = fieldsOf(value)
    if (entry === null) {
      notes.push(misread('overrides', key, value))
      continue
    }
    const odd: Odd = (name, said = entry[name]) => notes.push(misread('overrides', `${key}, ${name}`, said))
    const override = key.endsWith(`:${ALL_JOBS}`)
      ? extrasOf(entry, odd, null)
      : overrideOf(entry, odd, fieldsOf(entries[`${serverOf(key)}:${ALL_JOBS}`]))
    if (Object.keys(override).length > 0) overrides.push({ key, override })
  }
  return { overrides, notes }
}

function serverOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf(':')))
}

type Odd = (name: string, said?: unknown) => void

function overrideOf(entry: Fields, odd: Odd, ofServer: Fields | null): Override {
  const off = (name: string) => {
    const value = flag(entry[name])
    if (value === null && entry[name] !== undefined && entry[name] !== null) odd(name)
    return value === false
  }
  const channels = {
    ...(off('ntfyEnabled') ? { ntfy: false } : {}),
    ...(off('emailEnabled') ? { email: false } : {}),
  }
  const interval = intervalOf(entry, odd)
  const weekdays = weekdaysOf(entry, odd)
  return {
    ...extrasOf(entry, odd, ofServer),
    ...eventOf(entry, 'notificationEvent', ['notifyOn'], odd, 'warnings'),
    ...(off('overdueBackupCheckEnabled') ? { watch: false } : {}),
    ...(Object.keys(channels).length > 0 ? { channels } : {}),
    // A day on any weekday is the default there: here the rhythm is learned.
    ...(interval !== null && (interval !== '1D' || weekdays.length > 0)
      ? { expect: { kind: 'interval', interval, weekdays, timeOfDay: null, zone: null } as const }
      : {}),
  }
}

/** Extra receivers. An empty one of a job shuts out that of its server. */
function extrasOf(entry: Fields, odd: Odd, ofServer: Fields | null): Override {
  const own = strings(entry)
  const above = ofServer === null ? {} : strings(ofServer)
  const { additionalEmails: emails, additionalNtfyTopic: topic } = own
  const listed = (emails ?? '').split(/[\s,;]+/).filter((one) => one !== '')
  const addresses = listed.filter((one) => /^[^@\s]+@[^@\s]+$/.test(one))
  const others = listed.filter((one) => !addresses.includes(one))
  if (others.length > 0) odd('additionalEmails', others.join(', '))
  return {
    ...(addresses.length > 0 || (emails === '' && above.additionalEmails) ? { extraEmails: addresses } : {}),
    ...(topic || (topic === '' && above.additionalNtfyTopic) ? { extraTopic: topic } : {}),
    ...eventOf(entry, 'additionalNotificationEvent', ['extraEmailsOn', 'extraTopicOn'], odd, ''),
  }
}

function eventOf(entry: Fields, name: string, ours: readonly string[], odd: Odd, preset: string): Override {
  const value = entry[name]
  const event = EVENTS.find((one) => one === value)
  if (event === undefined && value !== undefined && value !== null && value !== '') odd(name)
  return event === undefined || event === preset ? {} : Object.fromEntries(ours.map((one) => [one, event]))
}

/** Up to 0.7 a number with a unit; then Duplicati's grammar, where that product passes over anything else. */
function intervalOf(entry: Fields, odd: Odd): string | null {
  const { expectedInterval: value, intervalUnit: unit } = entry
  if (value === undefined || value === null) return null
  const written = typeof value === 'string' ? value.trim() : String(value)
  const isUnitless = /^\d+(\.\d+)?$/.test(written) && (typeof unit === 'string' || typeof value === 'number')
  const interval = isUnitless
    ? `${Math.round(Number(written))}${/^hour/i.test(String(unit)) ? 'h' : 'D'}`
    : /^\d+$/.test(written)
      ? `${written}s`
      : [...written.matchAll(/\d+[smhDWMY]/g)].join('')
  if (parseInterval(interval) !== null) return interval
  odd('expectedInterval')
  return null
}

/** None for any weekday. */
function weekdaysOf(entry: Fields, odd: Odd): readonly number[] {
  const given = entry['allowedWeekDays']
  if (given === undefined || given === null) return []
  const days = (Array.isArray(given) ? given : []).map((day) =>
    typeof day === 'string' && Number.isNaN(Number(day)) ? WEEKDAYS.indexOf(day.toLowerCase()) : Number(day),
  )
  const known = [...new Set(days.filter((day) => Number.isInteger(day) && day >= 0 && day <= 6))]
  if (!Array.isArray(given) || days.some((day) => !known.includes(day))) odd('allowedWeekDays')
  return known.length === 7 ? [] : known.sort()
}
