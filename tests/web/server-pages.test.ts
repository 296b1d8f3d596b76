import t, { type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { secretName } from '../../src/domain/remote-reach.ts'
import type { Server } from '../../src/domain/server.ts'
import { oldDuplicatiPage } from '../../src/web/duplicati-page.ts'
import { selfSigned } from '../support/certificate.ts'
import { type DuplicatiServer, jobWithRows, startDuplicati } from '../support/duplicati-server.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

const PASSWORD = 'correct horse'
const FIRST = new Date('2026-10-01T02:00:00Z')

t.test('a server is added by address and password, after a test that says how far it came', async (t) => {
  const { house, admin, duplicati } = await meet(t)
  const address = duplicati.address
  const wrong = await send(house, admin, '/settings/servers', {
    addresses: address,
    secret: 'wrong',
    do: 'test',
  })
  t.equal(wrong.status, 200)
  t.match(wrong.html, /is-passed[\s\S]*Duplicati answers[\s\S]*is-failed[\s\S]*Sign-in/)
  t.match(wrong.html, 'does not accept the password')
  t.notMatch(wrong.html, 'value="wrong"', 'a password is never sent back')
  t.equal(servers(house).length, 0, 'a test stores nothing')

  const right = await send(house, admin, '/settings/servers', {
    addresses: address,
    secret: PASSWORD,
    do: 'test',
  })
  t.match(right.html, /answers with Duplicati [\d.]+ and 1 backup\./)

  const added = await send(house, admin, '/settings/servers', {
    addresses: address,
    secret: PASSWORD,
    do: 'add',
  })
  t.equal(added.status, 303)
  const server = theServer(house)
  t.equal(added.location, `/settings/servers/${server.id}`)
  await collected(house)
  t.equal(theJob(house).status.recent.length, 3, 'its past runs are collected at once')
  const page = await look(house, admin, `/settings/servers/${server.id}`)
  t.match(page.html, 'Last contact')
  t.notMatch(page.html, PASSWORD)
})

t.test('all servers are tried at once, and each row says what came of it', async (t) => {
  const { house, admin, duplicati } = await meet(t)
  await send(house, admin, '/settings/servers', {
    addresses: duplicati.address,
    secret: PASSWORD,
    do: 'add',
  })
  await collected(house)
  const good = await send(house, admin, '/settings/servers/check', {})
  t.equal(good.status, 200)
  t.match(good.html, 'Duplicati answers and takes the password.')
  await house.app.house.secrets.set(secretName(theServer(house).id), 'wrong')
  const bad = await send(house, admin, '/settings/servers/check', {})
  t.match(bad.html, /class="error">[^"]*<svg[\s\S]*does not accept the password/)
})

t.test('a self-signed certificate is shown with its fingerprint and can be pinned', async (t) => {
  const certificate = selfSigned()
  const { house, admin, duplicati } = await meet(t, { certificate })
  const form = { addresses: duplicati.address, secret: PASSWORD }
  const refused = await send(house, admin, '/settings/servers', { ...form, do: 'add' })
  t.equal(refused.status, 422)
  t.match(refused.html, `<button name="pin" value="${certificate.fingerprint}">`)
  const pinned = await send(house, admin, '/settings/servers', { ...form, pin: certificate.fingerprint })
  t.match(pinned.html, `name="pinned" value="${certificate.fingerprint}"`)
  t.match(pinned.html, 'answers with Duplicati')
  const added = await send(house, admin, '/settings/servers', {
    ...form,
    pinned: certificate.fingerprint,
    do: 'add',
  })
  t.equal(added.status, 303)
  t.match(theServer(house).connection, { tls: 'pinned', pinnedSha256: certificate.fingerprint })
})

t.test('several addresses are added with one password, each with its outcome', async (t) => {
  const { house, admin, duplicati } = await meet(t)
  const form = { addresses: `${duplicati.address}\nhttp://127.0.0.1:1`, secret: PASSWORD, do: 'add' }
  t.equal((await send(house, admin, '/settings/servers', form)).status, 303)
  await until(() => house.app.house.collecting.adding.look().isOver)
  const page = await look(house, admin, '/settings/servers')
  t.match(page.html, /step is-added/)
  t.match(page.html, /step is-failed[\s\S]*refuses the connection/)
  t.equal(servers(house).length, 1)
  const lines = house.app.house.collecting.desk.look()?.lines
  t.same(
    lines?.map(({ serverId }) => serverId),
    servers(house).map(({ id }) => id),
    'what it has is fetched at once',
  )
})

t.test('what is typed of a server is kept, and what cannot be read is said beside its field', async (t) => {
  const { house, admin } = await meet(t, {}, { isAdded: true })
  const { id, address } = theServer(house)
  const path = `/settings/servers/${id}`
  const form = {
    alias: 'Attic',
    tags: 'home, attic, home',
    address,
    auth: 'password',
    tls: 'verify',
    collect: 'on',
  }
  const wrong = await send(house, admin, path, {
    ...form,
    publicAddress: 'javascript:alert(1)',
    headers: 'X Y',
  })
  t.equal(wrong.status, 422)
  t.match(wrong.html, 'Line 1 is not a header')
  t.equal(theServer(house).alias, '', 'nothing is saved where something is wrong')

  const saved = await send(house, admin, path, { ...form, headers: 'X-Key: hunter2', allowRunNow: 'on' })
  t.equal(saved.status, 303)
  t.match(theServer(house), { alias: 'Attic', tags: ['home', 'attic'], connection: { allowRunNow: true } })
  const page = await look(house, admin, path)
  t.notMatch(page.html, 'hunter2', 'a header may be a key')
  await send(house, admin, path, { ...form, headers: 'X-Key: ***' })
  t.equal(theServer(house).connection?.headers['X-Key'], 'hunter2', 'and keeps its value')
  t.equal(theServer(house).connection?.allowRunNow, false)

  const tried = await send(house, admin, path, { ...form, do: 'test' })
  t.match(tried.html, 'answers with Duplicati', 'tried with the stored password')
})

t.test('servers are found by name, note and address, and sorted by every column', async (t) => {
  const house = await smallHouse({ days: 5 })
  t.teardown(() => house.close())
  const admin = await signedIn(house.app, 'administrator')
  await house.app.house.store.change((state) => ({
    ...state,
    servers: Object.fromEntries(
      Object.entries(state.servers).map(([id, server]) => [
        id,
        server.name === 'NAS'
          ? { ...server, note: 'In the cellar', address: 'https://nas.example:8200', alias: 'Big box' }
          : server,
      ]),
    ),
  }))
  const names = async (query: string) =>
    [
      ...(await look(house, admin, `/settings/servers?${query}`)).html.matchAll(
        /<tr id="r-[^>]*><th scope="row"><a [^>]*><bdi>([^<]*)/g,
      ),
    ].map(([, name = '']) => name)
  const all = await names('')
  t.same(all, [...all].sort(new Intl.Collator('en').compare))
  for (const word of ['big', 'nas', 'CELLAR', 'example%3A8200']) t.same(await names(`q=${word}`), ['Big box'])
  t.same(await names('q=nowhere'), [])
  t.match((await look(house, admin, '/settings/servers?q=nowhere')).html, 'No server matches.')
  t.same(await names('sort=name&dir=down'), [...all].reverse())
  for (const column of ['state', 'version', 'contact', '__proto__'])
    t.equal((await names(`sort=${column}`)).length, all.length, column)
  t.match((await look(house, admin, '/settings/servers?sort=state')).html, 'aria-sort="ascending"')
})

t.test('a server put away keeps its history and is watched again when it is taken out', async (t) => {
  const { house, admin } = await meet(t, {}, { isAdded: true })
  const { id } = theServer(house)
  await send(house, admin, `/settings/servers/${id}/archive`, { do: 'archive' })
  t.match(theServer(house).archivedAt, /^\d{4}/)
  t.match((await look(house, admin, '/settings/servers')).html, '1 archived server')
  t.equal(house.app.house.store.history.ofJob(theJob(house).id).length, 3)
  await send(house, admin, `/settings/servers/${id}/archive`, { do: 'unarchive' })
  t.equal(theServer(house).archivedAt, null)
})

t.test('collecting by hand shows a bar a server and ends with what came of it', async (t) => {
  const { house, admin, duplicati } = await meet(t, {}, { isAdded: true })
  const { id } = theServer(house)
  duplicati.jobs.push(jobWithRows(4, 'Music <b>', [backup(0)], FIRST))
  duplicati.faults.locked.add(3)
  t.equal((await send(house, admin, `/servers/${id}/collect`, {})).location, '/settings/collecting')
  await collected(house)
  const page = await look(house, admin, '/settings/collecting')
  t.match(page.html, '1 new run, 0 already known, 1 failed')
  t.match(page.html, /Photos: The database of this backup is in use/)
  t.match(await auditLines(house), /server\.collect administrator-\w+ done/)
})

t.test('collecting can be called off', async (t) => {
  const { house, admin, duplicati } = await meet(t, {}, { isAdded: true })
  duplicati.faults.hangsAt = '/api/v1/backups'
  await send(house, admin, '/collect', { do: 'all' })
  const page = await look(house, admin, '/settings/collecting')
  t.match(page.html, '0 of 1 server done')
  t.match(page.html, '<progress')
  await send(house, admin, '/collect/stop', {})
  await collected(house)
  t.match((await look(house, admin, '/settings/collecting')).html, 'Stopped:')
})

t.test('a file is taken in, pasted or uploaded', async (t) => {
  const { house, admin } = await meet(t)
  const report = JSON.stringify({
    Data: { ...backup(9), MainOperation: 'Backup' },
    Extra: { 'machine-id': 'm1', 'machine-name': 'attic', 'backup-id': 'DB-9', 'backup-name': 'Mail' },
  })
  const pasted = await send(house, admin, '/settings/collecting/file', { content: report })
  t.match(pasted.html, '1 new run, 0 already known')
  const upload = new FormData()
  upload.set('file', new Blob([report]), 'runs.json')
  upload.set('job', '')
  const again = await fetch(`${house.app.urls.public.replace(/\/$/, '')}/settings/collecting/file`, {
    method: 'POST',
    headers: admin,
    body: upload,
  })
  t.match(await again.text(), '0 new runs, 1 already known')
  const nothing = await send(house, admin, '/settings/collecting/file', { content: '[]' })
  t.equal(nothing.status, 422)
  t.match(nothing.html, 'no runs that we can read')
})

t.test('a job is started only where that is switched on, and shown while it runs', async (t) => {
  const { house, admin, duplicati } = await meet(t, {}, { isAdded: true })
  const server = theServer(house)
  const job = theJob(house)
  t.notMatch((await look(house, admin, `/jobs/${job.id}`)).html, 'Run now')
  t.equal((await send(house, admin, `/jobs/${job.id}/run`, {})).status, 403)
  t.same(duplicati.orders, [])

  const form = { address: server.address, auth: 'password', tls: 'verify', collect: 'on', allowRunNow: 'on' }
  await send(house, admin, `/settings/servers/${server.id}`, form)
  t.match((await look(house, admin, `/jobs/${job.id}`)).html, 'Run now')
  t.equal((await send(house, admin, `/jobs/${job.id}/run`, {})).status, 303)
  t.same(duplicati.orders, ['run 3'])
  const page = await look(house, admin, `/jobs/${job.id}`)
  t.match(page.html, 'Backup is running')
  t.match(page.html, `/jobs/${job.id}/stop`)
  t.match(await auditLines(house), /job\.run administrator-\w+ done[\s\S]*job\.run administrator-\w+ refused/)
  for (const path of ['/', `/servers/${server.id}`])
    t.match((await look(house, admin, path)).html, 'is-running', `${path} shows that it runs`)
  t.equal((await send(house, admin, `/jobs/${job.id}/stop`, {})).status, 303)
  t.match(duplicati.orders.at(-1), /stop/)
  t.match(await auditLines(house), /job\.stop administrator-\w+ done/)
})

t.test('a viewer sees where Duplicati is and may change nothing', async (t) => {
  const { house, duplicati } = await meet(t, {}, { isAdded: true })
  const viewer = await signedIn(house.app, 'viewer')
  const { id } = theServer(house)
  const job = theJob(house)
  const page = await look(house, viewer, `/servers/${id}`)
  t.match(page.html, `href="${duplicati.address}"`, 'the plain link is for everybody')
  for (const path of ['/', `/servers/${id}`, `/jobs/${job.id}`])
    t.notMatch((await look(house, viewer, path)).html, /\/collect"|\/run"/, path)
  const posts = [
    '/settings/servers',
    `/settings/servers/${id}`,
    `/settings/servers/${id}/archive`,
    `/settings/servers/${id}/pin`,
    '/collect',
    '/collect/stop',
    `/servers/${id}/collect`,
    `/servers/${id}/collected.json`,
    `/jobs/${job.id}/run`,
    `/jobs/${job.id}/stop`,
    '/settings/collecting/file',
  ]
  for (const path of posts) t.equal((await send(house, viewer, path, {})).status, 403, path)
  t.equal((await look(house, viewer, '/settings/servers')).status, 403)
})

t.test('the logs of a server come as a file without secrets, which can be taken in elsewhere', async (t) => {
  const { house, admin, duplicati } = await meet(t, {}, { isAdded: true })
  const { id } = theServer(house)
  const secret = { ...backup(4), Messages: ['Opened ftp://me:hunter2@nas/'], Passphrase: 'hunter2' }
  const many = Array.from({ length: 60 }, (_, day) => backup(day))
  duplicati.jobs.push(jobWithRows(4, 'Music', [...many, secret], FIRST), jobWithRows(5, 'Films', [], FIRST))
  duplicati.faults.locked.add(5)
  await house.app.house.store.change((state) => {
    const server = theServer(house)
    return { ...state, servers: { ...state.servers, [id]: { ...server, alias: 'A/b: "c"' } } }
  })
  const before = house.app.house.store.history.ofJob(theJob(house).id).length
  const answer = await fetch(`${house.app.urls.public.replace(/\/$/, '')}/servers/${id}/collected.json`, {
    method: 'POST',
    headers: admin,
  })
  t.equal(answer.status, 200)
  t.match(answer.headers.get('Content-Disposition'), /filename="A-b- -c--\d{4}-\d\d-\d\dT[\d-]+Z\.json"/)
  const file = await answer.text()
  t.notMatch(file, 'hunter2')
  const { backup_logs: logs } = JSON.parse(file) as { backup_logs: { messages: object[]; error?: string }[] }
  t.same(
    logs.map(({ messages, error }) => [messages.length, error ?? '']),
    [
      [3, ''],
      [61, ''],
      [0, 'duplicati.failure.database-locked'],
    ],
    'every row, and why there is none',
  )
  t.equal(house.app.house.store.history.ofJob(theJob(house).id).length, before, 'nothing is recorded')
  t.match(await auditLines(house), /server\.download administrator-\w+ done/)

  const elsewhere = await smallHouse({ days: 0 })
  t.teardown(() => elsewhere.close())
  const form = new FormData()
  form.set('content', file)
  const taken = await fetch(`${elsewhere.app.urls.public}settings/collecting/file`, {
    method: 'POST',
    headers: await signedIn(elsewhere.app, 'administrator'),
    body: form,
  })
  t.equal(taken.status, 200)
  await elsewhere.app.house.store.settled()
  t.equal(Object.keys(elsewhere.app.house.store.state().jobs).length, 2)

  await duplicati.stop()
  const away = await send(house, admin, `/servers/${id}/collected.json`, {})
  t.equal(away.status, 503)
  t.match(away.html, 'refuses the connection')
})

t.test('the old web interface of a server can be reached too, wherever its page lies', async (t) => {
  for (const [address, old] of [
    ['http://nas:8200', 'http://nas:8200/ngax'],
    ['https://backup.example.org/duplicati/', 'https://backup.example.org/duplicati/ngax'],
    ['http://nas:8200/ngclient/index.html?x=1#home', 'http://nas:8200/ngax'],
    ['http://nas:8200/ngax/', 'http://nas:8200/ngax'],
    ['javascript:alert(1)', ''],
  ] as const)
    t.equal(oldDuplicatiPage({ address: '', publicAddress: address }), old, address)
  const { house, admin } = await meet(t, {}, { isAdded: true })
  const { id, address } = theServer(house)
  const { html } = await look(house, admin, `/servers/${id}`)
  t.equal(
    html.split(`href="${address}/ngax" target="_blank" rel="noopener noreferrer"`).length,
    3,
    'menu and page',
  )
})

async function meet(
  t: Test,
  options: Parameters<typeof startDuplicati>[0] = {},
  { isAdded = false } = {},
): Promise<{ house: SmallHouse; admin: Visitor; duplicati: DuplicatiServer }> {
  const duplicati = await startDuplicati(options)
  duplicati.jobs.push(jobWithRows(3, 'Photos', [backup(0), backup(1), backup(2)], FIRST))
  const house = await smallHouse({ days: 0 })
  t.teardown(async () => {
    await house.close()
    await duplicati.stop()
  })
  const admin = await signedIn(house.app, 'administrator')
  if (isAdded) {
    await send(house, admin, '/settings/servers', {
      addresses: duplicati.address,
      secret: PASSWORD,
      do: 'add',
    })
    await collected(house)
  }
  return { house, admin, duplicati }
}

function backup(day: number): object {
  const at = (minutes: number) =>
    new Date(FIRST.getTime() + day * 86_400_000 + minutes * 60_000).toISOString()
  return {
    MainOperation: 'Backup',
    ParsedResult: 'Success',
    BeginTime: at(0),
    EndTime: at(5),
    ExaminedFiles: 10,
  }
}

async function send(house: SmallHouse, visitor: Visitor, path: string, form: Record<string, string>) {
  const answer = await fetch(`${house.app.urls.public.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: visitor,
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
  const location = answer.headers.get('Location') ?? ''
  return { status: answer.status, location, html: await answer.text() }
}

async function look(house: SmallHouse, visitor: Visitor, path: string) {
  const answer = await house.get(path, visitor)
  return { status: answer.status, html: await answer.text() }
}

function servers(house: SmallHouse): Server[] {
  return Object.values(house.app.house.store.state().servers)
}

function theServer(house: SmallHouse): Server {
  const [server] = servers(house)
  if (server === undefined) throw new Error('no server')
  return server
}

function theJob(house: SmallHouse): Job {
  const [job] = Object.values(house.app.house.store.state().jobs)
  if (job === undefined) throw new Error('no job')
  return job
}

async function collected(house: SmallHouse): Promise<void> {
  await until(() => house.app.house.collecting.desk.look()?.endedAt != null)
  await house.app.house.store.settled()
}

async function auditLines(house: SmallHouse): Promise<string> {
  const { entries } = await house.app.house.store.journal('audit').read({ limit: 50 })
  return entries.map((one) => `${one['action']} ${one['who']} ${one['result']}`).join('\n')
}

async function until(isSo: () => boolean): Promise<void> {
  for (let left = 600; !isSo(); left -= 1) {
    if (left === 0) throw new Error('it never came')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
