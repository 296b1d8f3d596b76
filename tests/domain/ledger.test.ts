import t from 'tap'
import { closedIncidents } from '../../src/domain/closed-incidents.ts'
import type { Job } from '../../src/domain/job.ts'
import { createLedger, ledger } from '../../src/domain/ledger.ts'
import { RECENT_RUNS } from '../../src/domain/recent-runs.ts'
import type { Run } from '../../src/domain/run.ts'
import type { Server } from '../../src/domain/server.ts'
import type { State } from '../../src/domain/state.ts'
import { seededRandom } from '../support/random.ts'
import { aRun, aState, daily, Reports } from './given.ts'

function only<T>(things: Readonly<Record<string, T>>): T {
  const [first, second] = Object.values(things)
  if (first === undefined || second !== undefined) throw new Error(`${Object.keys(things).length} things`)
  return first
}

function servers(state: State): readonly Server[] {
  return Object.values(state.servers)
}

function jobs(state: State): readonly Job[] {
  return Object.values(state.jobs)
}

const day = (n: number) => `2026-05-${String(n).padStart(2, '0')}T01:00:00Z`

t.test('a first report makes its server and its job', async (t) => {
  const reports = new Reports(aState())
  const run = reports.receive(day(1))
  const server = only(reports.state.servers)
  const job = only(reports.state.jobs)
  t.match(server, {
    id: run.serverId,
    machineId: 'm-nas',
    name: 'NAS',
    maybeSameAs: null,
    nameIsIdentity: false,
  })
  t.match(job, {
    id: run.jobId,
    serverId: server.id,
    backupId: 'DB-1',
    name: 'Photos',
    createdAt: run.received,
  })
  t.equal(server.lastReportAt, run.received)
  t.equal(job.status.lastRun?.no, 1)
})

t.test('only a new machine counts as a new server', async (t) => {
  const ids = (kind: string) => `${kind}_x`
  const first = ledger.place(aState(), aRun(day(1)), ids)
  t.equal(first.newServer, true)
  const again = ledger.place(first.state, aRun(day(2)), ids)
  t.equal(again.newServer, false)
  t.equal(again.state, first.state, 'what is known changes nothing')
  const job = ledger.place(
    first.state,
    aRun(day(2), { identity: { backupId: 'DB-2', backupName: 'Music' } }),
    (kind) => `${kind}_y`,
  )
  t.equal(job.newServer, false)
  t.equal(job.serverId, first.serverId)
})

t.test('a renamed machine keeps its history and takes the new name', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1))
  reports.receive(day(2), { identity: { machineName: 'Storage' } })
  t.equal(only(reports.state.servers).name, 'Storage')
  t.equal(only(reports.state.jobs).status.recent.length, 2)
})

t.test('a renamed job keeps its history and takes the new name', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1))
  reports.receive(day(2), { identity: { backupName: 'Pictures' } })
  t.match(only(reports.state.jobs), { name: 'Pictures', backupId: 'DB-1' })
})

t.test('an old report that comes late does not bring the old names back', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(2), { identity: { machineName: 'Storage', backupName: 'Pictures' } })
  reports.receive(day(1))
  t.equal(only(reports.state.servers).name, 'Storage')
  t.equal(only(reports.state.jobs).name, 'Pictures')
})

t.test('a job that was deleted and imported again is the same job', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1))
  reports.receive(day(2), { identity: { backupId: 'DB-7' } })
  reports.receive(day(3), { identity: { backupId: 'DB-7' } })
  t.match(only(reports.state.jobs), { backupId: 'DB-7', formerBackupIds: ['DB-1'] })
  t.equal(only(reports.state.jobs).status.recent.length, 3)
})

t.test('two ids of one name that both report are two jobs', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1))
  reports.receive(day(2), { identity: { backupId: 'DB-7' } })
  reports.receive(day(3))
  reports.receive(day(3), { identity: { backupId: 'DB-7' } })
  t.same(
    jobs(reports.state).map((job) => [job.backupId, job.formerBackupIds]),
    [
      ['DB-7', []],
      ['DB-1', []],
    ],
  )
})

t.test('an older run of another id is not taken for the successor of a newer one', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(5))
  reports.receive(day(2), { identity: { backupId: 'DB-7' } })
  t.equal(jobs(reports.state).length, 2)
})

