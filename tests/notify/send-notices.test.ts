import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { nextDue, takeNext } from '../../src/actions/due-notices.ts'
import { createOneUseLinks } from '../../src/actions/one-use-links.ts'
import { digestPeriod, queueDigest } from '../../src/actions/queue-digest.ts'
import { resendNotice } from '../../src/actions/resend-notice.ts'
import { createSendNotices, type NoticeChannel, type NoticeEntry } from '../../src/actions/send-notices.ts'
import { type DigestPlan, latestDigest } from '../../src/domain/digest-schedule.ts'
import { Failure, type FailureCode } from '../../src/domain/failure.ts'
import type { Incident } from '../../src/domain/incident.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { State } from '../../src/domain/state.ts'
import { text } from '../../src/domain/text.ts'
import { aJob, aServer, NOW, stateWith } from '../support/household-state.ts'
import { aNotice, anIncident } from '../support/notice-samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Sent {
  readonly channel: string
  readonly to: string | null
  readonly ids: readonly string[]
}

/** What a channel does with a message: takes it, throws, or waits until it is let go. */
type Mood = 'take' | 'hang' | FailureCode | ((ids: readonly string[]) => FailureCode | 'take')

/** A disk, a clock and two channels around the real sending. Committed states survive `restart`. */
function household(notices: readonly Notice[], incidents: readonly Incident[] = [anIncident()]) {
  const sent: Sent[] = []
  const journal: NoticeEntry[] = []
  const moods: Record<string, Mood> = {}
  const logged: string[] = []
  let nowMs = NOW.getTime()
  let state: State = {
    ...stateWith({ servers: [aServer()], jobs: [aJob()], incidents }),
    notices: Object.fromEntries(notices.map((notice) => [notice.id, notice])),
  }
  let diskFails = false
  let letGo: (() => void)[] = []
  const clock = { now: () => new Date(nowMs), elapsedMs: () => nowMs }
  const change = async (step: (state: State) => State) => {
    await sleep(0)
    if (diskFails) throw new Failure('no-room', text('store.full'))
    state = step(state)
    return state
  }
  const links = createOneUseLinks({
    clock,
    key: 'only here',
    state: () => state,
    change,
    acknowledge: (old, id, done) => withIncident(old, id, { acknowledged: done }),
    snooze: (old, id, until) => withIncident(old, id, { snoozedUntil: until }),
  })
  const channel = (name: string): NoticeChannel<{ title: string; ids: readonly string[] }> => ({
    name,
    ready: () => (moods[name] === 'forbidden' ? text('notify.ntfy.off') : null),
    async send(message, to, signal) {
      const told = moods[name] ?? 'take'
      const mood = typeof told === 'function' ? told(message.ids) : told
      if (mood === 'hang') {
        await new Promise<void>((resolve, reject) => {
          letGo.push(resolve)
          signal.addEventListener('abort', () =>
            reject(new Failure('unavailable', text('notify.ntfy.failure.time-out'))),
          )
        })
      } else if (mood !== 'take') throw new Failure(mood, text('notify.ntfy.failure.refused'))
      sent.push({ channel: name, to, ids: message.ids })
    },
  })
  const create = (limitMs = 60_000) =>
    createSendNotices({
      clock,
      log: { error: (message) => logged.push(message) },
      channels: [channel('ntfy'), channel('email')],
      state: () => state,
      change,
      compose: async (group) => ({ title: `${group.length} things`, ids: group.map(({ id }) => id) }),
      mint: links.mint,
      journal: async (entry) => void journal.push(entry),
      random: () => 0.5,
      limitMs,
    })
  return {
    sent,
    journal,
    moods,
    logged,
    links,
    clock,
    change,
    create,
    state: () => state,
    notice: (id: string) => state.notices[id],
    pass: (ms: number) => {
      nowMs += ms
    },
    breakDisk: (broken: boolean) => {
      diskFails = broken
    },
    letGo() {
      for (const one of letGo) one()
      letGo = []
    },
  }
}

function withIncident(state: State, id: string, part: Partial<Incident>): State {
  const incident = state.incidents[id]
  return incident === undefined
    ? state
    : { ...state, incidents: { ...state.incidents, [id]: { ...incident, ...part } } }
}

function numbered(count: number, part: (index: number) => Partial<Notice> = () => ({})): Notice[] {
  return Array.from({ length: count }, (_, index) =>
    aNotice({ id: `ntc_${String(index).padStart(4, '0')}`, incidentIds: [`inc_${index}`], ...part(index) }),
  )
}

