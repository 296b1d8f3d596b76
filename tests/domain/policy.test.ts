import t from 'tap'
import type { Override } from '../../src/domain/job.ts'
import { endOfQuiet, endOfWindow, inMaintenance, minutesOf } from '../../src/domain/maintenance-window.ts'
import { monitoringSettings, windowFrom } from '../../src/domain/monitoring-settings.ts'
import {
  effective,
  effectiveChannel,
  type Matter,
  receivers,
  repeatMs,
} from '../../src/domain/notice-policy.ts'
import { aJob, aServer, aState } from './given.ts'

t.test('a setting that is missing or broken has its default', async (t) => {
  const plain = monitoringSettings(aState({ 'monitoring.zone': null }))
  t.match(plain, {
    watch: true,
    toleranceMinutes: 120,
    catchUpMinutes: 30,
    repeat: 'daily',
    zone: null,
    notifyOn: 'warnings',
    overdueNotices: true,
    recoveryNotices: true,
    quiet: null,
    gatherSeconds: 3,
    extraEmails: [],
    extraTopic: '',
    windows: [],
  })
  t.ok(
    plain.channels.every(
      (channel) => !channel.enabled && channel.overdue && channel.recovery && channel.on === null,
    ),
  )
  const broken = {
    'monitoring.watch': 'yes',
    'monitoring.tolerance_minutes': -1,
    'monitoring.catch_up_minutes': Number.NaN,
    'monitoring.repeat': '0h',
    'monitoring.zone': 'Mars/Base',
    'notices.on': 'sometimes',
    'notices.quiet': { from: '25:00', to: '07:00' },
    'notices.extra_emails': 'a@b',
    'maintenance.windows': [
      null,
      7,
      {},
      { id: 'x', kind: 'weekly', from: '1', to: '2' },
      { id: 'x', kind: 'once', from: 'b', to: 'a' },
    ],
    'notices.ntfy.on': 3,
  }
  t.same(monitoringSettings(aState(broken)), plain)
  for (const quiet of [
    7,
    null,
    { from: 7, to: '07:00' },
    { from: '07:00', to: '07:00' },
    { from: '07:00', to: 'x' },
  ]) {
    t.equal(monitoringSettings(aState({ 'notices.quiet': quiet })).quiet, null)
  }
})

t.test('settings that are there are read', async (t) => {
  const state = aState({
    'monitoring.repeat': '6h',
    'monitoring.tolerance_minutes': 0,
    'notices.on': 'errors',
    'notices.quiet': { from: '22:00', to: '07:00' },
    'notices.extra_emails': ['a@example.org', '', 3],
    'notices.extra_topic': 'family',
    'notices.email.enabled': true,
    'notices.email.on': 'errors',
  })
  const settings = monitoringSettings(state)
  t.match(settings, {
    repeat: '6h',
    toleranceMinutes: 0,
    notifyOn: 'errors',
    extraEmails: ['a@example.org'],
    extraTopic: 'family',
  })
  t.match(
    settings.channels.find((channel) => channel.name === 'email'),
    { enabled: true, on: 'errors' },
  )
  t.equal(monitoringSettings(state), settings, 'the same settings, the same object')
  t.equal(
    monitoringSettings({ settings: JSON.parse('{"__proto__":{"notices.on":"off"}}') }).notifyOn,
    'warnings',
  )
})

t.test('a value comes from the job, else its server, else the default, and says so', async (t) => {
  const settings = monitoringSettings(aState())
  const job = aJob([], { overrides: { notifyOn: 'off', channels: { ntfy: false } } })
  const server = aServer({
    overrides: { notifyOn: 'all', toleranceMinutes: 5, channels: { ntfy: true, email: false } },
  })
  t.same(effective('notifyOn', job, server, settings), { value: 'off', from: 'job' })
  t.same(effective('notifyOn', null, server, settings), { value: 'all', from: 'server' })
  t.same(effective('toleranceMinutes', job, server, settings), { value: 5, from: 'server' })
  t.same(effective('repeat', job, server, settings), { value: 'daily', from: 'default' })
  t.same(effectiveChannel('ntfy', job, server), { value: false, from: 'job' })
  t.same(effectiveChannel('email', job, server), { value: false, from: 'server' })
  t.same(effectiveChannel('notify', job, server), { value: true, from: 'default' })
})

const about = (what: Matter['about'], recovery = false): Matter => ({ about: what, recovery })

function told(
  matter: Matter,
  job: Override,
  server: Override = {},
  stored: Record<string, unknown> = {},
): string[] {
  const settings = monitoringSettings(
    aState({ 'notices.ntfy.enabled': true, 'notices.email.enabled': true, ...stored }),
  )
  const list = receivers(matter, aJob([], { overrides: job }), aServer({ overrides: server }), settings)
  return list.map((one) => (one.to === null ? one.channel : `${one.channel}:${one.to}`))
}

t.test('the policy of a job decides which runs are told', async (t) => {
  const matrix: [Override['notifyOn'], string][] = [
    ['all', 'success warning error'],
    ['warnings', 'warning error'],
    ['errors', 'error'],
    ['off', ''],
  ]
  for (const [notifyOn, expected] of matrix) {
    const wanted = (['success', 'warning', 'error'] as const).filter(
      (what) => told(about(what), notifyOn === undefined ? {} : { notifyOn }).length > 0,
    )
    t.equal(wanted.join(' '), expected, String(notifyOn))
  }
})

