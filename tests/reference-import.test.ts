import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../src/domain/failure.ts'
import type { Run } from '../src/domain/run.ts'
import { type ReferenceVersion, writeReference } from './support/reference-database.ts'
import { smallHouse } from './support/small-house.ts'
import { signedIn } from './support/visitors.ts'

const VERSIONS: readonly ReferenceVersion[] = ['1.0', '2.0', '3.0', '3.1', '4.0']

t.test('a database of every version comes along, once, with runs, logs, settings and users', async (t) => {
  for (const version of VERSIONS) {
    const house = await smallHouse({ days: 0 })
    const path = join(house.dir, 'old.db')
    const key = randomBytes(32)
    writeReference(path, version, { runs: 120, key, text: '__proto__ <script>\u0000\u{1f600}' })
    writeFileSync(`${path}.key`, key)
    const { store, secrets } = house.app.house
    for (const round of [1, 2]) {
      const said = await house.app.command('import', [path, `${path}.key`])
      t.match(
        said,
        round === 1 ? /120 runs brought in, 0 were/ : /0 runs brought in, 120 were/,
        `${version}: ${said}`,
      )
    }
    t.equal(store.history.size, 120)
    const [job] = Object.values(store.state().jobs)
    t.equal(job?.name, 'Documents')
    t.equal(Object.keys(store.state().jobs).length, 1)
    t.equal(job?.status.lastRun?.result, 'warning')
    const [server] = Object.values(store.state().servers)
    t.equal(server?.machineId, 'machine-1')
    const run = await store.run(job?.status.lastRun?.no ?? 0)
    t.equal(run?.origin, 'import')
    t.equal(run?.figures.sourceBytes, 1_000_119)
    t.equal((await store.log(run?.no ?? 0))?.lines.length, 2)
    // Jobs that ended long ago are overdue, and that may be told at the next full minute; their runs are not.
    const told = Object.values(store.state().notices).flatMap((notice) => notice.incidentIds)
    const { incidents } = store.state()
    t.same(
      told.filter((id) => !['overdue', 'server-silent'].includes(incidents[id]?.cause ?? '')),
      [],
      'nobody is told of old runs',
    )
    if (version >= '2.0') {
      t.equal(store.state().settings['ntfy.topic'], 'duplistatus-abc')
      t.equal(store.state().settings['monitoring.tolerance_minutes'], 240)
      t.equal(job?.overrides.notifyOn, 'errors')
    }
    if (version >= '3.1') {
      t.equal(server?.alias, 'The NAS')
      t.equal(server?.address, 'http://nas:8200')
      t.same(job?.overrides.channels, { email: false })
      t.same(server?.overrides.extraEmails, ['ops@example.org'])
      t.equal(store.state().settings['email.security'], 'tls')
      t.ok(store.state().secrets['email.password'])
      t.notOk(secrets.isKeyLost())
      t.notMatch(JSON.stringify(store.state()), /mail-secret|duplicati-secret/)
    }
    if (version === '4.0') {
      t.same(
        Object.values(store.state().users)
          .map((user) => user.name)
          .sort(),
        ['Ada', 'admin'],
      )
      const audit = await store.journal('audit').read({ limit: 20 })
      t.equal(audit.entries.filter((entry) => entry['action'] === 'import.entry').length, 1)
    }
    const who = await signedIn(house.app, 'administrator')
    const old = await house.get('/detail/machine-1/backup/00000000-0000-4000-8000-000000000003', who)
    t.match(old.headers.get('location'), /\/runs\/run_/, 'an old address leads to the run')
    await house.close()
  }
})

