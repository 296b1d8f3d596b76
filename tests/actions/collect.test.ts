import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CollectProgress } from '../../src/actions/collect-needs.ts'
import { serversDue } from '../../src/domain/collect-plan.ts'
import { createLedger } from '../../src/domain/ledger.ts'
import { NEW_CONNECTION } from '../../src/domain/remote-reach.ts'
import type { Server } from '../../src/domain/server.ts'
import type { Text } from '../../src/domain/text.ts'
import { readReport } from '../../src/duplicati/report.ts'
import { createLanguages } from '../../src/language/words.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store-shape.ts'
import { runFiles } from '../../src/wiring/run-files.ts'
import {
  type DuplicatiServer,
  jobWithRows,
  type ServerOptions,
  startDuplicati,
} from '../support/duplicati-server.ts'
import { benchReports, type TimedReport } from '../support/generator.ts'
import { rowOf } from '../support/log-row.ts'
import { seededRandom } from '../support/random.ts'
import { remoteDesk } from '../support/remote-desk.ts'

const NOW = new Date('2026-11-07T14:02:00Z')
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ADMIN = { who: 'admin', from: '127.0.0.1', administrator: true }
const PASSWORD = 'correct horse'
const MACHINE = '0123456789abcdef0123456789abcdef'

/** A clock that a test sets, and that stands still otherwise. */
function stoppedClock(at = NOW) {
  let now = at
  return {
    now: () => now,
    elapsedMs: () => now.getTime(),
    set(next: Date) {
      now = next
    },
    pass(minutes: number) {
      now = new Date(now.getTime() + minutes * 60_000)
    },
  }
}

type StoppedClock = ReturnType<typeof stoppedClock>

const words = createLanguages('views/locales', { clock: { now: () => NOW, elapsedMs: () => 0 } }).words({
  language: 'en',
  locale: 'en-GB',
  zone: 'UTC',
  theme: 'auto',
  units: 'decimal',
  dateStyle: 'locale',
  hour12: null,
})

const said = (text: Text | null | undefined) => (text ? words.say(text).replaceAll('\u202f', ' ') : '')

async function openHouse(t: Test, dir: string, clock: StoppedClock) {
  const store = await openStore({ dir, disk: realDisk, clock, ledger: createLedger(), log: QUIET })
  t.teardown(() => store.close())
  const audited: string[] = []
  const changed: string[] = []
  const desk = remoteDesk({
    store,
    clock,
    log: QUIET,
    zone: 'UTC',
    secret: (name) => store.state().secrets[name]?.sealed ?? null,
    seal: (secret) => ({ sealed: secret, setAt: clock.now().toISOString() }),
    audit: async (line) => {
      audited.push(`${line.action} ${line.result}`)
    },
    said: (jobId) => changed.push(jobId),
    limits: { connectMs: 2000, idleMs: 2000 },
  })
  t.teardown(() => desk.progress.stop())
  return { store, desk, clock, audited, changed }
}

type House = Awaited<ReturnType<typeof openHouse>>

/** A house with one Duplicati server added to it. */
async function meet(t: Test, options: ServerOptions = {}) {
  const clock = stoppedClock()
  const duplicati = await startDuplicati({ clock: clock.now, ...options })
  t.teardown(() => duplicati.stop())
  const house = await openHouse(t, t.testdir(), clock)
  const serverId = await add(house, duplicati)
  return { ...house, duplicati, serverId }
}

async function add(house: House, duplicati: DuplicatiServer): Promise<string> {
  return (await house.desk.add(reach(duplicati), ADMIN)).serverId
}

function reach(duplicati: DuplicatiServer) {
  const { tls, pinnedSha256, caPem, headers, auth } = NEW_CONNECTION
  return { address: duplicati.address, tls, pinnedSha256, caPem, headers, auth, secret: PASSWORD }
}

/** Daily results of backups, oldest first. */
function results(count: number, last = NOW): object[] {
  return Array.from({ length: count }, (_, index) => {
    const begin = new Date(last.getTime() - (count - index) * 86_400_000 + 3_600_000)
    return result(begin, { ExaminedFiles: index })
  })
}

