import t from 'tap'
import { closedIncidents, findIncident, journaled } from '../../src/domain/closed-incidents.ts'
import { noteDowntime } from '../../src/domain/downtime.ts'
import type { Incident } from '../../src/domain/incident.ts'
import {
  acknowledge,
  pauseJob,
  pauseServer,
  resend,
  resetNotices,
  resumeJob,
  resumeServer,
  snooze,
  unacknowledge,
} from '../../src/domain/incident-actions.ts'
import { incidentsOfServer } from '../../src/domain/incidents-of.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { Run } from '../../src/domain/run.ts'
import type { State } from '../../src/domain/state.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { aState, daily, Reports, type Said } from './given.ts'

const ON = { 'notices.ntfy.enabled': true, 'notices.gather_seconds': 0 }
const BERLIN = 'Europe/Berlin'

/** A house in which time passes: reports come, sweeps happen, and what is owed gets sent at once. */
class House extends Reports {
  sent: Notice[] = []

  override receive(begin: string, said: Said = {}): Run {
    const run = super.receive(begin, said)
    this.deliver(run.received)
    return run
  }

  sweepAt(now: string): this {
    this.state = sweep(this.state, new Date(now))
    this.deliver(new Date(now).toISOString())
    return this
  }

  deliver(now: string): void {
    const notices = { ...this.state.notices }
    for (const notice of Object.values(notices)) {
      if (notice.state !== 'owed' || notice.dueAt > now) continue
      this.sent.push(notice)
      notices[notice.id] = { ...notice, state: 'delivered', attempts: 1, finishedAt: now }
    }
    this.state = { ...this.state, notices }
  }

  /** What was sent since the last time, as kind and causes. */
  said(): string[] {
    const said = this.sent.map((notice) => {
      const causes = notice.incidentIds.map((id) => findIncident(this.state, id)?.cause ?? 'gone')
      return [notice.kind, ...causes].join(' ')
    })
    this.sent = []
    return said
  }

  open(): readonly Incident[] {
    return Object.values(this.state.incidents)
  }

  causes(): string[] {
    return this.open().map((incident) => incident.cause)
  }

  first(): Incident {
    const [incident] = this.open()
    if (incident === undefined) throw new Error('no incident is open')
    return incident
  }
}

/** Ten days of one job at three in the morning, the last on 10 May. */
function tenDays(settings: Record<string, unknown> = {}): House {
  const house = new House(aState({ ...ON, ...settings }))
  for (const at of daily('2026-05-01', 10, '03:00', BERLIN)) house.receive(at)
  house.said()
  return house
}

const at = (day: number, time: string) => `2026-05-${String(day).padStart(2, '0')}T${time}:00+02:00`

t.test('a failure opens one incident, is told once, counts on, and closes with a recovery', async (t) => {
  const house = tenDays()
  house.receive(at(11, '03:00'), { result: 'error', firstErrors: ['The volume is missing\nat line 5'] })
  t.match(house.first(), {
    id: 'inc_b_failed',
    cause: 'failed',
    severity: 'error',
    count: 1,
    because: {
      key: 'incident.failed.reason',
      values: { reason: 'The volume is missing', job: 'Photos', server: 'NAS' },
    },
  })
  t.same(house.said(), ['opened failed'])
  house.receive(at(11, '09:00'), { result: 'fatal' })
  t.match(house.first(), { id: 'inc_b_failed', count: 2, because: { key: 'incident.failed.plain' } })
  t.same(house.said(), [], 'no repeat without a policy')
  house.receive(at(12, '03:00'), { result: 'warning' })
  t.same(house.causes(), ['warning'])
  t.same(
    house.said(),
    ['bundle warning failed'].slice(0, 1).map(() => 'bundle warning failed'),
  )
})

t.test('three failures in a row are worse than one, and undo an acknowledgement', async (t) => {
  const house = tenDays()
  house.receive(at(11, '03:00'), { result: 'error' })
  house.state = acknowledge(house.state, house.first().id, 'anna', new Date(at(11, '08:00')))
  t.equal(house.first().acknowledged?.by, 'anna')
  house.receive(at(12, '03:00'), { result: 'error' })
  t.ok(house.first().acknowledged)
  house.said()
  house.receive(at(13, '03:00'), { result: 'error' })
  t.same(house.said(), ['worsened failed'])
  t.equal(house.first().acknowledged, null)
})