t.test('a notice that is due is counted, sent, marked and written down', async (t) => {
  const home = household([aNotice(), aNotice({ id: 'ntc_2', channel: 'email', to: 'opa@example.org' })])
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.same(
    home.sent.toSorted((a, b) => a.channel.localeCompare(b.channel)),
    [
      { channel: 'email', to: 'opa@example.org', ids: ['ntc_2'] },
      { channel: 'ntfy', to: null, ids: ['ntc_1'] },
    ],
  )
  t.match(home.notice('ntc_1'), {
    state: 'delivered',
    attempts: 1,
    lastError: null,
    finishedAt: NOW.toISOString(),
  })
  t.match(
    home.journal.find(({ channel }) => channel === 'ntfy'),
    {
      outcome: 'delivered',
      title: '1 things',
      noticeIds: ['ntc_1'],
      incidentIds: ['inc_1'],
      attempts: 1,
      error: null,
    },
  )
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 2, 'and never again')
})

t.test('a notice waits until it is due, and a timer wakes for it', async (t) => {
  const home = household([aNotice({ dueAt: new Date(NOW.getTime() + 1000).toISOString() })])
  const queue = home.create()
  t.equal(nextDue(home.state(), NOW), NOW.getTime() + 1000)
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 0)
  home.pass(1000)
  const timer = setInterval(() => {}, 1000) // ours does not keep the process alive
  while (home.sent.length === 0) await sleep(20)
  clearInterval(timer)
  await queue.stop()
  t.equal(home.sent.length, 1)
})

t.test('a notice that was queued by a clock that was ahead waits no longer once it is right', async (t) => {
  const ahead = new Date(NOW.getTime() + 365 * 24 * HOUR).toISOString()
  const home = household([aNotice({ id: 'ntc_ahead', createdAt: ahead, dueAt: ahead })])
  const sender = home.create()
  sender.wake()
  await sender.idle()
  t.equal(home.notice('ntc_ahead')?.state, 'delivered')
})

t.test('what may pass is tried again, later and later, until after three days it is given up', async (t) => {
  const home = household([aNotice()])
  home.moods['ntfy'] = 'unavailable'
  const queue = home.create()
  const waits: number[] = []
  for (let round = 0; round < 200 && home.notice('ntc_1')?.state === 'owed'; round++) {
    queue.wake()
    await queue.idle()
    const due = Date.parse(home.notice('ntc_1')?.dueAt ?? '')
    waits.push((due - home.clock.now().getTime()) / MINUTE)
    home.pass(due - home.clock.now().getTime())
  }
  t.same(waits.slice(0, 8), [1, 2, 4, 8, 16, 32, 60, 60])
  t.match(home.notice('ntc_1'), {
    state: 'failed',
    lastError: { key: 'notices.failure.gave-up', values: { last: { key: 'notify.ntfy.failure.refused' } } },
  })
  t.ok(home.clock.now().getTime() - NOW.getTime() > 71 * HOUR)
  t.match(home.journal, [{ outcome: 'failed', title: '1 things' }])
})

t.test('what cannot pass by itself fails at once and shows why; sending it again is one click', async (t) => {
  const home = household([aNotice(), aNotice({ id: 'ntc_2', channel: 'pigeon' })])
  home.moods['ntfy'] = 'signed-out'
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.match(home.notice('ntc_1'), {
    state: 'failed',
    attempts: 1,
    lastError: { key: 'notify.ntfy.failure.refused' },
  })
  t.match(home.notice('ntc_2'), { state: 'failed', lastError: { key: 'notices.failure.no-channel' } })
  home.moods['ntfy'] = 'forbidden'
  await resendNotice(home, 'ntc_1')
  queue.wake()
  await queue.idle()
  t.match(Object.values(home.state().notices).at(-1), {
    state: 'failed',
    lastError: { key: 'notify.ntfy.off' },
  })
  home.moods['ntfy'] = 'take'
  await resendNotice(home, 'ntc_1')
  queue.wake()
  await queue.idle()
  t.match(home.sent, [{ channel: 'ntfy' }])
  await t.rejects(resendNotice(home, 'ntc_none'), { code: 'not-found' })
})

t.test('a channel or receiver that fails or hangs holds no other', async (t) => {
  const home = household([
    ...numbered(3, (index) => ({ to: `topic${index}` })),
    aNotice({ id: 'ntc_mail', channel: 'email' }),
    aNotice({ id: 'ntc_mail_to', channel: 'email', to: 'opa@example.org' }),
  ])
  home.moods['ntfy'] = 'hang'
  const queue = home.create()
  queue.wake()
  while (
    home.notice('ntc_mail_to')?.state !== 'delivered' ||
    home.notice('ntc_mail')?.state !== 'delivered'
  ) {
    await sleep(5)
  }
  t.equal(home.sent.length, 2)
  home.letGo()
  await queue.idle()
  t.equal(home.sent.length, 5)
})

