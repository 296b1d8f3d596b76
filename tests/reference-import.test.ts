import { randomBytes } from 'node:crypto'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../src/domain/failure.ts'
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

t.test('the page shows what would come, and brings it in', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  writeReference(join(house.dir, 'backups.db'), '4.0', { runs: 12 })
  const who = await signedIn(house.app, 'administrator')
  const { care } = house.app.house
  t.match(await (await house.get('/settings/import', who)).text(), /backups\.db/, 'it is offered')
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
