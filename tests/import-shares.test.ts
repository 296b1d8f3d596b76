import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sqlite from 'node-sqlite3-wasm'
import t, { type Test } from 'tap'
import type { ImportKind } from '../src/domain/import-share.ts'
import { trashOf } from '../src/domain/trash.ts'
import { sealAsReference, writeReference } from './support/reference-database.ts'
import { type SmallHouse, smallHouse } from './support/small-house.ts'
import { signedIn } from './support/visitors.ts'

type Db = InstanceType<typeof sqlite.Database>

/** A house with a database of the reference product in its folder, changed as the test wants it. */
async function houseWith(
  t: Test,
  change: (db: Db) => void,
  content: Parameters<typeof writeReference>[2] = { runs: 6 },
  version: Parameters<typeof writeReference>[1] = '4.0',
) {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const path = join(house.dir, 'backups.db')
  writeReference(path, version, content)
  changed(path, change)
  return { house, path, who: await signedIn(house.app, 'administrator') }
}

function changed(path: string, change: (db: Db) => void): void {
  const db = new sqlite.Database(path)
  db.exec('PRAGMA foreign_keys = OFF')
  change(db)
  db.close()
}

const put = (db: Db, key: string, value: unknown) =>
  db.run('INSERT OR REPLACE INTO configurations VALUES (?, ?)', [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])

async function act(house: SmallHouse, who: Record<string, string>, verb: string): Promise<void> {
  const answer = await fetch(`${house.app.urls.public}settings/import/do`, {
    method: 'POST',
    headers: who,
    redirect: 'manual',
    body: new URLSearchParams({ do: verb }),
  })
  t.equal(answer.status, 303)
}

async function bringIn(house: SmallHouse): Promise<void> {
  const { care, bus } = house.app.house
  const ended = new Promise<void>((resolve) => {
    const stop = bus.on('progress', () => {
      if (care.task('import')?.finishedAt == null) return
      stop()
      resolve()
    })
  })
  await care.import.begin({ who: 'Ada', from: 'here', administrator: true })
  await ended
}

function share(house: SmallHouse, kind: ImportKind) {
  const found = house.app.house.care.import.result().find((one) => one.kind === kind)
  if (found === undefined) throw new Error(kind)
  return found
}