function result(begin: Date, more: object = {}): object {
  const end = new Date(begin.getTime() + 300_000)
  return {
    MainOperation: 'Backup',
    ParsedResult: 'Success',
    Version: '2.3.1.0 (2.3.1.0_beta_2026-10-01)',
    BeginTime: begin.toISOString(),
    EndTime: end.toISOString(),
    Duration: '00:05:00',
    SizeOfExaminedFiles: 1_000_000,
    ...more,
  }
}

const firstOf = (count: number) => new Date(NOW.getTime() - count * 86_400_000 + 3_600_000)

function put(duplicati: DuplicatiServer, id: number, name: string, count: number): void {
  duplicati.jobs.push(jobWithRows(id, name, results(count), firstOf(count)))
}

const serverOf = (house: { store: Store }, serverId: string): Server => {
  const server = house.store.state().servers[serverId]
  if (server === undefined) throw new Error('no such server')
  return server
}

t.test('what was not reported is fetched, a log of any length to its end, and only once', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  put(duplicati, 3, 'Photos', 1234)
  put(duplicati, 4, 'Documents', 7)
  const [first] = await desk.collect({ serverIds: [serverId] })
  t.strictSame(first, { serverId, recorded: 1241, known: 0, failed: [], stopped: false })
  t.equal(store.history.size, 1241)
  t.equal(duplicati.families, 0, 'signed out')
  duplicati.asked.length = 0
  put(duplicati, 5, 'New', 1)
  const [second] = await desk.collect({ serverIds: [serverId] })
  t.strictSame(second, { serverId, recorded: 1, known: 0, failed: [], stopped: false })
  t.equal(
    duplicati.asked.filter((asked) => asked.endsWith('/log')).length,
    4,
    'one page a job, one of the server',
  )
})

t.test('a collected run is complete: figures, texts, times, destination, version', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  const message = result(firstOf(1), {
    ParsedResult: 'Warning',
    WarningsActualLength: 30,
    Warnings: ['A file is locked'],
  })
  duplicati.jobs.push(jobWithRows(3, 'Photos', [message], firstOf(1)))
  await desk.collect({ serverIds: [serverId] })
  const run = await store.run(store.history.latest(1)[0]?.no ?? 0)
  t.match(run, {
    origin: 'collected',
    operation: 'Backup',
    result: 'warning',
    begin: firstOf(1).toISOString(),
    durationS: 300,
    warnings: 30,
    firstWarnings: ['A file is locked'],
    destinationType: 's3',
    serverId,
    identity: { machineId: MACHINE, machineName: 'nas', backupId: 'DB-3', backupName: 'Photos' },
  })
})

t.test('nothing of the credentials of a destination comes to disk', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  put(duplicati, 3, 'Photos', 2)
  await desk.collect({ serverIds: [serverId] })
  const dir = t.testdirName
  await store.change((state) => ({ ...state, settings: { ...state.settings, x: 1 } }))
  t.notMatch(allText(dir), 'hunter2')
})

t.test('one bad row never stops the rest, and is told with its job', async (t) => {
  const { desk, duplicati, serverId } = await meet(t)
  put(duplicati, 3, 'Photos', 5)
  const rows = duplicati.jobs[0]?.rows ?? []
  Object.assign(rows[1] ?? {}, { Message: '{"MainOperation":"Backup"' })
  Object.assign(rows[2] ?? {}, { Message: 'null' })
  rows.push({ ID: 6, Timestamp: 1, Type: 'Other', Message: 'not a result at all' })
  const [collected] = await desk.collect({ serverIds: [serverId] })
  t.equal(collected?.recorded, 3)
  t.strictSame(
    collected?.failed.map(({ job, reason }) => `${job}: ${said(reason)}`).map((line) => line.slice(0, 45)),
    ['Photos: Row 2 of the log cannot be read: This', 'Photos: Row 3 of the log cannot be read: This'],
  )
  const [again] = await desk.collect({ serverIds: [serverId] })
  t.equal(again?.failed.length, 0, 'told once')
})

