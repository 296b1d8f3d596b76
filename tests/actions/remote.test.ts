import t, { type Test } from 'tap'
import { Failure } from '../../src/domain/failure.ts'
import type { Job } from '../../src/domain/job.ts'
import { createLedger } from '../../src/domain/ledger.ts'
import { readAddress } from '../../src/domain/remote-address.ts'
import { NEW_CONNECTION } from '../../src/domain/remote-reach.ts'
import type { Server } from '../../src/domain/server.ts'
import type { Text } from '../../src/domain/text.ts'
import { readLiveStatus } from '../../src/duplicati/live-status.ts'
import { readReport } from '../../src/duplicati/report.ts'
import { createLanguages } from '../../src/language/words.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import { selfSigned } from '../support/certificate.ts'
import { jobWithRows, type ServerOptions, startDuplicati } from '../support/duplicati-server.ts'
import { remoteDesk } from '../support/remote-desk.ts'

const NOW = new Date('2026-11-07T14:02:00Z')
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ADMIN = { who: 'admin', from: '127.0.0.1', administrator: true }
const VIEWER = { who: 'guest', from: '127.0.0.1', administrator: false }
const PASSWORD = 'correct horse'
const MACHINE = '0123456789abcdef0123456789abcdef'

const words = createLanguages('views/locales', { clock: { now: () => NOW, elapsedMs: () => 0 } }).words({
  language: 'en',
  locale: 'en-GB',
  zone: 'UTC',
  theme: 'auto',
  units: 'decimal',
  dateStyle: 'locale',
  hour12: null,
})
const said = (text: Text | null | undefined) => (text ? words.say(text) : '')

async function refusal(doing: Promise<unknown>): Promise<string> {
  try {
    await doing
    return 'nothing failed'
  } catch (error) {
    if (error instanceof Failure) return said(error.text)
    throw error
  }
}

function reach(address: string) {
  const { tls, pinnedSha256, caPem, headers, auth } = NEW_CONNECTION
  return { address, tls, pinnedSha256, caPem, headers, auth, secret: PASSWORD }
}

/** A house that knows one job by a report of last night, and the server where it runs. */
async function meet(t: Test, options: ServerOptions = {}) {
  let now = NOW
  const clock = { now: () => now, elapsedMs: () => now.getTime() }
  const pass = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000)
  }
  const duplicati = await startDuplicati({ clock: clock.now, ...options })
  const store = await openStore({
    dir: t.testdir(),
    disk: realDisk,
    clock,
    ledger: createLedger(),
    log: QUIET,
  })
  const audited: string[] = []
  const changed: string[] = []
  const desk = remoteDesk({
    store,
    clock,
    log: QUIET,
    zone: 'UTC',
    secret: (name) => store.state().secrets[name]?.sealed ?? null,
    seal: (secret) => ({ sealed: secret, setAt: now.toISOString() }),
    audit: async (line) => {
      audited.push([line.action, line.who, line.result, line.reason].filter(Boolean).join(' '))
    },
    said: (jobId) => changed.push(jobId),
  })
  t.teardown(async () => {
    await desk.progress.stop()
    await duplicati.stop()
    await store.close()
  })
  const report = async (begin: string, more: object = {}) => {
    const document = {
      Data: { MainOperation: 'Backup', ParsedResult: 'Success', BeginTime: begin, EndTime: begin, ...more },
      Extra: { 'backup-id': 'DB-3', 'backup-name': 'Photos', 'machine-id': MACHINE, 'machine-name': 'nas' },
    }
    const { arrival, log } = readReport(Buffer.from(JSON.stringify(document)), {
      contentType: 'application/json',
      receivedAt: now,
      sender: null,
      zone: 'UTC',
      logLimitBytes: 1_000_000,
      origin: 'report',
    })
    await (await store.record(arrival, log)).committed
  }
  await report('2026-11-07T02:00:00Z')
  duplicati.jobs.push(jobWithRows(3, 'Photos', [], NOW))
  const job = (): Job => {
    const found = Object.values(store.state().jobs)[0]
    if (found === undefined) throw new Error('no job')
    return found
  }
  const live = (status: string, more: object = {}) =>
    desk.noteLiveStatus(
      readLiveStatus(
        {
          operation: 'Backup',
          status,
          startedUtc: '2026-11-07T14:00:00Z',
          metadata: { machineId: MACHINE, machineName: 'nas', backupId: 'DB-3', backupName: 'Photos' },
          ...more,
        },
        { heardAt: now, sender: null },
      ),
    )
  return { store, desk, duplicati, clock, pass, report, live, job, audited, changed }
}

