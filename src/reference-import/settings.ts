import type { ImportKind, ImportNote } from '../domain/import-share.ts'
import { text } from '../domain/text.ts'
import { type Fields, fieldsOf, strings } from './fields.ts'
import { overridesOf, type ReferenceOverride } from './job-settings.ts'
import type { KeyRing } from './key-file.ts'
import { mailOf } from './mail-settings.ts'
import { misread } from './notes.ts'

/** Settings that belong together, in our names; what cannot be a value of ours is found out by who takes them. */
export interface SettingsPart {
  readonly kind: 'monitoring' | 'ntfy' | 'email' | 'templates'
  readonly values: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
  /** Settings that say whose these are: with another value here, or none that can be kept, all stay as they are here. */
  readonly anchors: readonly string[]
}

/** What the table `configurations` says, in our words. */
export interface ReferenceSettings {
  readonly parts: readonly SettingsPart[]
  readonly overrides: readonly ReferenceOverride[]
  readonly notes: readonly ImportNote[]
}

const TOLERANCES: ReadonlyMap<string, number> = new Map([
  ['no_tolerance', 0],
  ['5min', 5],
  ['15min', 15],
  ['30min', 30],
  ['1h', 60],
  ['2h', 120],
  ['4h', 240],
  ['6h', 360],
  ['12h', 720],
  ['1d', 1440],
])
const REPEATS: ReadonlyMap<string, string> = new Map([
  ['onetime', 'never'],
  ['every_day', 'daily'],
  ['every_week', 'weekly'],
  ['every_month', 'monthly'],
])
const PRIORITIES = ['min', 'low', 'default', 'high', 'max']

/** @param stored the table, key by key */
export function settingsOf(stored: ReadonlyMap<string, string>, keys: KeyRing): ReferenceSettings {
  const notes: ImportNote[] = []
  const object = (key: string, kind: ImportKind): Fields => {
    const value = stored.get(key)
    if (value === undefined || value.trim() === '') return {}
    const fields = fieldsOf(value)
    if (fields === null) notes.push(misread(kind, key, value))
    return fields ?? {}
  }
  const legacy = object('notifications', 'other')
  const now = (key: string, kind: ImportKind, old: string) =>
    stored.has(key) ? object(key, kind) : (fieldsOf(legacy[old]) ?? {})
  const jobs = overridesOf(now('backup_settings', 'overrides', 'backupSettings'))
  const mail = mailOf(object('smtp_config', 'email'), keys)
  return {
    parts: [
      { kind: 'monitoring', values: monitoringOf(stored, notes), secrets: {}, anchors: [] },
      ntfyOf(now('ntfy_config', 'ntfy', 'ntfy'), notes),
      mail.part,
      templatesOf(now('notification_templates', 'templates', 'templates'), notes),
    ],
    overrides: jobs.overrides,
    notes: [...notes, ...mail.notes, ...jobs.notes],
  }
}

function monitoringOf(stored: ReadonlyMap<string, string>, notes: ImportNote[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const take = (key: string, ours: string, read: (written: string) => unknown) => {
    // Some versions wrote texts with quotes around them.
    const written = (stored.get(key) ?? '').trim().replace(/^"(.*)"$/, '$1')
    if (written === '') return
    const value = read(written)
    if (value === undefined) notes.push(misread('monitoring', key, written))
    else values[ours] = value
  }
  take('overdue_tolerance', 'monitoring.tolerance_minutes', (written) => TOLERANCES.get(written))
  take('notification_frequency', 'monitoring.repeat', (written) => REPEATS.get(written))
  take('audit_retention_days', 'retention.audit_days', (written) =>
    /^[1-9]\d{0,4}$/.test(written) ? Number(written) : undefined,
  )
  return values
}

function ntfyOf(ntfy: Fields, notes: ImportNote[]): SettingsPart {
  const { url, topic, accessToken } = strings(ntfy)
  const isUsed = Boolean(topic)
  if (!isUsed && (url || accessToken))
    notes.push({ kind: 'ntfy', text: text('import.note.incomplete', { name: 'ntfy_config' }) })
  const values = {
    'notices.ntfy.enabled': true,
    'ntfy.topic': topic,
    ...(url ? { 'ntfy.server': url.replace(/\/+$/, '') } : {}),
  }
  const secrets: Record<string, string> = accessToken ? { 'ntfy.token': accessToken } : {}
  return {
    kind: 'ntfy',
    values: isUsed ? values : {},
    secrets: isUsed ? secrets : {},
    anchors: ['ntfy.server', 'ntfy.topic'],
  }
}

function templatesOf(templates: Fields, notes: ImportNote[]): SettingsPart {
  const values: Record<string, unknown> = {}
  for (const [theirs, ours] of [
    ['success', 'success'],
    ['warning', 'warning'],
    ['overdueBackup', 'overdue'],
  ] as const) {
    if (templates[theirs] === undefined || templates[theirs] === null) continue
    const { title, message, priority, tags } = strings(fieldsOf(templates[theirs]) ?? {})
    if (!title || !message) {
      notes.push({ kind: 'templates', text: text('import.note.incomplete', { name: theirs }) })
      continue
    }
    const known = PRIORITIES.includes(priority ?? '') ? priority : 'default'
    if (known !== priority && priority) notes.push(misread('templates', `${theirs}, priority`, priority))
    values[`templates.${ours}`] = { title, message, priority: known, tags: tags ?? '' }
  }
  return { kind: 'templates', values, secrets: {}, anchors: [] }
}