t.test('a job whose database is in use is told and tried again after a quarter of an hour', async (t) => {
  const { store, desk, duplicati, serverId, clock } = await meet(t)
  put(duplicati, 3, 'Photos', 5)
  put(duplicati, 4, 'Documents', 5)
  duplicati.faults.locked.add(3)
  const [collected] = await desk.collect({ serverIds: [serverId] })
  t.equal(collected?.recorded, 5)
  t.match(said(collected?.failed[0]?.reason), /^The database of this backup is in use/)
  t.equal(collected?.failed[0]?.job, 'Photos')
  t.strictSame(serversDue(store.state(), clock.now()), [])
  clock.pass(16)
  t.strictSame(serversDue(store.state(), clock.now()), [serverId])
  duplicati.faults.locked.clear()
  const [again] = await desk.collectDue(new AbortController().signal)
  t.equal(again?.recorded, 5)
  clock.pass(16)
  t.strictSame(serversDue(store.state(), clock.now()), [])
})

t.test('a database made anew, which counts from one again, is read anew', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  put(duplicati, 3, 'Photos', 120)
  await desk.collect({ serverIds: [serverId] })
  const job = duplicati.jobs[0]
  if (job === undefined) return
  job.rows = jobWithRows(3, 'Photos', [result(new Date(NOW.getTime() - 60_000))], NOW).rows
  t.match(await desk.collect({ serverIds: [serverId] }), [{ recorded: 1, failed: [] }])
  // Grown beyond the mark: told by the time of the row that bore its number.
  job.rows = jobWithRows(3, 'Photos', results(130, new Date(NOW.getTime() - 1_800_000)), firstOf(130)).rows
  t.match(await desk.collect({ serverIds: [serverId] }), [{ recorded: 130, failed: [] }])
  t.equal(store.history.size, 251)
  job.rows = []
  t.match(await desk.collect({ serverIds: [serverId] }), [{ recorded: 0, known: 0, failed: [] }])
})

t.test('progress is told while it goes, for each server', async (t) => {
  const { desk, duplicati, serverId } = await meet(t)
  put(duplicati, 3, 'Photos', 250)
  const told: CollectProgress[] = []
  await desk.collect({ serverIds: [serverId], onProgress: (progress) => told.push(progress) })
  t.strictSame([...new Set(told.map((one) => one.step))], ['connecting', 'rows', 'done'])
  t.ok(told.some((one) => one.rows > 0 && one.rows < 250 && one.job === 'Photos'))
  t.match(told.at(-1), {
    step: 'done',
    jobsDone: 1,
    jobsOf: 1,
    rows: 250,
    recorded: 250,
    known: 0,
    failed: 0,
  })
})

t.test(
  'calling off keeps what was recorded, and the next time goes on without reading it again',
  async (t) => {
    const { store, desk, duplicati, serverId } = await meet(t)
    put(duplicati, 3, 'Photos', 1500)
    const off = new AbortController()
    const [collected] = await desk.collect({
      serverIds: [serverId],
      signal: off.signal,
      onProgress: (progress) => progress.rows >= 650 && off.abort(),
    })
    t.equal(collected?.stopped, true)
    t.strictSame(collected?.failed, [])
    const before = store.history.size
    t.ok(before >= 600 && before < 900, `${before} recorded`)
    t.equal(serverOf({ store }, serverId).connection?.lastError, null, 'no trouble is noted')
    put(duplicati, 4, 'Other', 1)
    duplicati.jobs[0]?.rows.push({
      ID: 1501,
      Timestamp: Math.floor(NOW.getTime() / 1000),
      Type: 'Result',
      Message: JSON.stringify(result(new Date(NOW.getTime() - 600_000))),
    })
    const [rest] = await desk.collect({ serverIds: [serverId] })
    t.equal(store.history.size, 1502)
    t.ok((rest?.known ?? 0) <= 500, `${rest?.known} read again`)
    t.equal(rest?.recorded, 1502 - before)
  },
)

t.test(
  'a folder taken in the middle of collecting loses nothing and is completed by the next collection',
  async (t) => {
    const { desk, duplicati, serverId, clock } = await meet(t)
    put(duplicati, 3, 'Photos', 1000)
    const copy = `${t.testdirName}-copy`
    let copied = false
    await desk.collect({
      serverIds: [serverId],
      onProgress: (progress) => {
        if (copied || progress.rows < 450) return
        copied = true
        hotCopy(t.testdirName, copy)
      },
    })
    t.ok(copied)
    const after = await openHouse(t, copy, clock)
    const kept = after.store.history.size
    t.ok(kept > 0 && kept < 1000, `${kept} in the copy`)
    await after.desk.collect({ serverIds: [serverId] })
    t.equal(after.store.history.size, 1000)
    t.strictSame(new Set(historyOf(after.store, serverId)).size, 1000)
  },
)