t.test('command line runs share a name and are told apart by their hash', async (t) => {
  const reports = new Reports(aState())
  const name = { backupName: 'Duplicati.CommandLine' }
  reports.receive(day(1), { identity: { ...name, backupId: 'a'.repeat(64) } })
  reports.receive(day(1), { identity: { ...name, backupId: 'b'.repeat(64) } })
  reports.receive(day(2), { identity: { ...name, backupId: 'a'.repeat(64) } })
  t.equal(jobs(reports.state).length, 2)
})

t.test('a job known by name takes its id when reports begin to carry one', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1), { identity: { backupId: null } })
  reports.receive(day(2))
  reports.receive(day(3), { identity: { backupId: null } })
  t.match(only(reports.state.jobs), { backupId: 'DB-1', formerBackupIds: [] })
})

t.test('a server known by name takes its machine id when reports begin to carry one', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1), { identity: { machineId: null } })
  reports.receive(day(2))
  t.equal(only(reports.state.servers).machineId, 'm-nas')
})

t.test('a new machine id with a known name is a new server and a question', async (t) => {
  const reports = new Reports(aState())
  const old = reports.receive(day(1))
  reports.receive(day(2), { identity: { machineId: 'm-new' } })
  const [first, second] = servers(reports.state)
  t.equal(first?.maybeSameAs, null)
  t.match(second, { machineId: 'm-new', name: 'NAS', maybeSameAs: old.serverId })
})

t.test(
  'an old machine that runs on beside the new one of its name answers the question itself',
  async (t) => {
    const reports = new Reports(aState())
    reports.receive(day(1))
    const other = reports.receive(day(5), { identity: { machineId: 'm-new' } })
    reports.receive(day(4), { received: '2026-05-05T12:00:00.000Z' })
    t.ok(reports.state.servers[other.serverId]?.maybeSameAs, 'a run from before it appeared says nothing')
    reports.receive(day(6), { origin: 'import' })
    t.ok(reports.state.servers[other.serverId]?.maybeSameAs)
    reports.receive(day(6))
    t.equal(reports.state.servers[other.serverId]?.maybeSameAs, null)
  },
)

t.test('what is read from a file is history, not a sign of life', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1), { origin: 'import' })
  t.equal(only(reports.state.servers).lastReportAt, null)
  const heard = reports.receive(day(2))
  reports.receive(day(3), { origin: 'file', identity: { machineName: 'Old name' } })
  t.match(only(reports.state.servers), { lastReportAt: heard.received, name: 'NAS' })
})

t.test('a machine id that goes by two names in turn is two machines, told apart by name', async (t) => {
  const reports = new Reports(aState())
  const clone = { identity: { machineName: 'NAS-2' } }
  reports.receive(day(1))
  reports.receive(day(2), clone)
  t.equal(servers(reports.state).length, 1, 'the first other name is a new name')
  const back = reports.receive(day(3))
  t.match(only(reports.state.servers), { name: 'NAS', nameIsIdentity: true })
  const apart = reports.receive(day(4), clone)
  t.not(apart.serverId, back.serverId)
  t.equal(reports.receive(day(5)).serverId, back.serverId)
  t.equal(reports.receive(day(6), clone).serverId, apart.serverId)
  t.same(
    servers(reports.state).map((server) => [server.name, server.nameIsIdentity, server.maybeSameAs]),
    [
      ['NAS', true, null],
      ['NAS-2', true, null],
    ],
  )
  const nameless = reports.receive(day(7), { identity: { machineName: null } })
  t.equal(nameless.serverId, back.serverId, 'without a name, the first of them')
})

t.test('a report without machine id goes to the server of that name', async (t) => {
  const reports = new Reports(aState())
  const known = reports.receive(day(1))
  t.equal(reports.receive(day(2), { identity: { machineId: null } }).serverId, known.serverId)
  const other = reports.receive(day(2), { identity: { machineId: null, machineName: 'Laptop' } })
  t.not(other.serverId, known.serverId)
  t.equal(reports.state.servers[other.serverId]?.name, 'Laptop')
})