type House = Awaited<ReturnType<typeof meet>>

/** The server has an address, a password, and may be told to run jobs. */
async function connect(house: House, more: Partial<NonNullable<Server['connection']>> = {}): Promise<string> {
  const { serverId } = await house.desk.add(reach(house.duplicati.address), ADMIN)
  await house.store.change((state) => {
    const server = state.servers[serverId]
    if (server?.connection == null) return state
    const connection = { ...server.connection, ...more }
    return { ...state, servers: { ...state.servers, [serverId]: { ...server, connection } } }
  })
  return serverId
}

t.test('an address is taken as it is typed or pasted', async (t) => {
  const cases = [
    ['nas', 'http://nas:8200'],
    [' nas:8300 ', 'http://nas:8300'],
    ['192.168.1.5', 'http://192.168.1.5:8200'],
    ['fd00::5', 'http://[fd00::5]:8200'],
    ['[fd00::5]:8300', 'http://[fd00::5]:8300'],
    ['http://nas', 'http://nas'],
    ['nas:80', 'http://nas'],
    ['https://nas.example/duplicati/', 'https://nas.example/duplicati'],
    ['http://nas:8200/ngclient/', 'http://nas:8200'],
    ['http://nas:8200/ngax/index.html#/home', 'http://nas:8200'],
    ['https://x/duplicati/login.html?a=b', 'https://x/duplicati'],
    ['HTTPS://NAS:8200', 'https://nas:8200'],
  ]
  for (const [typed, whole] of cases) t.equal(readAddress(typed ?? ''), whole)
  for (const bad of ['', 'ftp://nas', 'http://', 'a b', `http://${'x'.repeat(3000)}`, 'file:///etc/passwd']) {
    t.throws(() => readAddress(bad), { code: 'invalid', field: 'address' })
  }
  t.throws(() => readAddress('http://admin:secret@nas:8200'), /duplicati\.failure\.address-secret/)
})

t.test('a connection test shows how far it came, and whom it met', async (t) => {
  const { desk, duplicati, store, job } = await meet(t)
  const passed = await desk.probe(reach(duplicati.address), ADMIN)
  t.match(passed, {
    ok: true,
    trouble: null,
    facts: { machineId: MACHINE, version: '2.3.1.0' },
    jobs: ['Photos'],
    knownAs: { serverId: job().serverId, name: 'nas' },
  })
  const steps = (probed: typeof passed) => probed.steps.map(({ step, result }) => `${step} ${result}`)
  t.strictSame(steps(passed), [
    'address passed',
    'connect passed',
    'certificate skipped',
    'answer passed',
    'sign-in passed',
    'machine passed',
    'jobs passed',
  ])
  t.equal(duplicati.families, 0, 'signed out')
  t.strictSame(store.state().secrets, {}, 'nothing is stored')
  const wrong = await desk.probe({ ...reach(duplicati.address), secret: 'x' }, ADMIN)
  t.strictSame(steps(wrong).slice(3, 6), ['answer passed', 'sign-in failed', 'machine not-tried'])
  t.match(said(wrong.trouble), /does not accept the password/)
  const typo = await desk.probe(reach('ftp://nas'), ADMIN)
  t.strictSame(steps(typo).slice(0, 2), ['address failed', 'connect not-tried'])
  duplicati.faults.notDuplicati = true
  const printer = await desk.probe(reach(duplicati.address), ADMIN)
  t.strictSame(steps(printer).slice(1, 5), [
    'connect passed',
    'certificate skipped',
    'answer failed',
    'sign-in not-tried',
  ])
})

t.test('a connection test offers the certificate that it refused, to be pinned', async (t) => {
  const certificate = selfSigned()
  const { desk, duplicati } = await meet(t, { certificate })
  const refused = await desk.probe(reach(duplicati.address), ADMIN)
  t.equal(refused.fingerprint, certificate.fingerprint)
  t.match(refused.steps[2], { step: 'certificate', result: 'failed' })
  const pinned = { ...reach(duplicati.address), tls: 'pinned' as const, pinnedSha256: refused.fingerprint }
  t.match(await desk.probe(pinned, ADMIN), { ok: true, fingerprint: null })
})

