import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import {
  createPanelDelivery,
  createTargetDelivery,
  deliverySettings,
  type Told,
} from '../../src/home-assistant/deliveries.ts'
import { plainMarkdown } from '../../src/home-assistant/markdown.ts'
import { type Standing, standingNotifications } from '../../src/home-assistant/standing-notifications.ts'
import { createSupervisor, type Supervisor } from '../../src/home-assistant/supervisor.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { homeAssistantUser, type SupervisorMood, startSupervisor } from '../support/supervisor.ts'

const ADMIN = 'a'.repeat(32)
const CHILD = 'c'.repeat(32)
const catalogue = JSON.parse(
  readFileSync(new URL('../../views/locales/en.json', import.meta.url), 'utf8'),
) as Record<string, string>

async function home(t: Test, part: Partial<SupervisorMood> = {}, token = 'supervisor-token') {
  const standIn = await startSupervisor(part)
  t.teardown(() => standIn.close())
  let elapsed = 0
  const clock: Clock = { now: () => new Date(), elapsedMs: () => elapsed }
  const supervisor = createSupervisor({ url: standIn.url, token, clock })
  return { standIn, supervisor, pass: (ms: number) => (elapsed += ms) }
}

t.test('the port and the name by which the network reaches us are asked for', async (t) => {
  const { standIn, supervisor } = await home(t)
  t.same(await supervisor.reach(9666), { port: 9666, host: 'homeassistant.local' })
  standIn.mood.network = { '9666/tcp': 9777 }
  standIn.mood.hostname = 'attic'
  t.same(await supervisor.reach(9666), { port: 9777, host: 'attic.local' })
  standIn.mood.network = { '9666/tcp': null }
  standIn.mood.hostname = 'no host <name>'
  t.same(await supervisor.reach(9666), { port: null, host: 'homeassistant.local' })
})

t.test('the broker of Home Assistant is found, later, and with a new password', async (t) => {
  const { standIn, supervisor } = await home(t)
  t.equal(await supervisor.broker(), null, 'no broker yet')
  const offer = {
    host: 'core-mosquitto',
    port: 1883,
    ssl: false,
    protocol: '3.1.1',
    username: 'addons',
    password: 'one',
  }
  standIn.mood.broker = offer
  t.same(await supervisor.broker(), {
    host: 'core-mosquitto',
    port: 1883,
    tls: false,
    username: 'addons',
    password: 'one',
  })
  standIn.mood.broker = { ...offer, port: '8883', ssl: true, password: 'two' }
  t.match(await supervisor.broker(), { port: 8883, tls: true, password: 'two' })
  standIn.mood.broker = { host: '', port: 'x' }
  await t.rejects(supervisor.broker(), { code: 'unavailable', text: { key: 'supervisor.broker.unreadable' } })
  standIn.mood.mqttDeclared = false
  await t.rejects(supervisor.broker(), { code: 'forbidden' })
})

t.test('a Supervisor that refuses, restarts or is not there is said in words', async (t) => {
  const wrong = await home(t, {}, 'another-token')
  await t.rejects(wrong.supervisor.broker(), { code: 'forbidden', text: { key: 'supervisor.refused' } })
  const { standIn, supervisor } = await home(t, { coreStatus: 502 })
  const service = 'persistent_notification/create'
  await t.rejects(supervisor.callService(service, {}), {
    code: 'unavailable',
    text: { key: 'supervisor.busy' },
  })
  standIn.mood.coreStatus = null
  await t.rejects(supervisor.callService('notify/nobody', {}), {
    code: 'invalid',
    text: { key: 'supervisor.error' },
  })
  await t.rejects(supervisor.callService('../../supervisor/restart', {}), { code: 'invalid' })
  await standIn.close()
  await t.rejects(supervisor.broker(), { code: 'unavailable', text: { key: 'supervisor.unreachable' } })
  const aborted = AbortSignal.abort()
  await t.rejects(supervisor.callService(service, {}, aborted), { code: 'unavailable' })
})

