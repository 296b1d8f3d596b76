import t from 'tap'
import { findIncident } from '../../src/domain/closed-incidents.ts'
import type { Incident, IncidentCause } from '../../src/domain/incident.ts'
import { pauseJob, resumeJob, snooze } from '../../src/domain/incident-actions.ts'
import { ledger } from '../../src/domain/ledger.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { Run } from '../../src/domain/run.ts'
import type { State } from '../../src/domain/state.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { aState, daily, Reports, type Said } from './given.ts'

const BERLIN = 'Europe/Berlin'
const ON = { 'notices.ntfy.enabled': true, 'notices.gather_seconds': 0, 'monitoring.repeat': 'daily' }
const BAD: Said = { result: 'error', firstErrors: ['no route'], errors: 1 }
const WARNED: Said = { result: 'warning', firstWarnings: ['locked'], warnings: 1 }

/** A job that runs at three every night; each letter is a night: `.` good, `x` failed, `w` warnings, `-` no run. */
class Nights {
  readonly #reports: Reports
  readonly #days = daily('2026-05-01', 200, '03:00', BERLIN)
  #day = 0
  said: string[] = []

  constructor(settings: Record<string, unknown> = {}) {
    this.#reports = new Reports(aState({ ...ON, ...settings }))
    this.live('..........')
    this.heard()
  }

  live(nights: string): this {
    for (const night of nights) {
      const at = this.#days[this.#day] ?? ''
      this.#day += 1
      if (night !== '-') this.#reports.receive(at, night === 'x' ? BAD : night === 'w' ? WARNED : {})
      this.#deliver(Date.parse(at) + 600_000)
      // Six hours later what is overdue is so, and once more before the next night.
      for (const hours of [6, 23]) this.sweepAt(Date.parse(at) + hours * 3_600_000)
    }
    return this
  }

  sweepAt(now: number): void {
    this.#reports.state = sweep(this.#reports.state, new Date(now))
    this.#deliver(now)
  }