t.test('overdue and recovery are switched apart from runs', async (t) => {
  t.same(told(about('overdue'), { notifyOn: 'off' }), ['ntfy', 'email'])
  t.same(told(about('overdue'), { overdueNotices: false }), [])
  t.same(told(about('error', true), { recoveryNotices: false }), [])
  t.same(told(about('error'), { recoveryNotices: false }), ['ntfy', 'email'])
  t.same(told(about('overdue', true), {}, {}, { 'notices.recovery': false }), [])
})

t.test('a channel lets through what it is set to, and a job can leave it out', async (t) => {
  t.same(told(about('warning'), {}, {}, { 'notices.ntfy.on': 'errors' }), ['email'])
  t.same(told(about('overdue'), {}, {}, { 'notices.ntfy.overdue': false }), ['email'])
  t.same(told(about('error', true), {}, {}, { 'notices.email.recovery': false }), ['ntfy'])
  t.same(told(about('error'), { channels: { email: false } }), ['ntfy'])
  t.same(told(about('error'), {}, { channels: { ntfy: false } }), ['email'])
  t.same(told(about('error'), {}, {}, { 'notices.ntfy.enabled': false }), ['email'])
})

t.test('additional addresses and topics have a policy of their own', async (t) => {
  const extra: Override = { extraEmails: ['a@example.org', 'b@example.org'], extraTopic: 'family' }
  t.same(told(about('error'), extra), [
    'ntfy',
    'ntfy:family',
    'email',
    'email:a@example.org',
    'email:b@example.org',
  ])
  t.same(told(about('warning'), { ...extra, extraEmailsOn: 'errors', extraTopicOn: 'off' }), [
    'ntfy',
    'email',
  ])
  t.same(told(about('success'), { ...extra, extraEmailsOn: 'all' }), [
    'email:a@example.org',
    'email:b@example.org',
  ])
  t.same(told(about('overdue'), { ...extra, extraTopicOn: 'off' }), [
    'ntfy',
    'email',
    'email:a@example.org',
    'email:b@example.org',
  ])
  t.same(
    told(about('error'), { extraEmails: [] }, extra),
    ['ntfy', 'ntfy:family', 'email'],
    'an empty list of the job is a list',
  )
  t.same(told(about('error'), {}, {}, { 'notices.extra_emails': ['all@example.org'] }), [
    'ntfy',
    'email',
    'email:all@example.org',
  ])
})

t.test('reminders know their periods', async (t) => {
  t.equal(repeatMs('never'), null)
  t.equal(repeatMs('daily'), 86_400_000)
  t.equal(repeatMs('weekly'), 604_800_000)
  t.equal(repeatMs('monthly'), 2_592_000_000)
  t.equal(repeatMs('6h'), 21_600_000)
  t.equal(repeatMs('xh' as never), null)
})

t.test('a window holds on its days and over midnight', async (t) => {
  const window = windowFrom({
    id: 'w',
    kind: 'weekly',
    weekdays: [1, 9, 'x'],
    from: '22:00',
    to: '02:00',
    zone: 'Europe/Berlin',
  })
  if (window === null) throw new Error('no window')
  const holds = (at: string) => endOfWindow(window, Date.parse(at), null)
  t.equal(holds('2026-05-11T21:59:00+02:00'), null)
  t.equal(holds('2026-05-11T22:00:00+02:00'), Date.parse('2026-05-12T02:00:00+02:00'))
  t.equal(holds('2026-05-12T01:59:00+02:00'), Date.parse('2026-05-12T02:00:00+02:00'), 'it began on Monday')
  t.equal(holds('2026-05-12T02:00:00+02:00'), null)
  t.equal(holds('2026-05-12T22:30:00+02:00'), null)
  t.equal(windowFrom('x'), null)
  t.ok(windowFrom({ id: 'o', kind: 'once', from: '2026-05-11', to: '2026-05-12' }))
  const all = [{ ...window, serverId: 's', jobId: null }]
  t.equal(
    inMaintenance(all, { serverId: 's', jobId: null }, Date.parse('2026-05-11T23:00:00+02:00'), null),
    true,
  )
  t.equal(
    inMaintenance(all, { serverId: 'x', jobId: 'j' }, Date.parse('2026-05-11T23:00:00+02:00'), null),
    false,
  )
})

t.test('quiet hours end at their time, also where the clock changes', async (t) => {
  const quiet = { from: '22:00', to: '07:00' }
  const end = (at: string) => endOfQuiet(quiet, Date.parse(at), 'Europe/Berlin')
  t.equal(end('2026-03-28T23:00:00+01:00'), Date.parse('2026-03-29T07:00:00+02:00'))
  t.equal(end('2026-03-29T06:59:00+02:00'), Date.parse('2026-03-29T07:00:00+02:00'))
  t.equal(end('2026-03-29T12:00:00+02:00'), null)
  t.equal(
    endOfQuiet({ from: '12:00', to: '13:00' }, Date.parse('2026-05-01T10:30:00Z'), 'Europe/Berlin'),
    Date.parse('2026-05-01T11:00:00Z'),
  )
  t.equal(endOfQuiet({ from: 'x', to: '13:00' }, 0, null), null)
  t.equal(minutesOf('23:59'), 1439)
  t.equal(minutesOf('24:00'), null)
})