t.test('three runs that left nothing to restore are a failure, whatever they said', async (t) => {
  const house = tenDays()
  for (const day of [11, 12]) house.receive(at(day, '03:00'), { result: 'warning', interrupted: true })
  t.same(house.causes(), ['warning'])
  t.equal(house.first().because.key, 'incident.warning.interrupted')
  house.receive(at(13, '03:00'), { result: 'warning', interrupted: true })
  const failed = house.open().find((incident) => incident.cause === 'failed')
  t.equal(failed?.because.key, 'incident.failed.no-good-run')
  house.receive(at(14, '03:00'))
  t.same(house.causes(), [])
})

t.test('a result we do not know is a warning, not a success', async (t) => {
  const house = tenDays()
  house.receive(at(11, '03:00'), { result: 'unknown' })
  t.equal(house.first().because.key, 'incident.warning.unknown')
})

t.test('only the newest run speaks', async (t) => {
  const house = tenDays()
  house.receive(at(9, '12:00'), { result: 'error' })
  t.same(house.causes(), [])
  t.same(house.said(), [])
})

t.test('what was collected long after is shown and not told', async (t) => {
  const house = tenDays()
  house.receive(at(12, '03:00'), {
    result: 'error',
    origin: 'collected',
    received: '2026-05-14T00:00:00.000Z',
  })
  t.match(house.first(), { cause: 'failed', quiet: true })
  house.sweepAt('2026-05-14T00:10:00Z')
  t.notOk(house.said().some((said) => said.includes('failed')))
  house.receive(at(14, '03:00'), { result: 'error' })
  t.notMatch(house.first(), { quiet: true })
  house.sweepAt('2026-05-14T02:00:00Z')
  t.ok(
    house.said().some((said) => said.includes('failed')),
    'a fresh failure is',
  )
})

t.test('a failed restore is an incident of its own and closes when it works', async (t) => {
  const house = tenDays()
  house.receive(at(10, '12:00'), { operation: 'Restore', result: 'error', exception: 'no such file' })
  t.match(house.first(), {
    cause: 'operation',
    because: { key: 'incident.operation.reason', values: { operation: 'Restore' } },
  })
  t.same(house.said(), ['opened operation'])
  house.receive(at(10, '13:00'), { operation: 'Test' })
  t.same(house.causes(), ['operation'], 'another operation heals nothing')
  house.receive(at(10, '14:00'), { operation: 'Restore' })
  t.same(house.causes(), [])
  t.same(house.said(), ['closed operation'])
  house.receive(at(10, '15:00'), { operation: 'Test', result: 'fatal' })
  house.receive(at(11, '03:00'))
  t.same(house.causes(), ['operation'])
  for (const day of [12, 13, 14, 15, 16, 17]) house.receive(at(day, '03:00'))
  house.sweepAt(at(17, '16:00'))
  t.same(house.causes(), [], 'a week later it is history')
})

t.test('silence becomes an incident once it is overdue, and a run ends it', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '05:09'))
  t.same(house.causes(), [])
  const state = house.state
  t.equal(sweep(state, new Date(at(11, '05:09'))), state, 'nothing happened, nothing changes')
  house.sweepAt(at(11, '05:10'))
  t.match(house.first(), { cause: 'overdue', count: 1, because: { key: 'because.overdue-versions' } })
  t.same(house.said(), ['opened overdue'])
  house.sweepAt(at(11, '05:11')).sweepAt(at(11, '12:00'))
  t.same(house.said(), [])
  house.receive(at(11, '13:00'))
  t.same(house.causes(), [])
  t.same(house.said(), ['closed overdue'])
})

t.test('it ran at last and failed: one message says both', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.receive(at(11, '07:00'), { result: 'error' })
  t.same(house.said(), ['opened failed overdue'])
  t.same(house.causes(), ['failed'])
})