t.test('administrators of Home Assistant are administrators here, everybody else reads', async (t) => {
  const users = [
    homeAssistantUser(ADMIN, { group_ids: ['system-admin'] }),
    homeAssistantUser('b'.repeat(32), { is_owner: true }),
    homeAssistantUser(CHILD),
    homeAssistantUser('d'.repeat(32), { group_ids: ['system-admin'], is_active: false }),
    homeAssistantUser('e'.repeat(32), { group_ids: null, is_owner: 'yes' }),
  ]
  const { standIn, supervisor, pass } = await home(t, { users })
  t.equal(await supervisor.rank(ADMIN), 'administrator')
  t.equal(await supervisor.rank('b'.repeat(32)), 'administrator')
  t.equal(await supervisor.rank(CHILD), 'viewer')
  t.equal(await supervisor.rank('d'.repeat(32)), 'viewer')
  t.equal(await supervisor.rank('e'.repeat(32)), 'viewer')
  t.equal(await supervisor.rank('constructor'), 'viewer')
  t.equal(standIn.lookups(), 1, 'asked once a minute at most')
  standIn.mood.users = [homeAssistantUser(ADMIN)]
  pass(59_000)
  t.equal(await supervisor.rank(ADMIN), 'administrator')
  pass(2000)
  t.equal(await supervisor.rank(ADMIN), 'viewer', 'who loses the rank loses it here within a minute')
  t.equal(standIn.lookups(), 2)
})

t.test('where the rank cannot be had, everybody only reads, and soon it is asked again', async (t) => {
  const users = [homeAssistantUser(ADMIN, { is_owner: true })]
  for (const socket of ['refuses', 'garbage'] as const) {
    const { standIn, supervisor, pass } = await home(t, { users, socket })
    t.same(await Promise.all([supervisor.rank(ADMIN), supervisor.rank(ADMIN)]), ['viewer', 'viewer'], socket)
    standIn.mood.socket = 'well'
    t.equal(await supervisor.rank(ADMIN), 'viewer')
    pass(5001)
    t.equal(await supervisor.rank(ADMIN), 'administrator')
  }
  const gone = await home(t, { users })
  await gone.standIn.close()
  t.equal(await gone.supervisor.rank(ADMIN), 'viewer')
  const silent = await home(t, { users, socket: 'silent' })
  t.equal(await silent.supervisor.rank(ADMIN), 'viewer', 'silence is no permission')
})

t.test('a problem is a notification in Home Assistant until it is over', async (t) => {
  const { standIn, supervisor } = await home(t)
  const { standing, open } = standingFor(supervisor)
  const needs = {
    supervisor,
    standing,
    settings: () => ({ panel: true, toTargets: false, targets: [] }),
  }
  open.add('inc_1')
  const channel = createPanelDelivery(needs)
  t.equal(channel.name, 'home-assistant')
  t.equal(channel.ready(), null)
  const { signal } = new AbortController()
  await channel.send(
    told({ text: 'Photos on <b>NAS</b> [x](http://evil) *late*\nsince Monday' }),
    null,
    signal,
  )
  t.match(standIn.calls[0], {
    service: 'persistent_notification/create',
    data: { notification_id: 'duplistatus_inc_1', title: 'Photos is overdue' },
  })
  const shown = String(standIn.calls[0]?.data['message'])
  t.match(shown, '[duplistatus](/app/abcdef12_duplistatus/jobs/job_photos)')
  t.notMatch(shown, /<b>|\]\(http|[^\\]\*late/)
  open.delete('inc_1')
  await channel.send(told({ mail: { tone: 'good' } }), null, signal)
  t.same(standIn.calls[1], {
    service: 'persistent_notification/dismiss',
    data: { notification_id: 'duplistatus_inc_1' },
  })
  await channel.send(told({ mail: { tone: 'good' }, thread: null, incidentIds: [], path: '/' }), null, signal)
  t.match(standIn.calls[2]?.data, { notification_id: 'duplistatus_message_1' })
  t.match(String(standIn.calls[2]?.data['message']), '(/app/abcdef12_duplistatus)')
  t.match(createPanelDelivery({ ...needs, supervisor: null }).ready()?.key, 'delivery.addon-only')
  t.match(
    createPanelDelivery({ ...needs, settings: () => deliverySettings({}) }).ready()?.key,
    'delivery.panel-off',
  )
  await t.rejects(createPanelDelivery({ ...needs, supervisor: null }).send(told(), null, signal), {
    code: 'invalid',
  })
})

t.test('a notification about many problems goes with the last of them, told or not', async (t) => {
  const { standIn, supervisor } = await home(t)
  const { standing, open, kept } = standingFor(supervisor)
  const settings = () => ({ panel: true, toTargets: false, targets: [] })
  const channel = createPanelDelivery({ supervisor, standing, settings })
  const { signal } = new AbortController()
  for (const id of ['inc_1', 'inc_2', 'inc_3']) open.add(id)
  await channel.send(told({ thread: null, incidentIds: ['inc_1', 'inc_2'], key: 'bundle' }), null, signal)
  await channel.send(told({ thread: { key: 'inc_3', first: true }, incidentIds: ['inc_3'] }), null, signal)
  open.delete('inc_1')
  await standing.sweep()
  t.equal(standIn.calls.length, 2, 'one of two is still open')
  open.delete('inc_2')
  standIn.mood.coreStatus = 502
  await t.rejects(standing.sweep(), { code: 'unavailable' })
  standIn.mood.coreStatus = null
  await standing.sweep()
  t.same(standIn.calls[2], {
    service: 'persistent_notification/dismiss',
    data: { notification_id: 'duplistatus_bundle' },
  })
  t.same(Object.keys(kept()), ['duplistatus_inc_3'])
  open.delete('inc_3')
  await channel.send(
    told({ mail: { tone: 'good' }, thread: null, incidentIds: ['inc_2', 'inc_3'] }),
    null,
    signal,
  )
  t.match(standIn.calls[3], { service: 'persistent_notification/dismiss' })
  t.equal(standIn.calls.length, 4, 'that problems are over is no notification of its own')
})