t.test('nobody but an administrator tests, adds, starts or stops', async (t) => {
  const house = await meet(t)
  const { desk, duplicati, job, audited } = house
  const only = 'Only an administrator may do this.'
  t.equal(await refusal(desk.probe(reach(duplicati.address), VIEWER)), only)
  t.equal(await refusal(desk.add(reach(duplicati.address), VIEWER)), only)
  await connect(house, { allowRunNow: true })
  duplicati.asked.length = 0
  t.equal(await refusal(desk.run(job().id, VIEWER)), only)
  t.equal(await refusal(desk.stop(job().id, 'abort', VIEWER)), only)
  t.strictSame(duplicati.asked, [], 'no server was asked')
  t.strictSame(audited.slice(-2), [
    'job.run guest refused duplicati.failure.administrators-only',
    'job.abort guest refused duplicati.failure.administrators-only',
  ])
})

t.test(
  'a job is started and stopped where that was switched on, and the audit log knows by whom',
  async (t) => {
    const house = await meet(t)
    const { desk, duplicati, job, store, audited } = house
    const serverId = await connect(house)
    t.equal(
      await refusal(desk.run(job().id, ADMIN)),
      'Starting and stopping backups is switched off for nas.',
    )
    await connect(house, { allowRunNow: true })
    t.equal(await desk.run(job().id, ADMIN), 1)
    t.match(job().status.running, { taskId: 1, operation: 'Backup', status: 'running', source: 'progress' })
    await desk.stop(job().id, 'stop', ADMIN)
    t.strictSame(duplicati.orders, ['run 3', 'stop 1'])
    duplicati.state.active = null
    t.equal(
      await refusal(desk.stop(job().id, 'abort', ADMIN)),
      'Photos is neither running nor waiting at its server.',
    )
    t.strictSame(audited.slice(-3), [
      'job.run admin done',
      'job.stop admin done',
      'job.abort admin failed duplicati.failure.not-running',
    ])
    t.equal(duplicati.families, 0, 'signed out each time')
    await store.change((state) => ({
      ...state,
      jobs: { [job().id]: { ...job(), backupId: 'a'.repeat(64) } },
    }))
    t.match(await refusal(desk.run(job().id, ADMIN)), /run from a command line/)
    t.match(await refusal(desk.run('job_none', ADMIN)), /no longer has this backup/)
    t.ok(serverId)
  },
)

t.test('what runs is followed: every minute, every five seconds while something does', async (t) => {
  const house = await meet(t)
  const { desk, duplicati, job, pass, changed } = house
  await connect(house)
  const progress = (phase: string, part: number) => ({
    BackupID: '3',
    TaskID: 7,
    Phase: phase,
    OverallProgress: part,
    BackendSpeed: 1000,
    ProcessedFileCount: 10,
    TotalFileCount: 20,
    ProcessedFileSize: 1000,
    TotalFileSize: 2000,
    StillCounting: false,
  })
  const looks = () => duplicati.asked.filter((asked) => asked.endsWith('/serverstate')).length
  await desk.progress.look()
  await desk.progress.look()
  t.equal(looks(), 1)
  t.equal(job().status.running, null)
  pass(60)
  duplicati.state.active = { taskId: 7, backupId: '3' }
  duplicati.progress = progress('Backup_ProcessingFiles', 0.25)
  await desk.progress.look()
  t.match(job().status.running, {
    operation: 'Backup',
    phase: 'Backup_ProcessingFiles',
    progress: 0.25,
    bytesPerSecond: 1000,
    taskId: 7,
    status: 'running',
  })
  pass(5)
  duplicati.progress = progress('Backup_ProcessingFiles', 0.5)
  await desk.progress.look()
  t.equal(job().status.running?.progress, 0.25, 'not written every five seconds')
  t.equal(desk.progress.current(job().id)?.progress, 0.5)
  pass(5)
  duplicati.progress = progress('Backup_WaitForUpload', 0.9)
  await desk.progress.look()
  t.equal(job().status.running?.progress, 0.9, 'another phase is')
  t.equal(
    duplicati.asked.filter((asked) => asked.endsWith('/login')).length,
    2,
    'one to add it, one to watch',
  )
  pass(5)
  duplicati.state.active = null
  changed.length = 0
  await desk.progress.look()
  t.equal(job().status.running?.status, 'finished-without-report')
  t.strictSame(changed, [job().id])
  duplicati.jobs[0]?.rows.push({
    ID: 1,
    Timestamp: Math.floor(house.clock.now().getTime() / 1000),
    Type: 'Result',
    Message: JSON.stringify({
      MainOperation: 'Backup',
      ParsedResult: 'Success',
      BeginTime: '2026-11-07T14:03:00Z',
    }),
  })
  await desk.collectDue(new AbortController().signal)
  pass(61)
  await desk.collectDue(new AbortController().signal)
  t.equal(job().status.running, null, 'its row was fetched')
  t.equal(job().status.recent.length, 2)
})