t.test('three missed runs are worse than one', async (t) => {
  const house = tenDays({ 'monitoring.repeat': 'never' })
  house.sweepAt(at(11, '06:00')).sweepAt(at(12, '06:00'))
  t.same(house.said(), ['opened overdue'])
  house.sweepAt(at(13, '06:00'))
  t.same(house.said(), ['worsened overdue'])
  t.equal(house.first().count, 3)
  house.sweepAt(at(14, '06:00')).sweepAt(at(20, '06:00'))
  t.same(house.said(), [])
})

t.test('reminders come as often as the policy says', async (t) => {
  const count = (repeat: string, days: number) => {
    const house = tenDays({ 'monitoring.repeat': repeat })
    for (let hour = 0; hour < days * 24; hour += 1) {
      house.sweepAt(new Date(Date.parse(at(11, '06:00')) + hour * 3_600_000).toISOString())
    }
    return house.said().filter((said) => said === 'reminder overdue').length
  }
  t.equal(count('never', 20), 0)
  t.equal(count('daily', 20), 18, 'and counted anew from the word that it got worse')
  t.equal(count('weekly', 20), 2)
  t.equal(count('monthly', 40), 1)
  t.equal(count('6h', 2), 7)
})

t.test('an acknowledged incident is not repeated, and is again when that is taken back', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.state = acknowledge(house.state, house.first().id, 'anna', new Date(at(11, '07:00')))
  t.equal(acknowledge(house.state, house.first().id, 'bert', new Date()), house.state)
  house.sweepAt(at(12, '07:00'))
  t.same(house.said(), [])
  house.state = unacknowledge(house.state, house.first().id)
  house.sweepAt(at(12, '07:01'))
  t.same(house.said(), ['reminder overdue'])
})

t.test('a snooze is silent until it ends, then speaks at once', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.state = snooze(house.state, house.first().id, new Date(at(13, '06:00')))
  house.sweepAt(at(12, '07:00'))
  t.same(house.said(), [])
  house.sweepAt(at(13, '06:00'))
  t.same(house.said(), ['worsened overdue'], 'meanwhile it got worse')
  t.equal(house.first().snoozedUntil, null)
  house.state = snooze(house.state, house.first().id, new Date(at(14, '09:00')))
  house.sweepAt(at(14, '09:00'))
  t.same(house.said(), ['reminder overdue'])
  house.state = snooze(house.state, house.first().id, new Date(at(19, '09:00')))
  house.state = snooze(house.state, house.first().id, null)
  house.sweepAt(at(15, '09:00'))
  t.same(house.said(), ['reminder overdue'])
})

t.test('a paused job closes its incidents without a word and is judged again after it', async (t) => {
  const house = tenDays()
  const job = Object.keys(house.state.jobs)[0] ?? ''
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.state = pauseJob(house.state, job, 'forever')
  house.sweepAt(at(11, '06:01'))
  t.same([house.causes(), house.said()], [[], []])
  house.receive(at(12, '03:00'), { result: 'error' })
  t.same([house.causes(), house.said()], [[], []], 'nobody wants to know')
  house.state = resumeJob(house.state, job, new Date(at(15, '12:00')))
  house.sweepAt(at(15, '12:01'))
  t.same(house.causes(), [], 'the first run to expect is the next planned one')
  house.sweepAt(at(16, '06:00'))
  t.same(house.causes(), ['overdue'])
})

t.test('a paused server is silent with all its jobs', async (t) => {
  const house = tenDays()
  const server = Object.keys(house.state.servers)[0] ?? ''
  house.state = pauseServer(house.state, server, new Date(at(12, '00:00')).toISOString())
  house.sweepAt(at(11, '06:00'))
  t.same(house.causes(), [])
  house.sweepAt(at(12, '06:00'))
  t.same(house.causes(), ['overdue'])
  house.state = resumeServer(pauseServer(house.state, server, 'forever'), server, new Date(at(12, '07:00')))
  house.sweepAt(at(12, '07:01'))
  t.same(house.causes(), [], 'after the pause the next planned run is expected')
})

/** Five jobs of one machine, an hour apart. */
function fiveJobs(settings: Record<string, unknown> = {}): House {
  const house = new House(aState({ ...ON, ...settings }))
  for (const begin of daily('2026-05-01', 10, '03:00', BERLIN)) {
    for (let n = 0; n < 5; n += 1) job(house, begin, n)
  }
  house.said()
  return house
}