t.test('a report that names only its job goes to the only job of that name', async (t) => {
  const reports = new Reports(aState())
  const known = reports.receive(day(1))
  const old = { machineId: null, machineName: null, backupId: null }
  t.equal(reports.receive(day(2), { identity: old }).jobId, known.jobId)
  const second = reports.receive(day(2), { identity: { machineId: 'm-2', machineName: 'Other' } })
  const unclear = reports.receive(day(3), { identity: old })
  t.notOk([known.jobId, second.jobId].includes(unclear.jobId), 'with two of that name nobody knows')
  t.equal(reports.state.servers[unclear.serverId]?.name, 'unidentified (192.168.1.5)')
  t.equal(reports.receive(day(4), { identity: { ...old, backupName: 'Else' } }).serverId, unclear.serverId)
  const far = reports.receive(day(4), { identity: { ...old, backupName: 'Else', sender: '10.0.0.9' } })
  t.equal(
    far.jobId,
    reports.receive(day(5), { identity: { ...old, backupName: 'Else' } }).jobId,
    'now the only one of that name',
  )
})

t.test('a report that says nothing of itself has a place too', async (t) => {
  const reports = new Reports(aState())
  const nothing = { machineId: null, machineName: null, backupId: null, backupName: null, sender: null }
  const first = reports.receive(day(1), { identity: nothing })
  t.equal(reports.receive(day(2), { identity: nothing }).jobId, first.jobId)
  t.equal(only(reports.state.servers).name, 'unidentified')
  t.equal(only(reports.state.jobs).name, 'unnamed')
})

t.test('a machine without a name is called by its id', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1), { identity: { machineName: null } })
  t.equal(only(reports.state.servers).name, 'm-nas')
})

t.test('hostile names are names', async (t) => {
  const reports = new Reports(aState())
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', '../..//host', '\u0000', '<b>']) {
    reports.receive(day(1), {
      identity: { machineId: name, machineName: name, backupId: name, backupName: name },
    })
    reports.receive(day(2), {
      identity: { machineId: name, machineName: name, backupId: name, backupName: name },
    })
  }
  t.equal(servers(reports.state).length, 6)
  t.ok(jobs(reports.state).every((job) => job.status.recent.length === 2))
  t.equal(Object.getPrototypeOf(reports.state.servers), Object.prototype)
})

t.test('a known machine costs no new state, and jobs of one server are found among many', async (t) => {
  const reports = new Reports(aState())
  for (const begin of [day(1), day(2)]) {
    for (let n = 0; n < 300; n += 1) {
      reports.receive(begin, { identity: { machineId: `m-${n}`, machineName: `M${n}`, backupId: 'DB-1' } })
    }
  }
  t.equal(jobs(reports.state).length, 300)
  t.equal(servers(reports.state).length, 300)
  t.equal(Object.getPrototypeOf(reports.state.jobs), Object.prototype)
  t.ok(jobs(reports.state).every((job) => job.status.recent.length === 2))
})

t.test('the last run is the one that began last, whenever it arrived', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(3))
  reports.receive(day(5), { result: 'error' })
  reports.receive(day(4))
  const { status } = only(reports.state.jobs)
  t.equal(status.lastRun?.at, new Date(day(5)).toISOString())
  t.equal(status.lastGood?.at, new Date(day(4)).toISOString())
  t.same(
    status.recent.map((run) => run.no),
    [1, 3, 2],
  )
})

t.test('a job remembers its last runs, and not more', async (t) => {
  const reports = new Reports(aState())
  for (const at of daily('2026-01-01', 70, '03:00', 'UTC')) reports.receive(at)
  const { recent } = only(reports.state.jobs).status
  t.equal(recent.length, RECENT_RUNS)
  t.equal(recent[0]?.no, 70 - RECENT_RUNS + 1)
  reports.receive('2025-12-01T00:00:00Z')
  t.equal(
    only(reports.state.jobs).status.recent[0]?.no,
    70 - RECENT_RUNS + 1,
    'an older one does not push its way in',
  )
})

t.test('other operations change neither the last good run nor lateness', async (t) => {
  const reports = new Reports(aState())
  for (const at of daily('2026-05-01', 10, '03:00', 'UTC')) reports.receive(at)
  const before = only(reports.state.jobs)
  reports.receive('2026-05-10T12:00:00Z', { operation: 'Restore', result: 'success' })
  reports.receive('2026-05-10T13:00:00Z', { operation: 'Backup', dryRun: true, result: 'error' })
  const after = only(reports.state.jobs)
  t.same({ ...after.status, lastOther: null }, { ...before.status, lastOther: null })
  t.same(after.expectation, before.expectation)
  t.equal(after.status.lastOther?.operation, 'Backup')
  reports.receive('2026-05-09T13:00:00Z', { operation: 'Test' })
  t.equal(only(reports.state.jobs).status.lastOther?.operation, 'Backup', 'an older one stays older')
})