t.test(
  'a channel that hangs is given up after its time, and more receivers than hang together get their turn',
  async (t) => {
    const home = household(numbered(9, (index) => ({ to: `topic${index}` })))
    home.moods['ntfy'] = 'hang'
    const queue = home.create(50)
    queue.wake()
    await queue.idle()
    t.equal(home.sent.length, 0)
    for (const notice of Object.values(home.state().notices)) t.match(notice, { state: 'owed', attempts: 1 })
    home.moods['ntfy'] = 'take'
    home.pass(2 * MINUTE)
    queue.wake()
    await queue.idle()
    t.equal(home.sent.length, 9)
  },
)

t.test('a thousand notices at once are one message for each channel', async (t) => {
  const many = [...numbered(1000), ...numbered(1000, (i) => ({ id: `ntc_m${i}`, channel: 'email' }))]
  const home = household(many)
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.same(home.sent.map(({ channel, ids }) => [channel, ids.length]).sort(), [
    ['email', 1000],
    ['ntfy', 1000],
  ])
  t.match(home.journal[0], { kind: 'bundle', outcome: 'delivered' })
})

t.test('five at once stay messages of their own, a summary and a test always do', async (t) => {
  const home = household([
    ...numbered(5),
    aNotice({ id: 'ntc_d', kind: 'digest' }),
    aNotice({ id: 'ntc_t', kind: 'test' }),
  ])
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 7)
})

t.test('nobody hears that a problem is solved before hearing of it', async (t) => {
  const later = (ms: number) => new Date(NOW.getTime() + ms).toISOString()
  const home = household([
    aNotice(),
    aNotice({ id: 'ntc_2', kind: 'closed', createdAt: later(1), dueAt: later(1) }),
    aNotice({ id: 'ntc_3', incidentIds: ['inc_9'], createdAt: later(2), dueAt: later(2) }),
  ])
  home.pass(10)
  home.moods['ntfy'] = (ids) => (ids.includes('ntc_1') ? 'unavailable' : 'take')
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.same(
    home.sent.map(({ ids }) => ids[0]),
    ['ntc_3'],
    'another incident does not wait',
  )
  t.match(home.notice('ntc_2'), { state: 'owed', attempts: 0 })
  t.same(takeNext(home.state(), { channel: 'ntfy', to: null }, home.clock.now(), new Set()), [])
  home.moods['ntfy'] = 'take'
  home.pass(2 * MINUTE)
  queue.wake()
  await queue.idle()
  t.same(
    home.sent.map(({ ids }) => ids[0]),
    ['ntc_3', 'ntc_1', 'ntc_2'],
  )
})

t.test('after a day without a network one message says everything', async (t) => {
  const home = household([])
  home.moods['ntfy'] = 'unavailable'
  const queue = home.create()
  for (let hour = 0; hour < 24; hour++) {
    const at = home.clock.now().toISOString()
    const notice = aNotice({ id: `ntc_h${hour}`, incidentIds: [`inc_h${hour}`], createdAt: at, dueAt: at })
    await home.change((state) => ({ ...state, notices: { ...state.notices, [notice.id]: notice } }))
    for (let minute = 0; minute < 60; minute += 5) {
      queue.wake()
      await queue.idle()
      home.pass(5 * MINUTE)
    }
  }
  home.moods['ntfy'] = 'take'
  for (let minute = 0; minute < 120; minute += 5) {
    queue.wake()
    await queue.idle()
    home.pass(5 * MINUTE)
  }
  t.equal(home.sent.flatMap(({ ids }) => ids).length, 24, 'none is lost')
  t.equal(new Set(home.sent.flatMap(({ ids }) => ids)).size, 24, 'none comes twice')
  t.ok(home.sent.length <= 2, `${home.sent.length} messages`)
})

