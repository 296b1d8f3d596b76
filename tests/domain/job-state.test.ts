import t from 'tap'
import { expect } from '../../src/domain/expectation.ts'
import type { Incident } from '../../src/domain/incident.ts'
import { JOB_STATES, type Job, type JobState, type RunningNow } from '../../src/domain/job.ts'
import { jobState } from '../../src/domain/job-state.ts'
import { monitoringSettings } from '../../src/domain/monitoring-settings.ts'
import type { Server } from '../../src/domain/server.ts'
import { serverState, worstOf } from '../../src/domain/server-state.ts'
import type { State } from '../../src/domain/state.ts'
import { aJob, aServer, aState, type Begun, daily } from './given.ts'

const DAYS = daily('2026-05-01', 10, '03:00', 'Europe/Berlin')
const SOON = '2026-05-10T12:00:00+02:00'
const LATE = '2026-05-11T04:00:00+02:00'
const OVERDUE = '2026-05-11T06:00:00+02:00'

interface Given {
  readonly runs?: readonly Begun[]
  readonly job?: Partial<Job>
  readonly server?: Partial<Server>
  readonly state?: Partial<State>
  readonly running?: Partial<RunningNow>
  readonly now?: string
}

function lastBeing(said: Partial<Begun & object>): readonly Begun[] {
  return DAYS.map((at, index) => (index === DAYS.length - 1 ? { at, ...said } : at))
}

function standing({ runs = DAYS, job = {}, server = {}, state = {}, running, now = SOON }: Given) {
  const base = aJob(runs, job)
  const going =
    running === undefined
      ? null
      : ({ operation: 'Backup', startedAt: SOON, heardAt: SOON, status: 'running', ...running } as RunningNow)
  const seen = { ...base, status: { ...base.status, running: going } }
  const machine = aServer(server)
  const start = { ...aState(), servers: { [machine.id]: machine }, ...state }
  const settings = monitoringSettings(start)
  const judged = { ...seen, expectation: expect(seen, machine, settings, new Date(now)) }
  return {
    ...jobState(judged, machine, { ...start, jobs: { [judged.id]: judged } }, new Date(now)),
    judged,
    machine,
    start,
  }
}

const ERROR = { result: 'error', reason: 'disk full' } as const
const INTERRUPTED = { result: 'warning', interrupted: true } as const
const DOWN = {
  downtime: { from: '2026-05-10T20:00:00Z', to: OVERDUE, catchUpUntil: '2026-05-11T06:30:00+02:00' },
}