t.test('the announced start is that of the newest run that told one', async (t) => {
  const reports = new Reports(aState())
  const announced = () => only(reports.state.jobs).nextScheduled
  reports.receive(day(3), { nextScheduled: '2026-05-04T01:00:00.000Z' })
  reports.receive(day(2), { nextScheduled: '2026-05-03T01:00:00.000Z' })
  t.equal(announced(), '2026-05-04T01:00:00.000Z')
  reports.receive('2026-05-03T20:00:00Z')
  t.equal(announced(), '2026-05-04T01:00:00.000Z', 'a run by hand tells none')
  t.equal(only(reports.state.jobs).expectation?.dueAt, '2026-05-04T01:00:00.000Z')
})

t.test('a begin that lies after its arrival cannot be, so the arrival counts', async (t) => {
  const reports = new Reports(aState())
  reports.receive('2026-06-01T00:00:00Z', { received: '2026-05-01T00:00:00.000Z' })
  t.equal(only(reports.state.jobs).status.lastRun?.at, '2026-05-01T00:00:00.000Z')
  reports.receive(day(9), { begin: null })
  t.equal(only(reports.state.jobs).status.lastRun?.no, 2)
})

t.test('a report ends what was said to be running', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1))
  const job = only(reports.state.jobs)
  const running = {
    operation: 'Backup',
    startedAt: '2026-05-02T01:00:00.000Z',
    heardAt: '2026-05-02T01:05:00.000Z',
    phase: null,
    progress: 0.5,
    bytesPerSecond: null,
    filesDone: null,
    filesTotal: null,
    bytesDone: null,
    bytesTotal: null,
    source: 'live',
    status: 'running',
    taskId: null,
  } as const
  const status = { ...job.status, running }
  reports.state = { ...reports.state, jobs: { [job.id]: { ...job, status } } }
  reports.receive('2026-05-01T12:00:00Z', { operation: 'Test' })
  t.ok(only(reports.state.jobs).status.running, 'a test that was over before is another thing')
  reports.receive(day(2))
  t.equal(only(reports.state.jobs).status.running, null)
})

t.test('room at the destination is that of the newest run that told it', async (t) => {
  const reports = new Reports(aState())
  const quota = (freeBytes: number) => ({
    totalBytes: 100,
    freeBytes,
    assignedBytes: null,
    nearlyFull: false,
    full: false,
  })
  reports.receive(day(2), { quota: quota(40) })
  reports.receive(day(1), { quota: quota(50) })
  reports.receive(day(3))
  t.equal(only(reports.state.jobs).status.quota?.freeBytes, 40)
})

t.test('a richer copy changes the run it is a copy of', async (t) => {
  const reports = new Reports(aState())
  const run = reports.receive(day(1))
  const richer: Run = { ...run, rev: 1, result: 'error', exception: 'boom' }
  const state = ledger.complete(ledger.fold(reports.state, richer))
  const { status } = only(state.jobs)
  t.equal(status.recent.length, 1)
  t.match(status.lastRun, { no: run.no, result: 'error', reason: 'boom' })
  t.equal(status.lastGood, null)
})

t.test('folding again comes to the very same state', async (t) => {
  const reports = new Reports(
    aState({ 'notices.ntfy.enabled': true, 'notices.on': 'all', 'notices.gather_seconds': 0 }),
  )
  const results = ['success', 'error', 'error', 'warning', 'success', 'unknown', 'fatal', 'success'] as const
  const runs = results.map((result, index) => reports.receive(day(index + 1), { result }))
  const other = reports.receive(day(9), { operation: 'Test', result: 'error' })
  for (const run of [...runs, other]) t.same(ledger.fold(reports.state, run), reports.state, `run ${run.no}`)
  let replayed = aState({ 'notices.ntfy.enabled': true, 'notices.on': 'all', 'notices.gather_seconds': 0 })
  for (const run of [...runs, other]) replayed = ledger.complete(ledger.fold(replayed, run))
  t.same(replayed, reports.state, 'from nothing but the lines of the runs')
})