function job(house: House, begin: string, n: number, said: Said = {}): void {
  const start = new Date(Date.parse(begin) + n * 3_600_000).toISOString()
  house.receive(start, { ...said, identity: { backupId: `DB-${n}`, backupName: `Job ${n}` } })
}

t.test('a whole server that is silent is one incident that lists its jobs', async (t) => {
  const house = fiveJobs()
  house.sweepAt(at(11, '05:30'))
  t.same(house.said(), ['opened overdue'], 'the first job')
  house.sweepAt(at(11, '06:30'))
  t.same(house.causes(), ['server-silent'])
  t.equal(house.first().jobIds.length, 2)
  t.same(house.said(), ['opened server-silent'])
  for (const time of ['07:30', '08:30', '09:30']) house.sweepAt(at(11, time))
  t.same(house.said(), [], 'the others join without a word')
  t.match(house.first(), {
    count: 5,
    because: { key: 'incident.server-silent', values: { jobs: 5, server: 'NAS' } },
  })
  t.equal(incidentsOfServer(house.state, house.first().serverId).length, 1)
  for (let n = 0; n < 4; n += 1) job(house, at(11, '10:00'), n)
  house.sweepAt(at(11, '14:00'))
  t.equal(house.first().jobIds.length, 1, 'they come back one after another')
  t.same(house.said(), [])
  job(house, at(11, '10:00'), 4)
  house.sweepAt(at(11, '15:00'))
  t.same([house.causes(), house.said()], [[], ['closed server-silent']])
})

t.test('all jobs overdue in one sweep are one message', async (t) => {
  const house = fiveJobs()
  house.sweepAt(at(11, '12:00'))
  t.same(house.said(), ['opened server-silent'])
})

t.test('a job that stays away a day after its server came back is overdue on its own account', async (t) => {
  const house = fiveJobs({ 'monitoring.repeat': 'never' })
  house.sweepAt(at(11, '12:00'))
  house.said()
  for (let n = 0; n < 4; n += 1) {
    job(house, at(11, '13:00'), n)
  }
  house.sweepAt(at(11, '18:00'))
  t.same(house.causes(), ['server-silent'])
  house.sweepAt(at(12, '02:59'))
  house.sweepAt(at(12, '18:00'))
  t.ok(house.causes().includes('overdue'))
  t.notOk(house.causes().includes('server-silent'))
})

t.test('while others of a server report, one job is overdue alone', async (t) => {
  const house = fiveJobs()
  for (let n = 2; n < 5; n += 1) job(house, at(11, '03:00'), n)
  house.sweepAt(at(11, '09:00'))
  t.same(house.causes().sort(), ['overdue', 'overdue'])
  t.same(house.said(), ['bundle overdue overdue'])
})

t.test('pausing a silent server ends its incident without a word', async (t) => {
  const house = fiveJobs()
  house.sweepAt(at(11, '12:00'))
  house.said()
  house.state = pauseServer(house.state, house.first().serverId, 'forever')
  house.sweepAt(at(11, '12:01'))
  t.same([house.causes(), house.said()], [[], []])
})

t.test('after our own downtime nothing is overdue until the time to catch up is over', async (t) => {
  const house = tenDays()
  house.state = noteDowntime(house.state, new Date(at(10, '20:00')), new Date(at(11, '12:00')))
  house.sweepAt(at(11, '12:00')).sweepAt(at(11, '12:29'))
  t.same([house.causes(), house.said()], [[], []])
  house.sweepAt(at(11, '12:30'))
  t.same(house.said(), ['opened overdue'])
  house.state = noteDowntime(house.state, new Date(at(11, '13:00')), new Date(at(11, '20:00')))
  house.sweepAt(at(11, '20:00'))
  t.same(house.causes(), ['overdue'], 'what was overdue before stays so')
  t.same(house.said(), [], 'a restart makes no storm')
})