t.test(
  'schedules, version, clock, pause and jobs that never ran are learned at each collection',
  async (t) => {
    const clock = stoppedClock()
    const { store, desk, duplicati, serverId } = await meet(t, {
      clock: () => new Date(clock.now().getTime() + 125_000),
    })
    put(duplicati, 3, 'Photos', 3)
    put(duplicati, 4, 'Never ran', 0)
    const job = duplicati.jobs[1]
    if (job) job.schedule = { Repeat: '1D', Time: '2026-11-08T02:00:00Z', AllowedDays: ['mon'], Rule: '' }
    Object.assign(duplicati.state, { paused: true, newerVersion: '2.4.0.0' })
    await desk.collect({ serverIds: [serverId] })
    const server = serverOf({ store }, serverId)
    t.match(server, {
      duplicatiVersion: '2.3.1.0',
      newerVersion: '2.4.0.0',
      clockSkewS: 125,
      connection: { schedulerPaused: true, lastContactAt: NOW.toISOString(), lastError: null },
    })
    const never = Object.values(store.state().jobs).find((one) => one.backupId === 'DB-4')
    t.match(never, {
      name: 'Never ran',
      serverId,
      schedule: { repeat: '1D', weekdays: [1], zone: 'Europe/Berlin' },
    })
    t.equal(never?.expectation?.source, 'duplicati-schedule')
    t.equal(Object.keys(store.state().jobs).length, 2)
    await desk.collect({ serverIds: [serverId] })
    t.equal(Object.keys(store.state().jobs).length, 2, 'made once')
  },
)

t.test('what went wrong is in the result and on the page of the server, until it works again', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  await store.change((state) => ({
    ...state,
    secrets: { [`server:${serverId}:password`]: { sealed: 'old', setAt: '' } },
  }))
  const [failed] = await desk.collect({ serverIds: [serverId] })
  t.match(said(failed?.failed[0]?.reason), /does not accept the password\.$/)
  t.equal(failed?.failed[0]?.job, null)
  t.match(said(serverOf({ store }, serverId).connection?.lastError), /does not accept the password\.$/)
  await add({ store, desk } as House, duplicati)
  await desk.collect({ serverIds: [serverId] })
  t.equal(serverOf({ store }, serverId).connection?.lastError, null)
  const [gone] = await desk.collect({ serverIds: ['srv_none'] })
  t.equal(said(gone?.failed[0]?.reason), 'There is no such server any more.')
})

t.test('a server that is down does not hold up the others', async (t) => {
  const { desk, duplicati, serverId, ...house } = await meet(t)
  const others = await Promise.all(
    [1, 2, 3, 4].map((n) => startDuplicati({ machineId: `${n}`.repeat(32), machineName: `nas${n}` })),
  )
  const ids = [serverId]
  for (const other of others) {
    t.teardown(() => other.stop())
    put(other, 1, 'Photos', 3)
    ids.push(await add({ ...house, desk } as House, other))
  }
  await duplicati.stop()
  const all = await desk.collect({ serverIds: ids })
  t.strictSame(
    all.map((one) => one.recorded),
    [0, 3, 3, 3, 3],
  )
  t.match(said(all[0]?.failed[0]?.reason), /refuses the connection/)
})