t.test(
  'the order of arrival changes neither the last run, nor the last good one, nor what is remembered',
  async (t) => {
    const random = seededRandom(5)
    for (let round = 0; round < 20; round += 1) {
      const count = random.whole(5, 90)
      const runs = Array.from({ length: count }, (_, index) =>
        aRun(new Date(Date.UTC(2026, 0, 1 + index, 1, random.whole(0, 59))).toISOString(), {
          no: index + 1,
          received: new Date(Date.UTC(2026, 6, 1, 0, 0, index)).toISOString(),
          result: random.pick(['success', 'warning', 'error', 'unknown'] as const),
          interrupted: random.chance(0.1),
          operation: random.chance(0.1) ? 'Test' : 'Backup',
        }),
      )
      const shuffled = runs.map((run) => ({ run, key: random.next() })).sort((a, b) => a.key - b.key)
      const inOrder = ledger.complete(runs.reduce((state, run) => ledger.fold(state, run), aState()))
      const mixed = ledger.complete(shuffled.reduce((state, { run }) => ledger.fold(state, run), aState()))
      const kept = (state: State) => {
        const { lastRun, lastGood, recent } = only(state.jobs).status
        return { lastRun, lastGood, recent }
      }
      t.same(kept(mixed), kept(inOrder), `${count} runs`)
    }
  },
)

t.test('what is expected of many jobs can be worked out a few at a time', async (t) => {
  const reports = new Reports(aState())
  const runs = ['DB-1', 'DB-2', 'DB-3'].map((backupId) =>
    reports.receive(day(1), { identity: { backupId, backupName: backupId } }),
  )
  const folded = runs.reduce(
    (state, run, at) => ledger.fold(state, { ...run, begin: day(2), received: day(2), no: 10 + at }),
    reports.state,
  )
  const unknown = (state: State) => jobs(state).filter(({ expectation }) => expectation === null).length
  t.equal(unknown(folded), 3)
  const some = ledger.complete(folded, 2)
  t.equal(unknown(some), 1)
  const all = ledger.complete(some, 2)
  t.same(all, ledger.complete(folded))
  t.equal(ledger.complete(all, 2), all, 'nothing is left to do')
})

t.test('a later copy fills gaps, keeps what is known, and never turns a failure into success', async (t) => {
  const kept = aRun(day(1), {
    result: 'error',
    exception: 'boom',
    figures: { versions: null, sourceBytes: 5 },
    firstErrors: ['a'],
    errors: 1,
  })
  t.equal(ledger.richer(kept, kept), null)
  const poorer = aRun(day(1), {
    result: 'success',
    figures: { versions: null, sourceBytes: 9 },
    origin: 'collected',
  })
  const doubted = ledger.richer(kept, poorer)
  t.match(doubted, {
    rev: 1,
    result: 'error',
    figures: { sourceBytes: 5 },
    doubts: [{ key: 'report.doubt.told-twice' }],
  })
  t.equal(doubted === null ? null : ledger.richer(doubted, poorer), null, 'said once')
  t.equal(ledger.richer(kept, aRun(day(1), { result: 'unknown', figures: { versions: null } })), null)
  const later = ledger.richer(
    kept,
    aRun(day(1), {
      result: 'fatal',
      parsedResult: 'Fatal',
      figures: { versions: 7, sourceBytes: 9 },
      firstErrors: ['a', 'b'],
      errors: 2,
      warnings: 3,
    }),
  )
  t.match(later, {
    rev: 1,
    result: 'fatal',
    parsedResult: 'Fatal',
    exception: 'boom',
    errors: 2,
    warnings: 3,
    firstErrors: ['a', 'b'],
  })
  t.match(later?.figures, { versions: 7, sourceBytes: 5 })
  const interrupted = ledger.richer(aRun(day(1)), aRun(day(1), { interrupted: true }))
  t.equal(interrupted?.interrupted, true)
})

t.test('closed incidents wait for the journal with the run that closed them', async (t) => {
  const reports = new Reports(aState())
  reports.receive(day(1), { result: 'error' })
  const healed = reports.receive(day(2))
  const [closed] = closedIncidents(reports.state)
  t.match(closed, {
    cause: 'failed',
    closedAt: healed.received,
    closedBecause: { key: 'incident.closed.good-run' },
  })
  t.equal(createLedger(), ledger)
})