const STATES: [name: string, given: Given, state: JobState, because: string][] = [
  ['a plain run', {}, 'ok', 'because.ok'],
  ['no run', { runs: [] }, 'new', 'because.never-ran'],
  [
    'a run with warnings',
    { runs: lastBeing({ result: 'warning', warnings: 14, reason: 'locked' }) },
    'warning',
    'incident.warning.reason',
  ],
  [
    'warnings without a word',
    { runs: lastBeing({ result: 'warning' }) },
    'warning',
    'incident.warning.plain',
  ],
  ['an interrupted run', { runs: lastBeing(INTERRUPTED) }, 'warning', 'incident.warning.interrupted'],
  [
    'an interrupted run that says success',
    { runs: lastBeing({ interrupted: true }) },
    'warning',
    'incident.warning.interrupted',
  ],
  ['a failed run', { runs: lastBeing(ERROR) }, 'failed', 'incident.failed.reason'],
  ['a fatal run', { runs: lastBeing({ result: 'fatal' }) }, 'failed', 'incident.failed.plain'],
  [
    'three interrupted runs',
    { runs: DAYS.map((at, index) => (index > 6 ? { at, ...INTERRUPTED } : at)) },
    'failed',
    'incident.failed.no-good-run',
  ],
  [
    'three unknown runs',
    { runs: DAYS.map((at, index) => (index > 6 ? { at, result: 'unknown' as const } : at)) },
    'failed',
    'incident.failed.no-good-run',
  ],
  [
    'a run of unknown result',
    { runs: lastBeing({ result: 'unknown' }) },
    'unknown',
    'because.unknown-result',
  ],
  ['past due', { now: LATE }, 'late', 'because.late'],
  ['past due and tolerance', { now: OVERDUE }, 'overdue', 'because.overdue-versions'],
  [
    'overdue with no versions told',
    { runs: lastBeing({ versions: null }), now: OVERDUE },
    'overdue',
    'because.overdue',
  ],
  [
    'overdue and never good',
    {
      runs: lastBeing({})
        .slice(8)
        .map((run) => ({ ...(typeof run === 'string' ? { at: run } : run), result: 'unknown' as const })),
      now: '2026-05-12T06:00:00+02:00',
    },
    'overdue',
    'because.overdue-never',
  ],
  ['a warning that is late', { runs: lastBeing({ result: 'warning' }), now: LATE }, 'late', 'because.late'],
  [
    'a warning that is overdue',
    { runs: lastBeing({ result: 'warning' }), now: OVERDUE },
    'overdue',
    'because.overdue-versions',
  ],
  ['a failure that is overdue', { runs: lastBeing(ERROR), now: OVERDUE }, 'failed', 'incident.failed.reason'],
  [
    'unknown and overdue',
    { runs: lastBeing({ result: 'unknown' }), now: OVERDUE },
    'overdue',
    'because.overdue-versions',
  ],
  [
    'unknown and late',
    { runs: lastBeing({ result: 'unknown' }), now: LATE },
    'unknown',
    'because.unknown-result',
  ],
  ['running', { running: {} }, 'running', 'because.running'],
  ['running while overdue', { running: { heardAt: OVERDUE }, now: OVERDUE }, 'running', 'because.running'],
  ['running after a failure', { runs: lastBeing(ERROR), running: {} }, 'running', 'because.running'],
  ['stalled', { running: { status: 'stalled' } }, 'running', 'because.stalled'],
  [
    'finished, and the report is still to come',
    { running: { status: 'finished-without-report' } },
    'ok',
    'because.ok',
  ],
  [
    'running, but not a word for an hour',
    { running: {}, now: '2026-05-10T13:00:01+02:00' },
    'ok',
    'because.ok',
  ],
  ['paused for ever', { job: { pausedUntil: 'forever' } }, 'paused', 'because.paused'],
  ['paused until later', { job: { pausedUntil: '2026-05-10T20:00:00Z' } }, 'paused', 'because.paused-until'],
  ['paused until a while ago', { job: { pausedUntil: '2026-05-09T20:00:00Z' } }, 'ok', 'because.ok'],
  ['a paused server', { server: { pausedUntil: 'forever' } }, 'paused', 'because.server-paused'],
  [
    'a server paused until later',
    { server: { pausedUntil: '2026-05-10T20:00:00Z' } },
    'paused',
    'because.server-paused-until',
  ],
  ['monitoring switched off', { job: { overrides: { watch: false } } }, 'paused', 'because.not-watched'],
  [
    'monitoring of the server switched off',
    { server: { overrides: { watch: false } } },
    'paused',
    'because.not-watched',
  ],
  [
    'monitoring of all switched off',
    { state: { settings: { 'monitoring.watch': false } } },
    'paused',
    'because.not-watched',
  ],
  [
    'watched though its server is not',
    { server: { overrides: { watch: false } }, job: { overrides: { watch: true } } },
    'ok',
    'because.ok',
  ],
  ['archived', { job: { archivedAt: SOON } }, 'paused', 'because.archived'],
  ['on an archived server', { server: { archivedAt: SOON } }, 'paused', 'because.archived'],
  [
    'paused while failed and running',
    { job: { pausedUntil: 'forever' }, runs: lastBeing(ERROR), running: {} },
    'paused',
    'because.paused',
  ],
  [
    'a wish that cannot be read',
    {
      job: {
        overrides: { expect: { kind: 'interval', interval: 'x', weekdays: [], timeOfDay: null, zone: null } },
      },
    },
    'unknown',
    'because.broken-interval',
  ],
  ['due while we were down', { state: DOWN, now: OVERDUE }, 'unknown', 'because.own-downtime'],
  ['due while we were down, and late', { state: DOWN, now: LATE }, 'unknown', 'because.own-downtime'],
  [
    'due while we were down, and failed before',
    { state: DOWN, runs: lastBeing(ERROR), now: OVERDUE },
    'failed',
    'incident.failed.reason',
  ],
  [
    'when the time to catch up is over',
    { state: DOWN, now: '2026-05-11T06:30:00+02:00' },
    'overdue',
    'because.overdue-versions',
  ],
  ['not due before we were back', { state: DOWN, now: SOON }, 'ok', 'because.ok'],
  [
    'overdue before we went down',
    { state: { downtime: { ...DOWN.downtime, from: '2026-05-11T05:30:00+02:00' } }, now: OVERDUE },
    'overdue',
    'because.overdue-versions',
  ],
]