t.test('a crash between sending and marking repeats the message, any other moment does not', async (t) => {
  const home = household([aNotice()])
  const before = home.create()
  home.moods['ntfy'] = 'take'
  // The message is out, then the disk fails: this process knows, the next one does not.
  home.moods['ntfy'] = () => {
    home.breakDisk(true)
    return 'take'
  }
  before.wake()
  await before.idle()
  t.equal(home.sent.length, 1)
  t.match(home.notice('ntc_1'), { state: 'owed', attempts: 1 })
  t.equal(home.logged.length, 1)
  home.breakDisk(false)
  home.moods['ntfy'] = 'take'
  const copy = household([home.notice('ntc_1') ?? aNotice()])
  before.wake()
  await before.idle()
  t.equal(home.sent.length, 1, 'the same process only marks it')
  t.match(home.notice('ntc_1'), { state: 'delivered', attempts: 1 })
  const after = copy.create()
  after.wake()
  await after.idle()
  t.equal(copy.sent.length, 1, 'a process that crashed sends it again')
  t.match(copy.notice('ntc_1'), { state: 'delivered', attempts: 2 })
})

t.test('nothing is sent that could not be counted on disk first', async (t) => {
  const home = household([aNotice()])
  home.breakDisk(true)
  const queue = home.create()
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 0)
  home.breakDisk(false)
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 1)
})

t.test('stopping lets a delivery end and starts no other', async (t) => {
  const home = household(numbered(3))
  home.moods['ntfy'] = 'hang'
  const queue = home.create()
  queue.wake()
  await sleep(20)
  const stopped = queue.stop()
  home.letGo()
  await stopped
  t.equal(home.sent.length, 1)
  queue.wake()
  await queue.idle()
  t.equal(home.sent.length, 1)
})

t.test('seeded trouble on every side loses nothing and repeats nothing', async (t) => {
  let seed = 42
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const home = household([])
  const codes: FailureCode[] = ['unavailable', 'too-many', 'no-room']
  home.moods['ntfy'] = () => (random() < 0.4 ? (codes[Math.floor(random() * 3)] ?? 'unavailable') : 'take')
  home.moods['email'] = () => (random() < 0.4 ? 'unavailable' : 'take')
  const queue = home.create()
  let made = 0
  for (let step = 0; step < 400; step++) {
    if (step < 200) {
      const at = home.clock.now().toISOString()
      const notices = numbered(Math.floor(random() * 4), () => ({})).map((_, index) =>
        aNotice({
          id: `ntc_s${step}_${index}`,
          channel: random() < 0.5 ? 'ntfy' : 'email',
          to: random() < 0.3 ? 'other' : null,
          incidentIds: [`inc_${Math.floor(random() * 20)}`],
          createdAt: at,
          dueAt: at,
        }),
      )
      made += notices.length
      await home.change((state) => ({
        ...state,
        notices: { ...state.notices, ...Object.fromEntries(notices.map((one) => [one.id, one])) },
      }))
    }
    home.breakDisk(random() < 0.1)
    queue.wake()
    await queue.idle()
    home.breakDisk(false)
    home.pass(10 * MINUTE)
  }
  const ids = home.sent.flatMap((message) => message.ids)
  t.equal(new Set(ids).size, made)
  t.equal(ids.length, made)
})

t.test('one-use links', async (t) => {
  t.test('act once, only when used, and only on what is open', async (t) => {
    const home = household([aNotice()])
    const queue = home.create()
    const token = home.links.token([aNotice()], 'acknowledge')
    t.match(home.links.look(token), { standing: 'unknown', because: { key: 'notices.link.unknown' } })
    queue.wake()
    await queue.idle()
    t.match(home.links.look(token), { standing: 'open', verb: 'acknowledge', incidents: [{ id: 'inc_1' }] })
    t.equal(home.state().incidents['inc_1']?.acknowledged, null, 'looking changes nothing')
    t.notMatch(JSON.stringify(home.state()), token, 'the token itself is kept nowhere')
    t.match(await home.links.use(token), { standing: 'done', verb: 'acknowledge' })
    t.same(home.state().incidents['inc_1']?.acknowledged, { at: NOW.toISOString(), by: 'ntfy' })
    t.match(await home.links.use(token), { standing: 'used', because: { key: 'notices.link.used' } })
    t.match(await home.links.use(home.links.token([aNotice()], 'snooze')), { standing: 'done' })
    t.equal(home.state().incidents['inc_1']?.snoozedUntil, new Date(NOW.getTime() + 24 * HOUR).toISOString())
  })

  t.test('end after a week, know nothing of strangers, and do nothing for what is solved', async (t) => {
    const home = household([aNotice()])
    const queue = home.create()
    queue.wake()
    await queue.idle()
    const token = home.links.token([aNotice()], 'snooze')
    for (const stranger of ['', '__proto__', 'constructor', token.slice(1), '\0'.repeat(1000)]) {
      t.equal((await home.links.use(stranger)).standing, 'unknown')
    }
    await home.change((state) => ({ ...state, incidents: {} }))
    t.equal((await home.links.use(token)).standing, 'nothing-open')
    home.pass(7 * 24 * HOUR)
    t.equal((await home.links.use(token)).standing, 'expired')
  })

  t.test('are the same at every attempt and bounded in number', async (t) => {
    const home = household([])
    const incidents = Object.fromEntries(
      numbered(100).map(({ incidentIds: [id = ''] }) => [id, anIncident({ id })]),
    )
    let state: State = { ...home.state(), incidents }
    const count = () => Object.keys(state.features['notice-links'] as object).length
    for (const notice of numbered(100)) state = home.links.mint(state, [notice], NOW)
    t.equal(count(), 200)
    for (const notice of numbered(100)) state = home.links.mint(state, [notice], NOW)
    t.equal(count(), 200)
    const [one] = Object.values(state.features['notice-links'] as object)
    const many = Object.fromEntries(Array.from({ length: 2500 }, (_, index) => [`hash${index}`, one]))
    state = { ...state, features: { 'notice-links': many } }
    state = home.links.mint(state, numbered(1), NOW)
    t.equal(count(), 2000)
  })
})