t.test('a restart is not a downtime, and a second one goes on from the first', async (t) => {
  const state = aState()
  t.equal(noteDowntime(state, new Date(at(10, '20:00')), new Date(at(10, '20:01'))), state)
  const once = noteDowntime(state, new Date(at(10, '20:00')), new Date(at(11, '12:00')))
  t.equal(once.downtime?.catchUpUntil, new Date(at(11, '12:30')).toISOString())
  const twice = noteDowntime(once, new Date(at(11, '12:05')), new Date(at(11, '12:20')))
  t.equal(twice.downtime?.from, once.downtime?.from)
  t.equal(twice.downtime?.catchUpUntil, new Date(at(11, '12:45')).toISOString())
  const restarts = ['12:00', '12:10', '12:20', '12:30', '12:40'].map((time) => new Date(at(11, time)))
  const again = restarts.reduce(
    (before, alive) => noteDowntime(before, alive, new Date(alive.getTime() + 3 * 60_000)),
    once,
  )
  t.equal(again.downtime?.catchUpUntil, new Date(at(11, '12:45')).toISOString(), 'however many there are')
  const later = noteDowntime(once, new Date(at(12, '12:05')), new Date(at(12, '12:20')))
  t.equal(later.downtime?.from, new Date(at(12, '12:05')).toISOString())
})

t.test('a machine with the name of an old one keeps that quiet until someone answers', async (t) => {
  const house = tenDays()
  const old = Object.keys(house.state.servers)[0] ?? ''
  for (const day of [11, 12]) house.receive(at(day, '03:00'), { identity: { machineId: 'm-new' } })
  house.sweepAt(at(12, '20:00'))
  t.same(
    house.open().filter((incident) => incident.serverId === old),
    [],
  )
  const other = Object.values(house.state.servers).find((server) => server.maybeSameAs === old)
  if (other === undefined) throw new Error('no question')
  house.state = {
    ...house.state,
    servers: { ...house.state.servers, [other.id]: { ...other, maybeSameAs: null } },
  }
  house.sweepAt(at(12, '20:01'))
  t.same(house.causes(), ['overdue'], 'they are two machines')
})

t.test('a silence that was told before the question is not repeated while it is open', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.receive(at(11, '12:00'), { identity: { machineId: 'm-new' } })
  house.sweepAt(at(12, '07:00'))
  t.notOk(house.said().some((said) => said.startsWith('reminder')))
})

t.test('one job whose arithmetic fails becomes unknown and stops nobody', async (t) => {
  const house = fiveJobs()
  const [first] = Object.values(house.state.jobs)
  if (first === undefined) throw new Error('no job')
  const broken = {
    ...first,
    overrides: { expect: { kind: 'interval', interval: 7 } },
  } as unknown as typeof first
  house.state = { ...house.state, jobs: { ...house.state.jobs, [first.id]: broken } }
  house.sweepAt(at(11, '12:00'))
  t.equal(house.state.jobs[first.id]?.expectation?.source, 'broken')
  t.same(house.causes(), ['server-silent'])
  t.equal(house.first().jobIds.length, 4)
})

t.test('what was removed has no troubles', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.state = { ...house.state, jobs: {} }
  house.sweepAt(at(11, '06:01'))
  t.same(house.causes(), [])
  t.equal(closedIncidents(house.state).at(-1)?.closedBecause?.key, 'incident.closed.removed')
})

t.test('changed settings are seen by the next sweep', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  house.said()
  house.state = {
    ...house.state,
    settings: { ...house.state.settings, 'monitoring.tolerance_minutes': 1440 },
  }
  house.sweepAt(at(11, '06:01'))
  t.same([house.causes(), house.said()], [[], ['closed overdue']])
  t.equal(closedIncidents(house.state).at(-1)?.closedBecause?.key, 'incident.closed.not-expected')
})

t.test('a run that is going on is not silence', async (t) => {
  const house = tenDays()
  const [job] = Object.values(house.state.jobs)
  if (job === undefined) throw new Error('no job')
  const running = {
    operation: 'Backup',
    startedAt: at(11, '03:00'),
    heardAt: at(11, '05:50'),
    status: 'running',
  } as never
  house.state = { ...house.state, jobs: { [job.id]: { ...job, status: { ...job.status, running } } } }
  house.sweepAt(at(11, '06:00'))
  t.same(house.causes(), [])
  house.sweepAt(at(11, '06:51'))
  t.same(house.causes(), ['overdue'], 'an hour without a word is')
})