t.test('entries of the audit log come with their details, and without what is secret', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const path = join(house.dir, 'old.db')
  writeReference(path, '4.0', { runs: 1 })
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const old = new sqlite.Database(path)
  const written: [action: string, details: string | null, error: string | null][] = [
    [
      'ntfy_config_updated',
      '{"changes":{"url":{"old":"https://a:b@ntfy.sh","new":"https://ntfy.example"}}}',
      null,
    ],
    ['audit_retention_updated', '{"oldValue":90,"newValue":120,"token":"t0ps3cret"}', null],
    ['database_initialization', '{"schema_version":"4.0","default_password":"Duplistatus09"}', null],
    ['server_updated', '{"serverName":"NAS","list":[1,{"api_key":"t0ps3cret"}],"__proto__":{"x":1}}', null],
    ['logout', null, null],
    ['email_failed', 'no JSON at all', 'connection refused\nby mail.example.org'],
  ]
  for (const [action, details, error] of written)
    old.run(
      `INSERT INTO audit_log (timestamp, username, action, category, details, ip_address, status, error_message)
        VALUES ('2025-03-01 10:00:00', 'ada', ?, 'config', ?, '10.0.0.2', ?, ?)`,
      [action, details, error === null ? 'success' : 'error', error],
    )
  old.close()
  for (const _ of [1, 2]) await house.app.command('import', [path])
  const { store } = house.app.house
  const { entries } = await store.journal('audit').read({ limit: 50 })
  const ofAda = entries.filter((entry) => entry['who'] === 'ada')
  t.equal(ofAda.length, written.length, 'each once')
  const about = (action: string) => ofAda.find((entry) => entry['target'] === action)
  t.same(about('ntfy_config_updated')?.['changes'], {
    url: ['https://***@ntfy.sh', 'https://ntfy.example'],
  })
  t.same(about('audit_retention_updated')?.['changes'], { newValue: [90, 120], token: [null, '***'] })
  t.same(about('server_updated')?.['changes'], {
    serverName: [null, 'NAS'],
    list: [null, '[1,{"api_key":"***"}]'],
  })
  t.same(about('email_failed')?.['changes'], { details: [null, 'no JSON at all'] })
  t.notMatch(JSON.stringify(entries), /Duplistatus09|t0ps3cret|a:b@/)
  const page = await (await house.get('/settings/audit', await signedIn(house.app, 'administrator'))).text()
  for (const said of [
    'server name: <ins>NAS</ins>',
    'schema version: <ins>4.0</ins>',
    'connection refused by mail',
  ])
    t.ok(page.includes(said), said)
})

t.test('what cannot be read is refused with a clear sentence', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const good = join(house.dir, 'good.db')
  writeReference(good, '4.0', { runs: 300 })
  const path = join(house.dir, 'bad.db')
  const refused = async (bytes: Buffer, key: string) => {
    writeFileSync(path, bytes)
    const error = await house.app.command('import', [path]).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    t.ok(error instanceof Failure, key)
    if (error instanceof Failure) t.equal(error.text.key, key)
  }
  const whole = readFileSync(good)
  await refused(Buffer.from('PK not a database at all'), 'import.not-sqlite')
  await refused(Buffer.alloc(0), 'import.not-sqlite')
  await refused(whole.subarray(0, 5000), 'import.damaged')
  writeFileSync(path, whole)
  truncateSync(path, whole.length >> 1)
  await refused(readFileSync(path), 'import.damaged')
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const other = new sqlite.Database(join(house.dir, 'other.db'))
  other.exec('CREATE TABLE notes (a)')
  other.close()
  await refused(readFileSync(join(house.dir, 'other.db')), 'import.not-ours')
  t.equal(house.app.house.store.history.size, 0)
})

t.test('a write-ahead log beside the file comes along, and the files stay as they are', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const path = join(house.dir, 'copied.db')
  const source = join(house.dir, 'running.db')
  writeReference(source, '4.0', {
    runs: 50,
    wal: true,
    whileOpen() {
      for (const end of ['', '-wal']) copyFileSync(`${source}${end}`, `${path}${end}`)
    },
  })
  const before = [readFileSync(path), readFileSync(`${path}-wal`)]
  t.ok((before[1]?.length ?? 0) > 10_000, 'what was written lies in the log')
  t.match(await house.app.command('import', [path]), /50 runs brought in, 0 were/)
  t.same([readFileSync(path), readFileSync(`${path}-wal`)], before)
  writeFileSync(`${path}-wal`, before[1]?.subarray(0, 20_000) ?? '')
  const cut = await house.app.command('import', [path]).then(
    (said) => said,
    (error: unknown) => (error instanceof Failure ? error.text.key : String(error)),
  )
  t.match(cut, /0 runs brought in|import\./, 'a torn one is read as far as it goes, or refused')
  t.equal(house.app.house.store.history.size, 50)
})