t.test('summaries', async (t) => {
  const plan = (part: Partial<DigestPlan>): DigestPlan => ({
    every: 'daily',
    timeOfDay: '08:00',
    weekday: 1,
    dayOfMonth: 31,
    ...part,
  })
  const cases: [string, Partial<DigestPlan>, string, string, string][] = [
    ['daily, later that day', {}, 'UTC', '2026-11-22T09:00:00Z', '2026-11-22T08:00:00.000Z'],
    ['daily, before its time', {}, 'UTC', '2026-11-22T07:59:59Z', '2026-11-21T08:00:00.000Z'],
    ['daily, in another zone', {}, 'Europe/Berlin', '2026-11-22T07:30:00Z', '2026-11-22T07:00:00.000Z'],
    [
      'daily, in the hour that is skipped',
      { timeOfDay: '02:30' },
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-29T01:30:00.000Z',
    ],
    ['weekly, on Mondays', { every: 'weekly' }, 'UTC', '2026-11-22T09:00:00Z', '2026-11-16T08:00:00.000Z'],
    [
      'monthly, on the last day of February',
      { every: 'monthly' },
      'UTC',
      '2026-03-01T00:00:00Z',
      '2026-02-28T08:00:00.000Z',
    ],
    [
      'monthly, on the first',
      { every: 'monthly', dayOfMonth: 1 },
      'UTC',
      '2026-11-22T09:00:00Z',
      '2026-11-01T08:00:00.000Z',
    ],
  ]
  for (const [name, part, zone, now, at] of cases) {
    t.equal(new Date(latestDigest(plan(part), new Date(now), zone) ?? 0).toISOString(), at, name)
  }
  t.equal(latestDigest(plan({ every: 'never' }), NOW, 'UTC'), null)

  t.test('come once in their time, to every channel, from the one before on', async (t) => {
    const home = household([])
    let every: DigestPlan['every'] = 'daily'
    const needs = {
      clock: home.clock,
      state: home.state,
      change: home.change,
      plan: () => plan({ every, timeOfDay: '08:30' }),
      zone: () => 'UTC',
      channels: () => ['ntfy', 'email'],
    }
    t.equal(await queueDigest(needs), false, 'switched on just now: the first one comes at its next time')
    home.pass(20 * MINUTE)
    t.equal(await queueDigest(needs), false)
    home.pass(15 * MINUTE)
    t.equal(await queueDigest(needs), true)
    t.equal(await queueDigest(needs), false)
    const [first] = Object.values(home.state().notices)
    t.match(first, { kind: 'digest', channel: 'ntfy', state: 'owed' })
    t.same(digestPeriod(home.state(), first ?? aNotice()), { from: NOW, to: home.clock.now() })
    home.pass(3 * 24 * HOUR)
    t.equal(await queueDigest(needs), true, 'several missed ones are one')
    t.equal(Object.keys(home.state().notices).length, 4)
    const right = home.clock.now().getTime()
    home.pass(4 * 365 * 24 * HOUR)
    t.equal(await queueDigest(needs), true)
    home.pass(right - home.clock.now().getTime())
    t.equal(await queueDigest(needs), false, 'a clock that was ahead: the next one comes at its time')
    home.pass(24 * HOUR)
    t.equal(await queueDigest(needs), true)
    every = 'weekly'
    t.equal(await queueDigest(needs), false)
    every = 'never'
    t.equal(await queueDigest(needs), false)
  })
})