t.test('a server that does not answer is asked less and less', async (t) => {
  const house = await meet(t)
  const { desk, duplicati, pass } = house
  await connect(house)
  duplicati.faults.badGateway = true
  duplicati.asked.length = 0
  const asked: number[] = []
  for (let minute = 0; minute < 40; minute++) {
    const before = duplicati.asked.length
    await desk.progress.look()
    if (duplicati.asked.length > before) asked.push(minute)
    pass(60)
  }
  t.strictSame(asked, [0, 2, 6, 14, 29])
})

t.test(
  'a live status is shown until the report comes, and "completed" is never taken for success',
  async (t) => {
    const { live, job, pass, report, changed } = await meet(t)
    t.equal(await live('Started'), job().id)
    t.match(job().status.running, { status: 'running', source: 'live', progress: null })
    pass(30)
    await live('InProgress', {
      progress: { phase: 'Backup_ProcessingFiles', progress: 0.1, fileSizeProcessed: 1000 },
    })
    pass(30)
    await live('InProgress', {
      progress: { phase: 'Backup_ProcessingFiles', progress: 0.2, fileSizeProcessed: 31_000 },
    })
    t.match(job().status.running, { progress: 0.2, bytesPerSecond: 1000 })
    t.equal(changed.length, 3)
    pass(30)
    const good = job().status.lastGood?.at
    await live('Completed')
    t.equal(job().status.running?.status, 'finished-without-report')
    t.equal(job().status.lastGood?.at, good, 'no success yet')
    pass(5)
    await report('2026-11-07T14:00:01Z', { ParsedResult: 'Error' })
    t.equal(job().status.running, null)
    t.equal(job().status.lastRun?.result, 'error')
  },
)

t.test('a report that overtakes the last live status ends the run for good', async (t) => {
  const { live, job, pass, report } = await meet(t)
  await live('Started')
  pass(30)
  await report('2026-11-07T14:00:01Z')
  t.equal(job().status.running, null)
  pass(1)
  await live('Completed')
  t.equal(job().status.running, null)
})

t.test(
  'a run that is not heard of any more is stalled after minutes and forgotten after a day',
  async (t) => {
    const { desk, live, job, pass } = await meet(t)
    await live('InProgress', { progress: { phase: 'Backup_ProcessingFiles', progress: 0.1 } })
    pass(290)
    await desk.settleRunning()
    t.equal(job().status.running?.status, 'running')
    pass(20)
    await desk.settleRunning()
    t.equal(job().status.running?.status, 'stalled')
    await live('InProgress', { progress: { phase: 'Backup_ProcessingFiles', progress: 0.2 } })
    t.equal(job().status.running?.status, 'running', 'it goes on')
    pass(90_000)
    await desk.settleRunning()
    t.equal(job().status.running, null)
  },
)

t.test('live status of nobody we know, of old runs and in the wrong order changes nothing', async (t) => {
  const { live, job, pass, store } = await meet(t)
  const stranger = { machineId: 'f'.repeat(32), machineName: 'laptop', backupId: 'DB-1', backupName: 'x' }
  t.equal(await live('Started', { metadata: stranger }), null)
  t.equal(Object.keys(store.state().servers).length, 1)
  await live('Started', { startedUtc: '2026-11-07T02:00:30Z' })
  t.equal(job().status.running, null, 'that run has its report')
  pass(60)
  await live('Started')
  pass(-30)
  await live('InProgress', { startedUtc: '2026-11-07T13:00:00Z' })
  t.equal(job().status.running?.startedAt, '2026-11-07T14:00:00.000Z')
})