t.test(
  'a maintenance window holds back openings and reminders until it is over, and recoveries too',
  async (t) => {
    const window = {
      id: 'w',
      name: 'Night',
      serverId: null,
      jobId: null,
      kind: 'once',
      from: at(11, '00:00'),
      to: at(11, '12:00'),
    }
    const house = tenDays({ 'maintenance.windows': [window] })
    house.sweepAt(at(11, '06:00'))
    t.same([house.causes(), house.said()], [['overdue'], []])
    house.sweepAt(at(11, '12:00'))
    t.same(house.said(), ['opened overdue'])
    const healed = tenDays({ 'maintenance.windows': [window] })
    healed.sweepAt(at(11, '06:00'))
    healed.receive(at(11, '07:00'))
    healed.sweepAt(at(11, '12:30'))
    t.same(healed.said(), [], 'what came and went inside it is not told')
    const early = tenDays({ 'maintenance.windows': [{ ...window, from: at(11, '06:00') }] })
    early.sweepAt(at(11, '05:30'))
    t.same(early.said(), ['opened overdue'])
    early.receive(at(11, '07:00'))
    t.same(early.said(), [])
    early.sweepAt(at(11, '12:00'))
    t.same(early.said(), ['closed overdue'], 'where an alarm went out, the recovery comes after it')
  },
)

t.test('what gets worse inside a window is told after it, also where nothing is repeated', async (t) => {
  const window = { id: 'w', name: '', kind: 'once', serverId: null, jobId: null } as const
  const held = { ...window, from: at(13, '00:00'), to: at(13, '12:00') }
  const house = tenDays({ 'monitoring.repeat': 'never', 'maintenance.windows': [held] })
  house.receive(at(11, '03:00'), { result: 'error' })
  house.receive(at(12, '03:00'), { result: 'error' })
  t.same(house.said(), ['opened failed'])
  house.receive(at(13, '03:00'), { result: 'error' })
  house.sweepAt(at(13, '11:59'))
  t.same(house.said(), [])
  house.sweepAt(at(13, '12:00')).sweepAt(at(13, '12:01'))
  t.same(house.said(), ['worsened failed'])
  const silent = tenDays({ 'monitoring.repeat': 'never', 'maintenance.windows': [held] })
  for (const day of [11, 12, 13]) silent.sweepAt(at(day, '06:00'))
  t.same(silent.said(), ['opened overdue'])
  silent.sweepAt(at(13, '12:00')).sweepAt(at(13, '12:01'))
  t.same(silent.said(), ['worsened overdue'])
})

t.test('a clock that was ahead for a while and is set right keeps no silence quiet', async (t) => {
  const house = tenDays()
  house.state = noteDowntime(house.state, new Date(at(10, '12:00')), new Date('2031-01-01T00:00:00Z'))
  const [job] = Object.values(house.state.jobs)
  if (job === undefined) throw new Error('There is no job')
  const running = {
    operation: 'Backup',
    startedAt: '2031-01-01T00:00:00.000Z',
    heardAt: '2031-01-01T00:00:00.000Z',
    phase: null,
    progress: null,
    bytesPerSecond: null,
    filesDone: null,
    filesTotal: null,
    bytesDone: null,
    bytesTotal: null,
    source: 'live',
    status: 'running',
    taskId: null,
  } as const
  const jobs = { ...house.state.jobs, [job.id]: { ...job, status: { ...job.status, running } } }
  house.state = { ...house.state, jobs }
  house.sweepAt(at(11, '06:00'))
  t.same(house.said(), ['opened overdue'])
  const told = { ...house.first(), toldAt: '2031-01-01T00:00:00.000Z' }
  house.state = { ...house.state, incidents: { [told.id]: told } }
  house.sweepAt(at(11, '06:01')).sweepAt(at(11, '06:02'))
  t.same(house.said(), ['reminder overdue'], 'told in the future is told again, once')
})