t.test('a job is in the first state that holds, and says why', async (t) => {
  for (const [name, given, state, because] of STATES) {
    const shown = standing(given)
    t.same([shown.state, shown.because.key], [state, because], name)
  }
  t.same(new Set(STATES.map(([, , state]) => state)), new Set(JOB_STATES))
})

t.test('a state knows since when', async (t) => {
  const since = (given: Given) => standing(given).since
  t.equal(
    since({ runs: DAYS.map((at, index) => (index > 5 ? { at, ...ERROR } : at)) }),
    DAYS[6] && new Date(DAYS[6]).toISOString(),
  )
  t.equal(since({ now: OVERDUE }), '2026-05-11T01:00:00.000Z', 'the moment it was due')
  t.equal(
    since({ runs: DAYS.map((at, index) => (index > 7 ? { at, result: 'warning' as const } : at)) }),
    DAYS[8] && new Date(DAYS[8]).toISOString(),
  )
  t.match(standing({ runs: DAYS.map((at, index) => (index > 7 ? { at, ...ERROR } : at)) }).because, {
    values: { count: 2 },
  })
})

t.test('a snoozed problem shows as paused until the snooze ends, others do not', async (t) => {
  const incident = (cause: Incident['cause'], jobIds: readonly string[] = []) =>
    ({
      id: cause,
      cause,
      serverId: 'srv_nas',
      jobId: jobIds.length > 0 ? null : 'job_photos',
      jobIds,
      snoozedUntil: '2026-05-12T00:00:00Z',
    }) as unknown as Incident
  const shown = (one: Incident, given: Given) =>
    standing({ ...given, state: { incidents: { [one.id]: one } } }).state
  const failed = { runs: lastBeing(ERROR) }
  t.equal(shown(incident('failed'), failed), 'paused')
  t.equal(shown(incident('failed'), { ...failed, now: '2026-05-12T00:00:00Z' }), 'failed')
  t.equal(shown(incident('warning'), failed), 'failed')
  t.equal(shown(incident('overdue'), { now: OVERDUE }), 'paused')
  t.equal(shown(incident('server-silent', ['job_photos']), { now: OVERDUE }), 'paused')
  t.equal(shown(incident('overdue'), {}), 'ok', 'what is well stays well')
})

t.test('an old machine whose name a new one has is unknown when its run is due', async (t) => {
  const successor = aServer({ id: 'srv_new', maybeSameAs: 'srv_nas' })
  const state = { servers: { srv_nas: aServer(), srv_new: successor } }
  t.equal(standing({ state, now: OVERDUE }).because.key, 'because.maybe-same')
  t.equal(standing({ state, now: SOON }).state, 'ok')
})

t.test('a server is as bad as the worst of its jobs', async (t) => {
  const { judged, machine, start } = standing({})
  const other = { ...aJob(lastBeing(ERROR)), id: 'job_other' }
  const away = { ...other, id: 'job_away', archivedAt: SOON }
  const now = new Date(SOON)
  t.equal(serverState(machine, { ...start, jobs: { job_photos: judged } }, now), 'ok')
  t.equal(serverState(machine, { ...start, jobs: { job_photos: judged, job_other: other } }, now), 'failed')
  t.equal(serverState(machine, { ...start, jobs: { job_photos: judged, job_away: away } }, now), 'ok')
  t.equal(serverState(machine, start, now), 'new')
  t.equal(worstOf(['ok', 'warning', 'overdue']), 'overdue')
})