t.test('the machine that already reports is recognised by its id, else by its name', async (t) => {
  const clock = stoppedClock()
  const house = await openHouse(t, t.testdir(), clock)
  const [reported] = [...benchReports({ count: 1, until: NOW, servers: 1, jobs: 1, lines: 0 })]
  if (reported === undefined) return
  await Promise.all(await push(house.store, clock, reported))
  const known = Object.values(house.store.state().servers)[0]
  const extra = reported.document.Extra
  const duplicati = await startDuplicati({
    machineId: extra['machine-id'] ?? '',
    machineName: 'whatever',
    clock: clock.now,
  })
  t.teardown(() => duplicati.stop())
  t.strictSame(await house.desk.add(reach(duplicati), ADMIN), { serverId: known?.id, wasKnown: true })
  duplicati.jobs.push({ ...jobWithRows(1, 'Job 1', [], NOW), rows: [rowOf(reported.document, 1)] })
  const [collected] = await house.desk.collect({ serverIds: [known?.id ?? ''] })
  t.match(collected, { recorded: 0, known: 1, failed: [] })
  t.equal(Object.keys(house.store.state().servers).length, 1)
  const old = await startDuplicati({ machineId: null, machineName: 'server-01', clock: clock.now })
  t.teardown(() => old.stop())
  t.match(await house.desk.add(reach(old), ADMIN), { serverId: known?.id, wasKnown: true })
  const stranger = await startDuplicati({
    machineId: 'f'.repeat(32),
    machineName: 'server-01',
    clock: clock.now,
  })
  t.teardown(() => stranger.stop())
  t.match(await house.desk.add(reach(stranger), ADMIN), { wasKnown: false }, 'another id is another machine')
})

t.test('rows of another machine at the same address are refused', async (t) => {
  const { store, desk, serverId } = await meet(t)
  const stranger = await startDuplicati({ machineId: 'e'.repeat(32), machineName: 'laptop' })
  t.teardown(() => stranger.stop())
  put(stranger, 1, 'Photos', 3)
  await store.change((state) => ({
    ...state,
    servers: { [serverId]: { ...serverOf({ store }, serverId), address: stranger.address } },
  }))
  const [collected] = await desk.collect({ serverIds: [serverId] })
  t.equal(collected?.recorded, 0)
  t.match(
    said(collected?.failed[0]?.reason),
    `${stranger.address} is answered by laptop, not by nas. Correct the address`,
  )
  t.equal(store.history.size, 0)
})

t.test('a failure that no log has is found in the error log of the server, once', async (t) => {
  const { store, desk, duplicati, serverId, clock } = await meet(t)
  put(duplicati, 3, 'Photos', 3)
  const at = (minutes: number) => Math.floor(NOW.getTime() / 1000) - minutes * 60
  const error = (minutes: number, BackupID: number | object) =>
    duplicati.errorLog.push({
      BackupID,
      Message: 'Failed while executing Backup "Photos" (id: 3)',
      Exception: 'System.IO.IOException: ftp://anna:hunter2@host/ is away',
      Timestamp: at(minutes),
    })
  error(600, 3)
  error(599, 3) // the same trouble told twice
  error(5, 3) // its report may still be on its way
  error(300, {})
  const begin = Math.floor(firstOf(1).getTime() / 1000)
  duplicati.errorLog.push({ BackupID: 3, Message: 'x', Exception: '', Timestamp: begin + 200 }) // that run has a row
  const [collected] = await desk.collect({ serverIds: [serverId] })
  t.equal(collected?.recorded, 4)
  const run = await store.run(store.history.ofJob(store.history.latest(1)[0]?.jobId ?? '')[0]?.no ?? 0)
  t.match(run, { operation: 'Backup', result: 'fatal', begin: new Date(at(600) * 1000).toISOString() })
  t.match(run?.firstErrors[0], 'Failed while executing Backup')
  t.notMatch(JSON.stringify(run), 'hunter2')
  clock.pass(20)
  const [again] = await desk.collect({ serverIds: [serverId] })
  t.equal(again?.recorded, 1, 'the one that was too young')
  t.match(await desk.collect({ serverIds: [serverId] }), [{ recorded: 0, known: 0 }])
})

t.test('old runs that are collected make no notices', async (t) => {
  const { store, desk, duplicati, serverId } = await meet(t)
  await store.change((state) => ({
    ...state,
    settings: { 'notices.ntfy.enabled': true, 'notices.on': 'all' },
  }))
  const failures = results(30, new Date(NOW.getTime() - 3 * 86_400_000)).map((one) => ({
    ...one,
    ParsedResult: 'Fatal',
  }))
  duplicati.jobs.push(jobWithRows(3, 'Photos', failures, firstOf(33)))
  await desk.collect({ serverIds: [serverId] })
  await store.change((state) => state)
  t.equal(store.history.size, 30)
  t.strictSame(Object.values(store.state().notices), [])
})