t.test('a window of one job or server leaves the others alone', async (t) => {
  const house = fiveJobs()
  const [first] = Object.values(house.state.jobs)
  const base = { id: 'w', name: '', kind: 'weekly', weekdays: [1], from: '00:00', to: '23:00', zone: BERLIN }
  const told = (window: object, sweepAt: string) => {
    const copy = fiveJobs({ 'maintenance.windows': [{ ...base, serverId: null, jobId: null, ...window }] })
    for (let n = 0; n < 5; n += 1) job(copy, at(11, '03:00'), n, n < 2 ? { result: 'error' } : {})
    copy.sweepAt(sweepAt)
    return copy.said().length
  }
  t.equal(told({}, at(11, '20:00')), 0, '11 May 2026 is a Monday')
  t.ok(told({ weekdays: [2] }, at(11, '20:00')) > 0)
  t.equal(told({ jobId: first?.id }, at(11, '20:00')), 1)
  t.equal(told({ serverId: first?.serverId }, at(11, '20:00')), 0)
  t.ok(told({ serverId: 'srv_other' }, at(11, '20:00')) > 0)
})

t.test('quiet hours make notices wait, and what heals meanwhile is not told', async (t) => {
  const house = tenDays({ 'notices.quiet': { from: '22:00', to: '07:00' } })
  house.sweepAt(at(11, '05:30'))
  t.same(house.said(), [])
  t.equal(Object.values(house.state.notices).at(-1)?.dueAt, new Date(at(11, '07:00')).toISOString())
  house.sweepAt(at(11, '07:00'))
  t.same(house.said(), ['opened overdue'])
  house.receive(at(11, '23:00'), { result: 'error' })
  house.receive(at(12, '03:00'))
  house.sweepAt(at(12, '07:00'))
  t.same(house.said(), ['closed overdue'])
})

t.test('what got worse and healed in quiet hours, unheard, is not told, nor its end', async (t) => {
  const house = tenDays({ 'notices.quiet': { from: '00:00', to: '12:00' } })
  for (const time of ['03:00', '04:00', '05:00', '06:00']) house.receive(at(11, time), { result: 'error' })
  t.match(house.first(), { count: 4, told: 1 })
  house.receive(at(11, '07:00'))
  house.sweepAt(at(11, '12:00'))
  t.same([house.said(), house.causes()], [[], []])
  const heard = tenDays({ 'notices.quiet': { from: '00:00', to: '04:00' } })
  for (const time of ['03:00', '04:00', '05:00', '06:00']) heard.receive(at(11, time), { result: 'error' })
  heard.receive(at(11, '07:00'))
  t.same(heard.said(), ['opened failed', 'worsened failed', 'closed failed'])
})

t.test('errors come through quiet hours where that is wished, and nothing else does', async (t) => {
  const house = tenDays({ 'notices.quiet': { from: '22:00', to: '07:00' }, 'notices.quiet_errors': true })
  house.receive(at(11, '03:00'), { result: 'warning' })
  t.same(house.said(), [])
  house.receive(at(11, '04:00'), { result: 'error' })
  t.same(house.said(), ['opened failed'])
  house.receive(at(11, '05:00'))
  t.same(house.said(), [], 'a recovery wakes nobody')
  house.sweepAt(at(11, '07:00'))
  t.same(house.said(), ['closed failed'])
})

t.test('a thousand incidents at once are one message a channel', async (t) => {
  const house = new House(aState({ ...ON, 'notices.email.enabled': true, 'notices.gather_seconds': 3 }))
  for (let n = 0; n < 1000; n += 1) {
    const identity = { machineId: `m-${n}`, machineName: `M${n}` }
    house.receive('2026-05-10T03:00:00Z', { identity })
  }
  house.sweepAt('2026-05-11T12:00:00Z')
  house.sweepAt('2026-05-11T12:01:00Z')
  t.same(
    house.sent.map((notice) => [notice.channel, notice.kind, notice.incidentIds.length]),
    [
      ['ntfy', 'bundle', 1000],
      ['email', 'bundle', 1000],
    ],
  )
})