/** What a person reads on a wide screen: the words of a page, without its tags. */
function read(html: string): string {
  return html
    .replace(/<span class="only-phone">[^<]*<\/span>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#?\w+;/g, ' ')
    .replace(/\s+/g, ' ')
}

t.test(
  'the page says kind by kind what comes, what does not and why, and afterwards what became of it',
  async (t) => {
    const key = randomBytes(32)
    const { house, who } = await houseWith(
      t,
      (db) => {
        db.exec("UPDATE servers SET server_url = 'http://user:pw@nas:8200'")
        db.exec("INSERT INTO servers (id, name, server_password) VALUES ('m2', 'laptop', 'x')")
        db.run('UPDATE servers SET server_password = ?', [sealAsReference('secret', key)])
        db.exec(
          "UPDATE backups SET begin_time = '0001-01-01T00:00:00.000Z', date = 'none', end_time = '', created_at = NULL WHERE id LIKE '%0'",
        )
        db.exec("UPDATE backups SET server_id = 'gone' WHERE id LIKE '%1'")
        db.exec("CREATE TABLE one AS SELECT * FROM backups WHERE id LIKE '%2'")
        db.exec("UPDATE one SET id = 'twice'")
        db.exec('INSERT INTO backups SELECT * FROM one')
        db.exec('DROP TABLE one')
        db.exec('ALTER TABLE backups ADD COLUMN mood TEXT')
        db.exec('CREATE TABLE plugins (a)')
        db.exec("INSERT INTO users (id, username, password_hash) VALUES ('u3', '  ', 'x')")
        put(db, 'overdue_tolerance', 'a while')
        put(db, 'ntfy_config', { url: 'ftp://somewhere', topic: 'fine', accessToken: 'tk_1' })
        put(db, 'notification_templates', {
          success: { title: '{moon}', message: '{status}', priority: 'loud', tags: '' },
        })
        put(db, 'backup_settings', {
          'machine-1:Documents': { expectedInterval: 'often', additionalEmails: 'nobody, ops@example.org' },
          'machine-1:Gone:with colon': { notificationEvent: 'all' },
        })
        put(db, 'smtp_config', {
          host: 'mail.example.org',
          mailto: 'a@example.org, wrong',
          username: sealAsReference('u', key),
          password: '',
        })
        put(db, 'telemetry', 'on')
        db.exec("UPDATE db_version SET version = '5.2'")
      },
      { runs: 6, key: randomBytes(32) },
    )
    await act(house, who, 'found')
    const before = read(await (await house.get('/settings/import', who)).text())
    const sayings = [
      /The NAS: the address nas:8200 is left out/,
      /passwords of 2 servers cannot be read without the key file: The NAS, laptop/,
      /User name and password of the mail server cannot be read/,
      /One run has no usable time, and cannot be placed: 00000000-/,
      /One run is there twice/,
      /One run belongs to servers that are not in this database any more.*gone/,
      /overdue_tolerance: “a while” is not understood/,
      /ntfy\.server is left out/,
      /templates\.success uses \{moon\}/,
      /priority: “loud” is not understood/,
      /machine-1:Documents, expectedInterval: “often”/,
      /machine-1:Documents, additionalEmails: “nobody”/,
      /One entry speaks of a backup or server that is not there: machine-1:Gone:with colon/,
      /email\.to is left out/,
      /“” is no name that a user can have/,
      /Passwords of users do not come along/,
      /calls itself version 5\.2/,
      /Not known here, and left behind: plugins, telemetry, mood/,
      /Not needed here: sessions, cron_service, last_overdue_check, master_key_fingerprint/,
      /Sign-ins and what each browser remembers/,
      /so logs here are kept as long as their runs/,
    ]
    for (const saying of sayings) t.match(before, saying)
    t.match(before, /Runs 7 6 0/)
    t.match(before, /Aliases 1 1 0 – Notes 1 1 0 –/)
    t.match(before, /ntfy settings 3 0 0/, 'a token for one server does not go to another')
    t.equal(house.app.house.store.history.size, 0, 'nothing was done yet')
    t.same(Object.keys(house.app.house.store.state().servers), [])
    await bringIn(house)
    const after = read(await (await house.get('/settings/import', who)).text())
    for (const saying of sayings) t.match(after, saying)
    t.match(after, /What became of it/)
    t.match(after, /Runs 7 5 1/, 'five came, the double is here already')
    const [job] = Object.values(house.app.house.store.state().jobs).filter(
      (one) => Object.keys(one.overrides).length > 0,
    )
    t.same(job?.overrides.extraEmails, ['ops@example.org'])
    const { settings } = house.app.house.store.state()
    t.same(settings['email.to'], ['a@example.org'])
    t.equal(settings['retention.log_days'], 0)
    t.equal(settings['retention.run_days'], undefined, 'runs of this age would have stayed anyway')
  },
)

t.test('an import without the key file is completed by one with it, and by no other key', async (t) => {
  const key = randomBytes(32)
  const { house, path } = await houseWith(t, () => undefined, { runs: 2, key })
  const { store, secrets } = house.app.house
  const files = { none: [path], wrong: [path, `${path}.wrong`], right: [path, `${path}.right`] }
  writeFileSync(`${path}.wrong`, randomBytes(32))
  writeFileSync(`${path}.right`, Buffer.concat([key, Buffer.from('\n')]))
  t.match(await house.app.command('import', files.none), /without the key file: The NAS/)
  t.equal(store.state().settings['notices.email.enabled'], undefined)
  t.match(await house.app.command('import', files.wrong), /it is another one: The NAS/)
  const said = await house.app.command('import', files.right)
  t.notMatch(said, /cannot be read/)
  const [server] = Object.values(store.state().servers)
  t.ok(store.state().secrets[`server:${server?.id}:password`])
  t.equal(server?.connection?.collect, false, 'nobody is asked before somebody wants it')
  t.equal(store.state().settings['notices.email.enabled'], true)
  t.equal(store.state().settings['email.user'], 'me@example.org')
  t.ok(store.state().secrets['email.password'])
  t.notOk(secrets.isKeyLost())
  await t.rejects(house.app.command('import', [path, join(house.dir, 'nowhere')]))
})

t.test('what is set here for something else stays, with all that belongs to it', async (t) => {
  const key = randomBytes(32)
  const { house, path } = await houseWith(t, () => undefined, { runs: 2, key })
  writeFileSync(`${path}.key`, key)
  const { store } = house.app.house
  const ours = { 'ntfy.topic': 'ours', 'email.host': 'our.example.org', 'monitoring.repeat': 'never' }
  await store.change((state) => ({ ...state, settings: { ...state.settings, ...ours } }))
  await house.app.command('import', [path, `${path}.key`])
  const { settings, secrets } = store.state()
  t.match(settings, ours)
  t.equal(settings['email.user'], undefined, 'a user of another server is not sent to ours')
  t.equal(secrets['email.password'], undefined)
  t.equal(secrets['ntfy.token'], undefined)
  t.match(share(house, 'ntfy'), { comes: 0, here: 3 })
  t.match(share(house, 'monitoring'), { found: 3, comes: 2, here: 1 })
  t.match(share(house, 'secrets'), { comes: 1, here: 2 })
})

t.test('one run is one run, however it came', async (t) => {
  const { house, path } = await houseWith(t, (db) => {
    // Collected rows stand newest first; a job imported into Duplicati anew goes on under its name.
    db.exec("UPDATE backups SET backup_id = '1' WHERE id LIKE '%5' OR id LIKE '%4'")
    db.exec("UPDATE backups SET backup_id = 'DB-9' WHERE id LIKE '%0' OR id LIKE '%1' OR id LIKE '%2'")
    db.exec('CREATE TABLE kept AS SELECT * FROM backups ORDER BY date DESC')
    db.exec('DELETE FROM backups')
    db.exec('INSERT INTO backups SELECT * FROM kept')
    db.exec('DROP TABLE kept')
  })
  const { store } = house.app.house
  const begin = new Date(Date.UTC(2025, 0, 1, 5))
  const live = {
    Data: {
      MainOperation: 'Backup',
      ParsedResult: 'Success',
      BeginTime: new Date(begin.getTime() + 123).toISOString(),
      EndTime: new Date(begin.getTime() + 61_000).toISOString(),
    },
    Extra: {
      'machine-id': 'machine-1',
      'machine-name': 'nas',
      'backup-id': 'DB-1',
      'backup-name': 'Documents',
    },
  }
  t.equal((await house.report(live)).status, 200)
  await house.app.command('import', [path])
  t.equal(store.history.size, 6)
  t.match(share(house, 'runs'), { comes: 5, here: 1 })
  const jobs = Object.values(store.state().jobs)
  t.same(
    jobs.map((job) => [job.name, job.backupId, store.history.countOfJob(job.id)]),
    [['Documents', 'DB-1', 6]],
  )
  const who = await signedIn(house.app, 'administrator')
  const old = await house.get('/detail/machine-1/backup/00000000-0000-4000-8000-000000000005', who)
  t.match(old.headers.get('location'), /\/runs\/run_/, 'the old address leads to the run that came live')
})

t.test('one bad row, one bad table or one bad setting keeps back nothing else', async (t) => {
  const { house, path } = await houseWith(t, (db) => {
    db.exec('DROP TABLE users')
    db.exec('CREATE TABLE users (login TEXT)')
    db.exec('DROP TABLE configurations')
    db.exec('CREATE TABLE configurations (name TEXT, value TEXT)')
    db.exec('CREATE TABLE machines (id TEXT, name TEXT)')
    db.exec("INSERT INTO machines VALUES ('m9', 'left behind by an upgrade')")
    const at = (n: number, what: string) => db.exec(`UPDATE backups SET ${what} WHERE id LIKE '%${n}'`)
    at(0, "begin_time = '2025-01-01 00:00:00', partial_backup = 'true', interrupted = 0.0")
    at(1, 'begin_time = 1735693200000, size = 12.7, size_of_examined_files = 12.7')
    at(
      2,
      "begin_time = '2025-01-01T04:00:00+02:00', errors_array = 'The disk is full', parsed_result = 'Error'",
    )
    at(3, "begin_time = '2099-01-01T00:00:00.000Z', date = '2025-01-01T03:00:00.000Z'")
    at(4, "begin_time = '', date = '', end_time = '2025-01-01 04:01:00'")
  })
  await house.app.command('import', [path])
  const { store } = house.app.house
  t.same(share(house, 'runs').notes, [])
  const runs = await Promise.all(store.history.latest(9).map(({ no }) => store.run(no)))
  const begins = runs.map((run) => run?.begin?.slice(11, 16) ?? 'none').sort()
  t.same(begins, ['00:00', '01:00', '02:00', '03:00', '05:00', 'none'])
  t.equal(runs.find((run) => run?.begin?.startsWith('2025-01-01T00'))?.partial, true)
  t.equal(runs.find((run) => run?.begin?.startsWith('2025-01-01T01'))?.figures.sourceBytes, 13)
  t.match(
    runs.find((run) => run?.begin?.startsWith('2025-01-01T02')),
    { result: 'error', errors: 1 },
  )
  t.ok(
    runs.every((run) => (run?.received ?? '9') < '2026'),
    'none was received in a time to come',
  )
  t.ok(Object.values(store.state().servers).some((server) => server.name === 'left behind by an upgrade'))
  t.match(await house.app.command('import', [path]), /^0 runs brought in, 6 were here already/)
})

t.test('a page of the file that is damaged takes its row with it, and no other', async (t) => {
  const { house, path } = await houseWith(t, () => undefined, { runs: 4, lines: 300 })
  const bytes = readFileSync(path)
  // The text of the second run goes on in pages of its own: the first of them leads nowhere now.
  const inText = bytes.indexOf('Run 1 ', bytes.indexOf('Run 1 ') + 2000)
  const page = Math.floor(inText / 4096) * 4096
  bytes.writeUInt32BE(0x7fffffff, page)
  writeFileSync(path, bytes)
  const said = await house.app.command('import', [path])
  t.match(said, /3 runs brought in, 0 were here already, 1 could not be read/)
  t.match(said, /Row 2 cannot be read/)
  t.equal(house.app.house.store.history.size, 3)
})

t.test('the audit log of two databases comes once each, also where the first try was cut off', async (t) => {
  const { house, path } = await houseWith(t, (db) => {
    db.exec(
      "INSERT INTO audit_log (timestamp, username, action, category, status) VALUES ('2025-02-01 10:00:00', 'admin', 'logout', 'auth', 'success')",
    )
  })
  const other = join(house.dir, 'other.db')
  writeReference(other, '4.0', { runs: 1 })
  changed(other, (db) => db.exec("UPDATE audit_log SET timestamp = '2025-01-15 08:00:00', username = 'bob'"))
  for (const from of [path, other, path, other]) await house.app.command('import', [from])
  const { entries } = await house.app.house.store.journal('audit').read({ limit: 100 })
  const came = entries.filter((entry) => entry['action'] === 'import.entry')
  t.same(came.map((entry) => [entry.at, entry['who'], entry['target']]).sort(), [
    ['2025-01-15T08:00:00.000Z', 'bob', 'login'],
    ['2025-02-01T10:00:00.000Z', 'admin', 'login'],
    ['2025-02-01T10:00:00.000Z', 'admin', 'logout'],
  ])
  const deeds = entries.filter(
    (entry) => /^import/.test(String(entry['action'])) && entry['action'] !== 'import.entry',
  )
  t.equal(deeds.length, 8, 'each begin and each end is audited')
  t.match(deeds.at(-2), { action: 'import.ended', who: 'command line', changes: { runs: [null, 6] } })
})

t.test('what was removed and brought in again is there once, whatever is undone', async (t) => {
  const { house, path } = await houseWith(t, () => undefined)
  const { care, store } = house.app.house
  const by = { who: 'Ada', from: 'here', administrator: true }
  await house.app.command('import', [path])
  const [job] = Object.values(store.state().jobs)
  await care.remove({ kind: 'job', jobId: job?.id ?? '' }, by)
  t.equal(store.history.size, 0)
  await house.app.command('import', [path])
  t.equal(store.history.size, 6)
  const [trash] = trashOf(store.state())
  await care.undo(trash?.id ?? '', by)
  const counts = Object.values(store.state().jobs).map((one) => store.history.countOfJob(one.id))
  t.same(
    counts.reduce((sum, one) => sum + one, 0),
    store.history.size,
  )
  t.equal(store.history.size, 6, 'nothing is doubled')
  t.equal(Object.keys(store.state().jobs).length, 1)
  t.equal(Object.values(store.state().jobs)[0]?.id, job?.id)
  const who = await signedIn(house.app, 'administrator')
  const old = await house.get('/detail/machine-1/backup/00000000-0000-4000-8000-000000000003', who)
  const page = await house.get(new URL(old.headers.get('location') ?? '', 'http://x').pathname, who)
  t.equal(page.status, 200, 'the old address leads to the one that is there')
})

t.test('a database is uploaded with its write-ahead log and its key', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const key = randomBytes(32)
  const source = join(house.dir, 'running.db')
  const form = new FormData()
  const files = { file: '', wal: '-wal' }
  writeReference(source, '4.0', {
    runs: 30,
    key,
    wal: true,
    whileOpen() {
      for (const [name, end] of Object.entries(files))
        form.append(name, new Blob([readFileSync(`${source}${end}`)]), `backups.db${end}`)
    },
  })
  form.append('key', new Blob([key]), '.duplistatus.key')
  const send = async (body: FormData) =>
    fetch(`${house.app.urls.public}settings/import`, {
      method: 'POST',
      headers: who,
      redirect: 'manual',
      body,
    })
  t.equal((await send(form)).status, 303)
  const page = read(await (await house.get('/settings/import', who)).text())
  t.match(page, /Runs 30 30 0/)
  t.match(page, /Stored passwords and tokens 3 3 0/)
  await bringIn(house)
  t.equal(house.app.house.store.history.size, 30)
  const alone = new FormData()
  alone.append('file', new Blob([readFileSync(source)]), 'backups.db')
  t.equal(
    (await send(alone)).status,
    303,
    'a file that was left in the mode of a write-ahead log opens without one',
  )
  t.match(read(await (await house.get('/settings/import', who)).text()), /Runs 30 30 0/)
  const dump = new FormData()
  dump.append(
    'file',
    new Blob(['-- SQL dump\nBEGIN TRANSACTION;\nCREATE TABLE servers (id TEXT);']),
    'backups.sql',
  )
  await send(dump)
  t.match(read(await (await house.get('/settings/import', who)).text()), /This is a dump in SQL/)
  const stray = (await readdir(join(house.dir, 'tmp'))).filter((name) => /upload|reference/.test(name))
  t.same(stray, [], 'nothing is left of it')
})

t.test('the command line and the page do not bring in at once', async (t) => {
  const { house, path } = await houseWith(t, () => undefined, { runs: 600 })
  const both = await Promise.allSettled([
    house.app.command('import', [path]),
    house.app.command('import', [path]),
  ])
  t.same(both.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
  t.equal(house.app.house.store.history.size, 600)
})