t.test(
  'servers with a stored password are collected from every six hours, and once when a job is late',
  async (t) => {
    const { store, desk, duplicati, serverId, clock } = await meet(t)
    const schedule = { Repeat: '1D', Time: '2026-11-08T15:02:00Z', AllowedDays: null, Rule: '' }
    duplicati.jobs.push({ ...jobWithRows(3, 'Photos', results(10), firstOf(10)), schedule })
    const none = new AbortController().signal
    t.equal((await desk.collectDue(none)).length, 1, 'never yet')
    t.equal((await desk.collectDue(none)).length, 0)
    clock.pass(359)
    t.equal((await desk.collectDue(none)).length, 0)
    clock.pass(1)
    t.equal((await desk.collectDue(none)).length, 1)
    await store.change((state) => ({ ...state, settings: { ...state.settings, 'collect.every_hours': 720 } }))
    const job = Object.values(store.state().jobs)[0]
    const overdueAt = new Date(job?.expectation?.overdueAt ?? '')
    clock.set(new Date(overdueAt.getTime() - 9 * 60_000))
    t.equal((await desk.collectDue(none)).length, 1, 'just before it would be called overdue')
    clock.pass(2)
    t.equal((await desk.collectDue(none)).length, 0)
    await store.change((state) => ({ ...state, settings: { ...state.settings, 'collect.every_hours': 0 } }))
    clock.pass(100_000)
    t.equal((await desk.collectDue(none)).length, 0, 'switched off')
    t.ok(serverId)
  },
)

t.test(
  'push and pull of the same runs, in any order and mix, end in the same history as push alone',
  async (t) => {
    const reports = [...benchReports({ count: 500, until: NOW, servers: 1, jobs: 2, lines: 6 })]
    const alone = await openHouse(t, t.testdir({ alone: {} }), stoppedClock())
    const pushed = await Promise.all(reports.map((report) => push(alone.store, alone.clock, report)))
    await Promise.all(pushed.flat())
    const wanted = historyOf(alone.store)
    t.equal(wanted.length, 500)
    const standing = standingsOf(alone.store)
    const [first] = reports
    const extra = first?.document.Extra ?? {}
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      const clock = stoppedClock()
      const dir = join(t.testdirName, `mixed-${seed}`)
      mkdirSync(dir)
      const house = await openHouse(t, dir, clock)
      const duplicati = await startDuplicati({
        machineId: extra['machine-id'] ?? '',
        machineName: extra['machine-name'] ?? '',
        clock: clock.now,
      })
      t.teardown(() => duplicati.stop())
      for (const id of [1, 2]) duplicati.jobs.push(jobWithRows(id, `Job ${id}`, [], NOW))
      const serverId = await add(house, duplicati)
      const order = seed === 1 ? reports : [...reports].sort(() => random.next() - 0.5)
      const collectAt = new Set(Array.from({ length: 8 }, () => random.whole(0, 499)))
      for (const report of reports) {
        const job = duplicati.jobs.find((one) => `DB-${one.id}` === report.document.Extra['backup-id'])
        job?.rows.push(rowOf(report.document, (job.rows.at(-1)?.ID ?? 0) + 1))
      }
      const waiting: Promise<Promise<void>[]>[] = []
      for (const [index, report] of order.entries()) {
        if (collectAt.has(index)) {
          const [collected] = await house.desk.collect({ serverIds: [serverId] })
          t.strictSame(collected?.failed, [])
        }
        waiting.push(push(house.store, clock, report))
      }
      await Promise.all((await Promise.all(waiting)).flat())
      t.strictSame(historyOf(house.store), wanted, `seed ${seed}`)
      t.strictSame(standingsOf(house.store), standing, `seed ${seed}`)
      t.equal(Object.keys(house.store.state().servers).length, 1)
    }
  },
)