t.test('any target of Home Assistant can be told', async (t) => {
  const { standIn, supervisor } = await home(t, {
    notifyServices: ['mobile_app_phone', 'family', 'notify', 'persistent_notification', 'send_message'],
    notifyEntities: ['notify.kitchen'],
  })
  t.same(await supervisor.notifyTargets(), [
    { name: 'notify.kitchen', kind: 'entity' },
    { name: 'notify.mobile_app_phone', kind: 'service' },
    { name: 'notify.family', kind: 'service' },
  ])
  const settings = {
    'notices.notify.enabled': true,
    'notify.targets': ['notify.mobile_app_phone', 'notify.kitchen', 'notify.gone', '../evil', 7],
  }
  const channel = createTargetDelivery({
    supervisor,
    settings: () => deliverySettings(settings),
  })
  t.equal(channel.ready(), null)
  const { signal } = new AbortController()
  await channel.send(told({ priority: 5 }), null, signal)
  t.match(standIn.calls, [
    {
      service: 'notify/mobile_app_phone',
      data: {
        title: 'Photos is overdue',
        message: 'Expected on Monday.',
        data: {
          tag: 'duplistatus_inc_1',
          clickAction: '/app/abcdef12_duplistatus/jobs/job_photos',
          priority: 'high',
        },
      },
    },
    { service: 'notify/send_message', data: { entity_id: ['notify.kitchen'], title: 'Photos is overdue' } },
  ])
  t.equal(standIn.calls.length, 2, 'one target that is gone does not send the others twice')
  await channel.send(told(), 'notify.family', signal)
  t.same(standIn.calls[2], {
    service: 'notify/family',
    data: { title: 'Photos is overdue', message: 'Expected on Monday.' },
  })
  await t.rejects(channel.send(told(), 'notify.gone', signal), {
    code: 'invalid',
    text: { key: 'delivery.target-gone' },
  })
  standIn.mood.coreStatus = 502
  await t.rejects(channel.send(told(), null, signal), { code: 'unavailable' })
  const off = createTargetDelivery({ supervisor, settings: () => deliverySettings({}) })
  t.match(off.ready()?.key, 'delivery.targets-off')
  const none = { 'notices.notify.enabled': true }
  const nobody = createTargetDelivery({ supervisor, settings: () => deliverySettings(none) })
  t.match(nobody.ready()?.key, 'delivery.no-targets')
})

t.test('foreign text is only text in a notification', async (t) => {
  t.equal(plainMarkdown('a < b & c > d'), 'a &lt; b &amp; c &gt; d')
  t.equal(plainMarkdown('# one\n- two'), '\\# one  \n\\- two')
  t.equal(plainMarkdown('![x](javascript:1) `y`'), '\\!\\[x\\]\\(javascript:1\\) \\`y\\`')
})

t.test('every sentence about Home Assistant is in the catalogue', async (t) => {
  const keys = ['unreachable', 'refused', 'busy', 'error', 'service.wrong', 'broker.unreadable']
  for (const key of keys) t.ok(catalogue[`supervisor.${key}`], key)
})

/** What stands in Home Assistant, and which problems are open, in memory. */
function standingFor(supervisor: Supervisor) {
  const open = new Set<string>()
  let kept: Standing = {}
  const standing = standingNotifications({
    supervisor,
    read: () => kept,
    change: async (step) => {
      kept = step(kept)
    },
    isOpen: (id) => open.has(id),
  })
  return { standing, open, kept: () => kept }
}

function told(part: Partial<Told> = {}): Told {
  return {
    title: 'Photos is overdue',
    text: 'Expected on Monday.',
    mail: { tone: 'bad' },
    priority: 3,
    path: '/jobs/job_photos',
    click: null,
    thread: { key: 'inc_1', first: true },
    incidentIds: ['inc_1'],
    key: 'message_1',
    ...part,
  }
}
