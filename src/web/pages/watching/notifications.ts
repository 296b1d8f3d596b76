import type { Context } from 'koa'
import { minutesOf, type QuietHours } from '../../../domain/maintenance-window.ts'
import { monitoringSettings } from '../../../domain/monitoring-settings.ts'
import { type Text, text } from '../../../domain/text.ts'
import { readForm as readBodyForm } from '../../body.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import type { Reading } from '../../settings/form.ts'
import { readForm } from '../../settings/form.ts'
import { saveReading, sendSettings } from '../../settings/form-page.ts'
import { noticeFields } from '../../settings/notice-fields.ts'
import { visitOf } from '../../visit.ts'
import { noticeGroups } from '../../watching/notice-lines.ts'
import { type Editing, overrideView } from '../../watching/override-view.ts'
import { testReceivers } from '../../watching/test-receivers.ts'
import { type Bulk, bulkView, setForMany } from './bulk.ts'
import { asked, filtered } from './monitoring.ts'
import { noticeSettingsView } from './notice-settings-view.ts'

const PATH = '/settings/notifications'
const SECTION = { name: 'notifications', group: 'watching', icon: 'bell', who: 'viewer' } as const

/** What is shown beside the stored values: what somebody typed and what came of it. */
export interface NotificationsShown {
  readonly editing?: Editing
  readonly all?: NoticesTyped
  readonly bulk?: Bulk
}

/** The form for all jobs as it was typed. */
export interface NoticesTyped {
  readonly form: URLSearchParams
  readonly reading: Reading
  readonly quietFault: Text | null
  readonly said: ReadonlyMap<string, Text>
}

/** `GET /settings/notifications?q=&edit=`: who is told of what, through which channels, for all jobs and for each. */
export function notificationsPage(ctx: Context, house: House): void {
  showNotifications(ctx, house, {})
}

/** `POST /settings/notifications`: what holds for all; with `test` a test to what was typed, and nothing is saved. */
export async function saveNotifications(ctx: Context, house: House): Promise<void> {
  const form = await readBodyForm(ctx.req, 131_072)
  const repeat = form.get('repeat') ?? ''
  form.set('monitoring.repeat', repeat === 'hours' ? `${(form.get('repeat_hours') ?? '').trim()}h` : repeat)
  form.set('notices.extra_emails', (form.get('extra_emails') ?? '').trim().replaceAll(/\s+/g, '\n'))
  form.set('notices.extra_topic', form.get('extra_topic') ?? '')
  const fields = noticeFields(house)
  const reading = readForm(fields, house, form)
  const quiet = readQuiet(form)
  const test = form.get('test')
  const isTestable = test !== null && reading.failed.get(`notices.${test}`)?.fault == null
  const said = new Map<string, Text>()
  if (test !== null && isTestable) said.set(test, await testReceivers(ctx, house, test, form))
  if (test !== null || quiet === undefined || !reading.isGood) {
    if (quiet === undefined || !reading.isGood) ctx.status = 422
    const quietFault = quiet === undefined ? text('watching.fault.quiet') : null
    return showNotifications(ctx, house, { all: { form, reading, quietFault, said } })
  }
  const values = { ...reading.values, 'notices.quiet': quiet }
  const quietField = { key: 'notices.quiet', kind: 'text', default: null } as const
  await saveReading(ctx, house, { ...SECTION, fields: [...fields, quietField] }, { ...reading, values })
  done(ctx, PATH, text('settings.saved'))
}

/** null for none; undefined where it cannot be read. */
function readQuiet(form: URLSearchParams): QuietHours | null | undefined {
  const from = (form.get('quiet_from') ?? '').trim()
  const to = (form.get('quiet_to') ?? '').trim()
  if (from === '' && to === '') return null
  if (minutesOf(from) === null || minutesOf(to) === null || from === to) return undefined
  return { from, to }
}

/** `POST /settings/notifications/bulk`: the same for all checked jobs. */
export function notificationsBulk(ctx: Context, house: House): Promise<void> {
  return setForMany(ctx, house, (bulk) => showNotifications(ctx, house, { bulk }))
}

export function showNotifications(ctx: Context, house: House, shown: NotificationsShown): void {
  const visit = visitOf(ctx)
  const state = house.store.state()
  const query = single(ctx.query)
  const q = query['q'] ?? ''
  const channels = house.notices.channels.map((channel) => channel.name)
  const editing = shown.editing ?? (visit.isAdministrator ? asked(query['edit'], house) : null)
  const groups = filtered(noticeGroups(state, channels, visit), q)
  const back = visit.link('', { q }).slice(visit.base.length)
  sendSettings(ctx, house, 'notifications', 'pages/watching/notifications', {
    all: noticeSettingsView(house, visit, shown.all ?? null),
    channelNames: channels.map((name) => visit.words.say(`watching.channel.${name}`)),
    groups,
    isEmpty: groups.length === 0,
    query: { q },
    count: groups.reduce((sum, group) => sum + group.lines.length, 0),
    path: PATH,
    next: `${PATH}${back}`,
    editing:
      editing === null ? null : overrideView(editing, house, visit, `${PATH}${back}#r-${editing.subject.id}`),
    bulk: bulkView(shown.bulk ?? null, visit, channels),
    isAnyoneTold: monitoringSettings(state).channels.some((channel) => channel.enabled),
  })
}
