import type { Override } from '../domain/job.ts'
import { type Text, text } from '../domain/text.ts'
import { type Fields, fieldsOf, flag, overrideOf, strings } from './job-settings.ts'
import { openSealed } from './key-file.ts'

/** What the table `configurations` says, in our words. */
export interface ReferenceSettings {
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: ReadonlyMap<string, string>
  /** By server id or name, and job name; null for all jobs of the server. */
  readonly overrides: readonly {
    readonly server: string
    readonly job: string | null
    readonly override: Override
  }[]
  readonly troubles: readonly Text[]
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

export function settingsOf(stored: ReadonlyMap<string, string>, key: Buffer | null): ReferenceSettings {
  const settings: Record<string, unknown> = {}
  const secrets = new Map<string, string>()
  const troubles: Text[] = []
  const legacy = fieldsOf(stored.get('notifications'))
  const tolerance = TOLERANCES.get(stored.get('overdue_tolerance') ?? '')
  if (tolerance !== undefined) settings['monitoring.tolerance_minutes'] = tolerance
  const repeat = REPEATS.get(stored.get('notification_frequency') ?? '')
  if (repeat !== undefined) settings['monitoring.repeat'] = repeat
  const auditDays = Number(stored.get('audit_retention_days'))
  if (auditDays >= 1) settings['retention.audit_days'] = auditDays
  readNtfy(
    stored.has('ntfy_config') ? fieldsOf(stored.get('ntfy_config')) : fieldsOf(legacy['ntfy']),
    settings,
    secrets,
  )
  readTemplates(
    stored.has('notification_templates')
      ? fieldsOf(stored.get('notification_templates'))
      : fieldsOf(legacy['templates']),
    settings,
  )
  if (stored.has('smtp_config'))
    readEmail(fieldsOf(stored.get('smtp_config')), key, { settings, secrets, troubles })
  const jobs = stored.has('backup_settings')
    ? fieldsOf(stored.get('backup_settings'))
    : fieldsOf(legacy['backupSettings'])
  const overrides = Object.entries(jobs).flatMap(([name, value]) => {
    const at = name.indexOf(':')
    const override = overrideOf(fieldsOf(value), name.endsWith(':__default__'))
    if (at < 1 || Object.keys(override).length === 0) return []
    const job = name.slice(at + 1)
    return [{ server: name.slice(0, at), job: job === '__default__' ? null : job, override }]
  })
  return { settings, secrets, overrides, troubles }
}

function readNtfy(ntfy: Fields, settings: Record<string, unknown>, secrets: Map<string, string>): void {
  const { url, topic, accessToken } = strings(ntfy)
  if (!topic) return
  settings['notices.ntfy.enabled'] = true
  settings['ntfy.topic'] = topic
  if (url) settings['ntfy.server'] = url.replace(/\/+$/, '')
  if (accessToken) secrets.set('ntfy.token', accessToken)
}

function readTemplates(templates: Fields, settings: Record<string, unknown>): void {
  for (const [theirs, ours] of [
    ['success', 'success'],
    ['warning', 'warning'],
    ['overdueBackup', 'overdue'],
  ] as const) {
    const { title, message, priority, tags } = strings(fieldsOf(templates[theirs]))
    if (!title || !message) continue
    const known = PRIORITIES.includes(priority ?? '') ? priority : 'default'
    settings[`templates.${ours}`] = { title, message, priority: known, tags: tags ?? '' }
  }
}

function readEmail(
  mail: Fields,
  key: Buffer | null,
  to: { settings: Record<string, unknown>; secrets: Map<string, string>; troubles: Text[] },
): void {
  const { host, connectionType, username, password, mailto, senderName, fromAddress } = strings(mail)
  if (!host) return
  const kind = connectionType ?? (flag(mail['secure']) === true ? 'ssl' : 'starttls')
  const open = (sealed: string | undefined) => (sealed ? openSealed(sealed, key) : '')
  const [user, secret] = [open(username), open(password)]
  if (user === null || secret === null) to.troubles.push(text('import.trouble.mail-password'))
  Object.assign(to.settings, {
    'email.host': host,
    'email.port': Number(mail['port']) || 587,
    'email.security': kind === 'ssl' ? 'tls' : kind === 'plain' ? 'plain' : 'starttls',
    'email.check_certificate': false,
    'email.sign_in': flag(mail['requireAuth']) !== false,
    'email.user': user ?? '',
    'email.sender_name': senderName || 'duplistatus',
    'email.from': fromAddress || (user?.includes('@') ? user : ''),
    'email.to': (mailto ?? '').split(/[\s,;]+/).filter((one) => one.includes('@')),
    'notices.email.enabled': user !== null && secret !== null,
  })
  if (secret) to.secrets.set('email.password', secret)
}