t.test('failures that arrive within seconds are one message', async (t) => {
  const house = new House(aState({ ...ON, 'notices.gather_seconds': 3 }))
  for (let n = 0; n < 50; n += 1) {
    const identity = { machineId: `m-${n}`, machineName: `M${n}` }
    house.receive('2026-05-10T03:00:00Z', {
      identity,
      result: 'error',
      received: `2026-05-10T03:10:0${n < 25 ? 0 : 2}.000Z`,
    })
  }
  house.deliver('2026-05-10T03:10:03.000Z')
  t.same(
    house.sent.map((notice) => [notice.kind, notice.incidentIds.length]),
    [['bundle', 50]],
  )
})

t.test('a failure that heals before anyone was told is not told, nor its end', async (t) => {
  const reports = new Reports(aState(ON))
  reports.receive(at(11, '03:00'), { result: 'error' })
  t.equal(Object.keys(reports.state.notices).length, 1)
  reports.receive(at(11, '04:00'))
  t.same(reports.state.notices, {})
})

t.test('those who ask for every run hear of every run, and of a recovery once', async (t) => {
  const house = tenDays({ 'notices.on': 'all' })
  house.receive(at(11, '03:00'))
  t.same(house.said(), ['run'])
  house.receive(at(12, '03:00'), { result: 'error' })
  house.receive(at(13, '03:00'), { result: 'error' })
  house.receive(at(14, '03:00'))
  t.same(house.said(), ['opened failed', 'run', 'closed failed'])
})

t.test('a notice that failed can be sent again, and all can be told anew', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  const [notice] = Object.values(house.state.notices)
  if (notice === undefined) throw new Error('no notice')
  house.state = resend(house.state, notice.id, new Date(at(11, '07:00')))
  t.match(house.state.notices[notice.id], {
    state: 'owed',
    attempts: 0,
    dueAt: new Date(at(11, '07:00')).toISOString(),
  })
  house.deliver(new Date(at(11, '07:00')).toISOString())
  house.said()
  house.state = resetNotices(house.state)
  house.sweepAt(at(11, '07:01'))
  t.same(house.said(), ['opened overdue'])
})

t.test('what is not there any more cannot be acted upon', async (t) => {
  const state = aState()
  const actions = [
    () => acknowledge(state, 'inc_1', 'a', new Date()),
    () => snooze(state, '__proto__', null),
    () => pauseJob(state, 'job_1', 'forever'),
    () => pauseServer(state, 'srv_1', 'forever'),
    () => resend(state, 'constructor', new Date()),
  ]
  for (const act of actions) t.throws(act, { code: 'not-found' })
})

t.test('closed incidents wait for the journal and stay while a notice speaks of them', async (t) => {
  const house = tenDays({ 'notices.quiet': { from: '22:00', to: '07:00' } })
  house.receive(at(11, '08:00'), { result: 'error' })
  house.said()
  house.receive(at(11, '23:00'))
  const [closed] = closedIncidents(house.state)
  if (closed === undefined) throw new Error('none closed')
  t.equal(journaled(house.state, new Set()), house.state)
  house.state = journaled(house.state, new Set([closed.id]))
  t.same(closedIncidents(house.state), [])
  t.equal(findIncident(house.state, closed.id)?.id, closed.id, 'its recovery is still owed')
  house.deliver(new Date(at(12, '07:00')).toISOString())
  t.same(house.said(), ['closed failed'])
  t.equal(findIncident(house.state, 'inc_nothing'), null)
})

t.test('finished notices are kept for a while, not for ever', async (t) => {
  const house = tenDays()
  house.sweepAt(at(11, '06:00'))
  const [notice] = Object.values(house.state.notices)
  if (notice === undefined) throw new Error('no notice')
  const many = Array.from({ length: 400 }, (_, n) => ({
    ...notice,
    id: `ntc_${n}`,
    finishedAt: new Date(Date.parse(at(11, '06:00')) + n).toISOString(),
  }))
  house.state = { ...house.state, notices: Object.fromEntries(many.map((one) => [one.id, one])) }
  const trimmed = sweep(house.state, new Date(at(11, '06:01')))
  t.equal(Object.keys(trimmed.notices).length, 300)
  t.ok(trimmed.notices['ntc_399'])
  const later: State = sweep(trimmed, new Date('2026-07-01T00:00:00Z'))
  t.notOk(later.notices['ntc_399'])
})