t.test('rows that no version should have written come along as far as they make sense', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const path = join(house.dir, 'odd.db')
  writeReference(path, '3.1', { runs: 6 })
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const db = new sqlite.Database(path)
  db.exec('PRAGMA foreign_keys = OFF')
  const set = (n: number, what: string) =>
    db.exec(`UPDATE backups SET ${what} WHERE id LIKE '%${String(n).padStart(12, '0')}'`)
  set(0, 'messages_array = NULL, warnings_array = NULL, errors_array = NULL, available_backups = NULL')
  set(1, "end_time = '0001-01-01T00:00:00.000Z', duration_seconds = 0")
  set(2, "duration_seconds = 3600, end_time = '2025-01-02T02:00:00.000Z'")
  set(
    3,
    "messages_array = 'not json', available_backups = '{}', size = 'many', size_of_examined_files = 'many', version = x'00ff'",
  )
  set(4, "server_id = 'nobody', backup_name = '', backup_id = ''")
  const line = `2025-01-01 05:00:00 +00 - [Information-A]: ${'x'.repeat(100)}`
  const long = JSON.stringify(Array.from({ length: 60_000 }, () => line))
  db.run("UPDATE backups SET messages_array = ? WHERE id LIKE '%5'", [long])
  db.run("INSERT OR REPLACE INTO configurations VALUES ('cron_service', ?)", ['{"broken'])
  db.close()
  t.match(await house.app.command('import', [path]), /6 runs brought in/)
  const { store } = house.app.house
  const runs: (Run | null)[] = []
  for (const { no } of store.history.latest(10)) runs.push(await store.run(no))
  const ofHour = (hour: number) => runs.find((run) => run?.begin?.startsWith(`2025-01-01T0${hour}`))
  t.equal(ofHour(0)?.result, 'success')
  t.equal(ofHour(1)?.end, null, 'an end that was never set is none')
  t.equal(ofHour(2)?.durationS, 86_400, 'a day is a day, though an hour was stored')
  t.same(ofHour(2)?.doubts, ofHour(0)?.doubts)
  t.equal(ofHour(3)?.figures.sourceBytes, null)
  t.equal(ofHour(4)?.identity.backupName, null)
  const log = await store.log(ofHour(5)?.no ?? 0)
  t.ok((log?.lines.length ?? 0) > 10_000, 'of a log of 9 MB comes what is kept of any')
  t.match(log?.lines[0], { text: /x{100}/ })
})

t.test('an import that is called off keeps what came, and the next one brings the rest', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  writeReference(join(house.dir, 'backups.db'), '4.0', { runs: 2000, jobs: 4 })
  const who = await signedIn(house.app, 'administrator')
  const { care, bus, store } = house.app.house
  const act = (verb: string) =>
    fetch(`${house.app.urls.public}settings/import/do`, {
      method: 'POST',
      headers: who,
      redirect: 'manual',
      body: new URLSearchParams({ do: verb }),
    })
  const ended = () =>
    new Promise<void>((resolve) => {
      const stop = bus.on('progress', () => {
        if (care.task('import')?.finishedAt == null) return
        stop()
        resolve()
      })
    })
  await act('found')
  await care.import.preview()
  const first = ended()
  const stop = bus.on('progress', () => {
    if ((care.task('import')?.done ?? 0) > 0) care.cancel('import')
  })
  t.equal((await act('begin')).status, 303)
  const running = await (await house.get('/settings/import', who)).text()
  t.match(running, /data-task|role="status"/, 'the page says that it goes on')
  await first
  stop()
  t.same(care.task('import')?.outcome, { key: 'care.task.cancelled' })
  t.match(await (await house.get('/settings/import', who)).text(), /Cancelled/)
  const came = store.history.size
  t.ok(came > 0 && came < 2000, `${came} runs came`)
  const known = Object.values(store.state().jobs).map((job) => store.history.countOfJob(job.id))
  t.equal(
    known.reduce((sum, count) => sum + count, 0),
    came,
    'each has its job',
  )
  const second = ended()
  await act('begin')
  await second
  t.same(care.task('import')?.outcome, { key: 'import.done', values: { recorded: 2000 - came, known: came } })
  t.equal(store.history.size, 2000)
  t.equal(Object.keys(store.state().servers).length, 1)
  t.equal(Object.keys(store.state().jobs).length, 4)
})

t.test('the page shows what would come, and brings it in', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  writeReference(join(house.dir, 'backups.db'), '4.0', { runs: 12 })
  const who = await signedIn(house.app, 'administrator')
  const { care } = house.app.house
  t.match(await (await house.get('/settings/import', who)).text(), /backups\.db/, 'it is offered')
  t.match(await (await house.get('/start', who)).text(), /backups\.db/, 'at the first start as well')
  const viewer = await signedIn(house.app, 'viewer')
  t.notMatch(await (await house.get('/start', viewer)).text(), /backups\.db/, 'to who may bring it in')
  await care.import.chooseFound()
  t.match(await (await house.get('/settings/import', who)).text(), /Bring it in/)
  const ended = new Promise<void>((resolve) => {
    house.app.house.bus.on('progress', () => {
      if (care.task('import')?.finishedAt != null) resolve()
    })
  })
  await care.import.begin({ who: 'Ada', from: 'here', administrator: true })
  await ended
  t.same(care.task('import')?.outcome, { key: 'import.done', values: { recorded: 12, known: 0 } })
})
