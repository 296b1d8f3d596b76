import type { NotifyOn } from '../../../domain/job.ts'
import type { MaintenanceWindow } from '../../../domain/maintenance-window.ts'
import { serverName } from '../../../domain/server.ts'
import type { State } from '../../../domain/state.ts'
import type { Words } from '../../../domain/words.ts'
import type { House, JournalEntry } from '../../house.ts'
import { fieldsOf } from '../../servers/server-fields.ts'
import { COLLECTING } from '../../settings/collect-fields.ts'
import type { Field } from '../../settings/field.ts'
import { MONITORING } from '../../settings/monitoring-fields.ts'
import { noticeFields } from '../../settings/notice-fields.ts'
import { SECTIONS } from '../../settings/sections.ts'
import { notifyText, repeatText, toleranceText, yesNo } from '../../watching/choices.ts'
import { windowWhen } from '../../watching/window-when.ts'

/** What changed about a job, a server or a user, by the name it has in the state; what it is called on pages. */
const NAMES: Readonly<Record<string, string>> = {
  channels: 'watching.channels',
  disabled: 'users.disabled',
  expect: 'watching.expected',
  extraEmails: 'watching.emails',
  extraEmailsOn: 'watching.emails',
  extraTopic: 'watching.topic',
  extraTopicOn: 'watching.topic',
  mustChangePassword: 'users.must-change.ask',
  name: 'users.name',
  note: 'watching.note',
  notifyOn: 'watching.notify-on',
  overdueNotices: 'watching.overdue-notices',
  password: 'users.password',
  pausedUntil: 'audit.until',
  recoveryNotices: 'watching.recovery-notices',
  repeat: 'watching.repeat',
  role: 'users.role',
  runs: 'import.kind.runs',
  tags: 'setting.server.tags.label',
  toleranceMinutes: 'watching.tolerance',
  until: 'audit.until',
  warning: 'page.state.warning',
  watch: 'watching.watch',
  what: 'audit.details',
  window: 'maintenance.when',
}

export interface ShownChange {
  readonly name: string
  readonly before: string
  readonly now: string
}

/** What a line of the audit log says was changed, in the words of the pages; what they have no word for stays. */
export function changesShown(entry: JournalEntry, house: House, words: Words): ShownChange[] {
  const action = String(entry['action'])
  const changes = Object.entries((entry['changes'] ?? {}) as Record<string, readonly [unknown, unknown]>)
  if (action === 'import.entry')
    return changes.map(([name, [before, now]]) => ({
      name: spelled(name),
      before: plain(before, words),
      now: plain(now, words),
    }))
  const fields = action === 'server.change' ? fieldsOf('') : settingsFields(house)
  return changes.map(([name, [before, now]]) => {
    const field = fields.find(({ key }) => key === name)
    return {
      name: nameShown(name, action, field, words),
      before: valueShown(name, before, field, words),
      now: valueShown(name, now, field, words),
    }
  })
}

/** What it was done to, as a person knows it. */
export function targetShown(entry: JournalEntry, state: State, words: Words): string {
  const action = String(entry['action'])
  const target = String(entry['target'] ?? '')
  const server = Object.hasOwn(state.servers, target) ? state.servers[target] : undefined
  if (server !== undefined) return serverName(server)
  if (action === 'settings' && SECTIONS.some(({ name }) => name === target))
    return words.say(`settings.${target}.title`)
  // The trash says what it was as long as it is there; its number tells a person nothing.
  if (action.startsWith('care.') && target.startsWith('trash_')) return ''
  const [, cause, what] =
    /^(anomaly|failed|operation|overdue|server-silent|unstable|warning): (.*)$/s.exec(target) ?? []
  return action.startsWith('incident.') && cause !== undefined && what !== undefined
    ? words.say(`activity.cause.${cause}`) + words.say('format.colon') + what
    : target
}

function settingsFields(house: House): readonly Field[] {
  const ofSections = SECTIONS.flatMap(({ fields }) => fields ?? [])
  return [...ofSections, ...MONITORING, ...noticeFields(house), ...COLLECTING]
}

function nameShown(name: string, action: string, field: Field | undefined, words: Words): string {
  const area = field === undefined ? '' : `setting.${field.said ?? field.key}`
  if (area !== '') return words.say(`${area}.label`)
  if (action === 'import.ended') return words.say(`import.kind.${name}`)
  return Object.hasOwn(NAMES, name) ? words.say(NAMES[name] ?? '') : name
}

function valueShown(name: string, value: unknown, field: Field | undefined, words: Words): string {
  if (typeof value === 'string' && field?.choices?.includes(value) === true) {
    const area = `setting.${field.said ?? field.key}`
    return field.choiceLabels?.[value] ?? words.say(`${area}.choice.${value === '' ? 'none' : value}`)
  }
  if (name === 'window' && typeof value === 'object' && value !== null)
    return windowWhen(value as MaintenanceWindow, words)
  if (name === 'role' && (value === 'viewer' || value === 'administrator'))
    return words.say(`users.role.${value}`)
  if (/^(notifyOn|extra\w+On)$/.test(name) && /^(all|warnings|errors|off)$/.test(String(value)))
    return notifyText(value as NotifyOn, words)
  if (name === 'repeat' && /^(never|daily|weekly|monthly|\d+h)$/.test(String(value)))
    return repeatText(String(value), words)
  if (name === 'toleranceMinutes' && typeof value === 'number') return toleranceText(value, words)
  if (/^(pausedUntil|until)$/.test(name) && value === 'forever') return words.say('watching.span.forever')
  return plain(value, words)
}

function plain(value: unknown, words: Words): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return yesNo(value, words)
  if (typeof value === 'number') return words.number(value)
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ')
  if (typeof value !== 'string') return JSON.stringify(value)
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? words.moment(value) : value
}

/** `serverName` and `schema_version` as a person writes them. */
function spelled(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