  get now(): Date {
    return new Date(Date.parse(this.#days[this.#day] ?? '') - 3_600_000)
  }

  get state(): State {
    return this.#reports.state
  }

  change(step: (state: State) => State): this {
    this.#reports.state = step(this.#reports.state)
    return this
  }

  open(cause: IncidentCause): Incident | undefined {
    return Object.values(this.state.incidents).find((incident) => incident.cause === cause)
  }

  jobId(): string {
    return Object.keys(this.state.jobs)[0] ?? ''
  }

  /** What was told since the last time, as kind and causes. */
  heard(): string[] {
    const said = this.said
    this.said = []
    return said
  }

  #deliver(now: number): void {
    const notices: Record<string, Notice> = { ...this.state.notices }
    for (const notice of Object.values(notices)) {
      if (notice.state !== 'owed' || Date.parse(notice.dueAt) > now) continue
      const causes = notice.incidentIds.map((id) => findIncident(this.state, id)?.cause ?? 'gone')
      this.said.push([notice.kind, ...causes].join(' '))
      notices[notice.id] = { ...notice, state: 'delivered', finishedAt: new Date(now).toISOString() }
    }
    this.#reports.state = { ...this.state, notices }
  }
}

t.test(
  'a job that fails and recovers again and again is said to be unstable once, and then kept quiet',
  async (t) => {
    const job = new Nights()
    job.live('x.x.')
    t.same(job.heard(), ['opened failed', 'closed failed', 'opened failed', 'closed failed'])
    job.live('x')
    t.same(job.heard(), ['opened unstable'], 'the third failure within ten runs is one too many')
    t.match(job.open('unstable'), {
      severity: 'error',
      causes: ['failed'],
      count: 3,
      because: { key: 'incident.unstable', values: { count: 3, runs: 10, job: 'Photos', server: 'NAS' } },
    })
    job.live('.x.x.xx.x')
    t.same(job.heard(), [], 'not a word while it goes on')
    t.equal(job.open('unstable')?.count, 7, 'but it is counted')
  },
)

t.test('after ten runs without a change one message says that it is steady again', async (t) => {
  const job = new Nights()
  job.live('x.x.x.')
  job.heard()
  job.live('.........')
  t.same(job.heard(), [])
  job.live('.')
  t.same(job.heard(), ['closed unstable'])
  t.same(Object.keys(job.state.incidents), [])
  job.live('x.')
  t.same(job.heard(), ['opened failed', 'closed failed'], 'the next failure is told as any other')
})

t.test('what gets worse or stays is told even so, and its end then too', async (t) => {
  const job = new Nights()
  job.live('x.x.x.')
  job.heard()
  job.live('xx')
  t.same(job.heard(), [])
  job.live('x')
  t.same(job.heard(), ['worsened failed'], 'three in a row do not come and go')
  job.live('x')
  t.same(job.heard(), ['reminder failed'], 'and is repeated as any other')
  job.live('.')
  t.same(job.heard(), ['closed failed'])
  job.live('-')
  t.same(job.heard(), ['opened overdue'], 'another cause is another matter')
})

t.test('warnings that stay are told together with the word that the job is steady', async (t) => {
  const job = new Nights({ 'monitoring.repeat': 'never' })
  job.live('w.w.w')
  t.same(job.heard().at(-1), 'opened unstable')
  t.equal(job.open('unstable')?.severity, 'warning')
  job.live('wwwwwww')
  t.same(job.heard(), ['opened warning'], 'a week of them is no coming and going')
  const other = new Nights({ 'monitoring.repeat': 'never' })
  other.live('w.w.w.w')
  other.heard()
  other.live('.'.repeat(11))
  t.same(other.heard(), ['closed unstable'])
})

t.test('what became a lasting trouble is told as that, and nobody hears that all is steady', async (t) => {
  const reports = new Reports(aState(ON))
  const hours = Array.from({ length: 26 }, (_, n) => new Date(Date.UTC(2026, 4, 1, n)).toISOString())
  for (const [n, at] of hours.entries()) {
    if (n < 25) reports.state = { ...reports.state, notices: {} }
    reports.receive(at, n >= 10 && n < 25 && (n % 2 === 0 || n > 14) ? WARNED : {})
    if (n !== 24) continue
    const [told, more] = Object.values(reports.state.notices)
    t.notOk(more)
    t.equal(told?.kind, 'opened')
    t.same(
      told?.incidentIds.map((id) => findIncident(reports.state, id)?.cause),
      ['warning'],
    )
    t.same(
      Object.values(reports.state.incidents).map(({ cause }) => cause),
      ['warning'],
    )
    for (const [id, notice] of Object.entries(reports.state.notices))
      reports.state = { ...reports.state, notices: { [id]: { ...notice, state: 'delivered' } } }
  }
  const last = Object.values(reports.state.notices).at(-1)
  t.match(last, { kind: 'closed' }, 'and its end is told')
})

t.test('a job that only fails in the end is not said to be steady', async (t) => {
  const job = new Nights({ 'monitoring.repeat': 'never' })
  job.live('x.x.x.')
  job.heard()
  job.live('xxx')
  t.same(job.heard(), ['worsened failed'])
  job.live('xxxxxxxxx')
  t.same([job.heard(), job.open('unstable')], [[], undefined])
  job.live('.')
  t.same(job.heard(), ['closed failed'])
})

t.test('runs that come late again and again are one matter too', async (t) => {
  const job = new Nights()
  job.live('-.-.')
  t.same(job.heard(), ['opened overdue', 'closed overdue', 'opened overdue', 'closed overdue'])
  job.live('-')
  t.same(job.heard(), ['opened unstable'])
  t.match(job.open('unstable')?.because, { key: 'incident.unstable.overdue' })
  job.live('--')
  t.same(job.heard(), ['opened overdue'], 'three missed runs are a silence')
  job.live('.')
  t.same(job.heard(), ['closed overdue'])
})

t.test('a second cause that comes and goes joins, and is said once', async (t) => {
  const job = new Nights()
  job.live('w.w.w.')
  job.heard()
  job.live('x.x.')
  t.same(job.heard(), ['opened failed', 'closed failed', 'opened failed', 'closed failed'])
  job.live('x')
  t.same(job.heard(), ['worsened unstable'])
  t.match(job.open('unstable'), { severity: 'error', causes: ['warning', 'failed'] })
  job.live('w.')
  t.equal(job.open('unstable')?.severity, 'error', 'a warning makes it no lighter')
  t.same(job.heard(), [])
})

t.test('troubles far apart are told each by itself', async (t) => {
  const job = new Nights()
  job.live('x.........x.........x.........x.')
  t.same(
    job.heard().filter((one) => one.includes('unstable')),
    [],
  )
})

t.test('it is not repeated, can be snoozed, and a pause ends it without a word', async (t) => {
  const job = new Nights()
  job.live('x.x.x')
  job.heard()
  const id = job.open('unstable')?.id ?? ''
  job.change((state) => snooze(state, id, new Date(job.now.getTime() + 86_400_000)))
  job.live('.x.')
  t.same(job.heard(), ['reminder unstable'], 'spoken of once more after the snooze, and no more')
  job.change((state) => pauseJob(state, job.jobId(), 'forever'))
  job.live('-')
  t.same([job.heard(), Object.keys(job.state.incidents)], [[], []])
  job.change((state) => resumeJob(state, job.jobId(), job.now))
  job.live('x')
  t.same(job.heard(), ['opened failed'], 'what comes after the pause begins anew')
})

t.test('whoever wants each message can have it, and changing that tells what is open', async (t) => {
  const off = new Nights({ 'monitoring.unstable': false })
  off.live('x.x.x.x')
  t.same(off.heard().filter((one) => one === 'opened failed').length, 4)
  const job = new Nights()
  job.live('x.x.x.x')
  job.heard()
  job.change((state) => ({ ...state, settings: { ...state.settings, 'monitoring.unstable': false } }))
  job.sweepAt(job.now.getTime())
  t.notOk(job.open('unstable'))
  job.sweepAt(job.now.getTime() + 60_000)
  t.same(job.heard(), ['opened failed'])
})

t.test('what a maintenance window covers does not count as coming and going', async (t) => {
  const nightly = {
    id: 'w',
    name: '',
    serverId: null,
    jobId: null,
    kind: 'weekly',
    weekdays: [],
    from: '02:00',
    to: '04:00',
    zone: BERLIN,
  }
  const job = new Nights({ 'maintenance.windows': [nightly] })
  job.live('x.x.x.x.')
  t.notOk(job.open('unstable'))
})

t.test('a clock that jumps changes nothing: runs are counted, not days', async (t) => {
  const reports = new Reports(aState(ON))
  const days = daily('2026-05-01', 40, '03:00', BERLIN)
  for (const at of days.slice(0, 10)) reports.receive(at)
  for (const [n, at] of days.slice(10, 15).entries())
    reports.receive(at, { ...(n % 2 === 0 ? BAD : {}), received: '2031-01-01T00:00:00.000Z' })
  const unstable = () => Object.values(reports.state.incidents).some(({ cause }) => cause === 'unstable')
  t.ok(unstable())
  for (const at of days.slice(15, 26)) reports.receive(at)
  t.notOk(unstable())
})

t.test('folding the runs again comes to the very same state', async (t) => {
  const reports = new Reports(aState(ON))
  const runs: Run[] = []
  let before = reports.state
  for (const [n, at] of daily('2026-05-01', 30, '03:00', BERLIN).entries()) {
    if (n === 10) before = reports.state
    const run = reports.receive(at, n % 2 === 0 && n < 20 ? BAD : {})
    if (n >= 10) runs.push(run)
  }
  const again = runs.reduce((state, run) => ledger.complete(ledger.fold(state, run)), before)
  t.same(again, reports.state)
})

t.test(
  'a whole server that comes and goes is said once, and heard of again when it stays away',
  async (t) => {
    const reports = new Reports(aState(ON))
    const said: string[] = []
    const pass = (now: number) => {
      reports.state = sweep(reports.state, new Date(now))
      const notices = { ...reports.state.notices }
      for (const notice of Object.values(notices)) {
        if (notice.state !== 'owed') continue
        said.push(
          [notice.kind, ...notice.incidentIds.map((id) => findIncident(reports.state, id)?.cause)].join(' '),
        )
        notices[notice.id] = { ...notice, state: 'delivered', finishedAt: new Date(now).toISOString() }
      }
      reports.state = { ...reports.state, notices }
    }
    const nights = `${'.'.repeat(10)}-.-.-.-.----`
    for (const [n, at] of daily('2026-05-01', nights.length, '03:00', BERLIN).entries()) {
      if (nights[n] === '.')
        for (const job of [1, 2, 3])
          reports.receive(at, { identity: { backupId: `DB-${job}`, backupName: `Job ${job}` } })
      for (const hours of [6, 23]) pass(Date.parse(at) + hours * 3_600_000)
    }
    t.same(
      said.filter((one) => !one.startsWith('reminder')),
      [
        'opened server-silent',
        'closed server-silent',
        'opened server-silent',
        'closed server-silent',
        'opened unstable',
        'opened server-silent',
      ],
    )
  },
)