t.test(
  'files that were collected elsewhere, exported logs and saved reports are taken, each run once',
  async (t) => {
    const { store, desk, duplicati, serverId, clock } = await meet(t)
    put(duplicati, 3, 'Photos', 3)
    await desk.collect({ serverIds: [serverId] })
    const job = Object.values(store.state().jobs)[0]
    const take = runFiles({ store, clock, zone: 'UTC', audit: async () => undefined })
    const rows = jobWithRows(3, 'Photos', results(5), firstOf(5)).rows
    const options = [{ Name: 'machine-id', DefaultValue: MACHINE }]
    const collected = {
      system_info: { MachineName: 'nas', Options: options },
      backups: [{ Backup: { ID: '3', Name: 'Photos', TargetURL: 's3:***--REDACTED--***' } }],
      backup_logs: [
        { backupId: '3', backupName: 'Photos', messages: rows.map((row) => row.Message) },
        { backupId: '4', backupName: 'Other', messages: [JSON.parse(rows[0]?.Message ?? '')] },
      ],
    }
    const file = (value: unknown, jobId: string | null = null) =>
      take({ content: typeof value === 'string' ? value : JSON.stringify(value), jobId }, ADMIN)
    t.strictSame(await file(collected), { recorded: 3, known: 3, failed: [] })
    t.strictSame(await file(collected), { recorded: 0, known: 6, failed: [] })
    t.equal(Object.keys(store.state().servers).length, 1)
    const older = jobWithRows(3, 'Photos', results(2, new Date(NOW.getTime() - 20 * 86_400_000)), NOW).rows
    const whose = await file(older)
    t.match(said(whose.failed[0]?.reason), /^The file does not say to which backup this run belongs/)
    t.strictSame(await file(older, job?.id ?? ''), { recorded: 2, known: 0, failed: [] })
    const reports = [...benchReports({ count: 3, until: NOW, servers: 1, jobs: 1, lines: 2 })].map(
      (one) => one.document,
    )
    t.strictSame(await file(`\uFEFF${reports.map((one) => JSON.stringify(one)).join('\n')}`), {
      recorded: 3,
      known: 0,
      failed: [],
    })
    t.match(await file([...older, { Message: '{' }], job?.id ?? ''), { known: 2, failed: [{ entry: 3 }] })
    for (const nonsense of ['', 'hello', '{}', '[]', '[1]', `${'['.repeat(100_000)}`, '{"backup_logs":[]}']) {
      await t.rejects(file(nonsense), { code: 'invalid', field: 'file' })
    }
    await t.rejects(take({ content: '', jobId: null }, { ...ADMIN, administrator: false }), {
      code: 'forbidden',
    })
  },
)

/** A report as the report address takes it. */
async function push(store: Store, clock: StoppedClock, report: TimedReport): Promise<Promise<void>[]> {
  const { arrival, log } = readReport(Buffer.from(JSON.stringify(report.document)), {
    contentType: 'application/json',
    receivedAt: clock.now(),
    sender: '192.168.1.20',
    zone: 'UTC',
    logLimitBytes: 2 * 1024 * 1024,
    origin: 'report',
  })
  const { committed } = await store.record(arrival, log)
  return [committed] // in a list, so that it is not waited for here
}

/** Every run in figures, in the order of begins. */
function historyOf(store: Store, serverId?: string): string[] {
  const runs = Object.values(store.state().jobs)
    .filter((job) => serverId === undefined || job.serverId === serverId)
    .flatMap((job) => store.history.ofJob(job.id).map((row) => ({ job: job.name, ...row })))
  return runs.map(({ no, jobId, serverId, receivedMs, hasLog, ...figures }) => JSON.stringify(figures)).sort()
}

function standingsOf(store: Store): unknown {
  const jobs = Object.values(store.state().jobs).sort((a, b) => (a.name < b.name ? -1 : 1))
  return jobs.map(({ name, backupId, status }) => ({
    name,
    backupId,
    last: [status.lastRun?.at, status.lastRun?.result, status.lastGood?.at],
    recent: status.recent.map((run) => [run.at, run.result, run.errors, run.warnings]),
  }))
}

/** As a backup program would copy it: file by file, while it is written to. */
function hotCopy(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    const file = join(from, name)
    if (name.startsWith('.') || name === 'tmp') continue
    if (statSync(file).isDirectory() || statSync(file).isFile())
      cpSync(file, join(to, name), { recursive: true })
  }
}

function allText(dir: string): string {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}
