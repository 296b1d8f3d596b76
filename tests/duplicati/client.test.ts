import { createServer } from 'node:http'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import t, { type Test } from 'tap'
import { Failure } from '../../src/domain/failure.ts'
import type { Reach, RemoteSession } from '../../src/domain/remote-shape.ts'
import { createRemoteServers } from '../../src/duplicati/client.ts'
import type { Limits } from '../../src/duplicati/exchange.ts'
import { createLanguages } from '../../src/language/words.ts'
import { selfSigned } from '../support/certificate.ts'
import {
  type DuplicatiServer,
  jobWithRows,
  type ServerOptions,
  startDuplicati,
} from '../support/duplicati-server.ts'
import { seededRandom } from '../support/random.ts'

const NOW = new Date('2026-11-07T14:02:00Z')
const SECRET = 'correct horse'
let elapsed = 0
const clock = { now: () => new Date(NOW.getTime() + elapsed), elapsedMs: () => elapsed }
const words = createLanguages('views/locales', { clock }).words({
  language: 'en',
  locale: 'en-GB',
  zone: 'UTC',
  theme: 'auto',
  units: 'binary',
  dateStyle: 'locale',
  hour12: null,
})
const certificate = selfSigned()

t.beforeEach(() => {
  elapsed = 0
})

function reachOf(address: string, changes: Partial<Reach> = {}): Reach {
  const plain = { tls: 'verify', pinnedSha256: null, caPem: null, headers: {}, auth: 'password' } as const
  return { address, ...plain, secret: SECRET, ...changes }
}

async function meet(
  t: Test,
  options: ServerOptions = {},
  reach: Partial<Reach> = {},
  more: { limits?: Partial<Limits>; signal?: AbortSignal } = {},
): Promise<{ server: DuplicatiServer; session: RemoteSession; steps: string[] }> {
  const server = await startDuplicati({ clock: clock.now, ...options })
  const servers = createRemoteServers({ clock, ...(more.limits ? { limits: more.limits } : {}) })
  const steps: string[] = []
  const session = servers.open(reachOf(server.address, reach), {
    onStep: (step) => steps.push(step),
    ...(more.signal ? { signal: more.signal } : {}),
  })
  t.teardown(async () => {
    await session.close()
    await server.stop()
  })
  return { server, session, steps }
}

/** The sentence that a person sees, and the proof that it tells no secret. */
async function sentence(t: Test, doing: Promise<unknown>): Promise<string> {
  try {
    await doing
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    t.notMatch(JSON.stringify(error.text) + error.message, SECRET, 'no secret in the failure')
    return words.say(error.text).replaceAll('\u202f', ' ')
  }
  t.fail('nothing failed')
  return ''
}

t.test('one sign-in serves all questions, and signing out leaves no family of tokens behind', async (t) => {
  const { server, session, steps } = await meet(t)
  server.jobs.push(jobWithRows(3, 'Photos', [], NOW))
  server.state.newerVersion = '2.4.0.0'
  const facts = await session.facts()
  t.strictSame(facts, {
    machineId: '0123456789abcdef0123456789abcdef',
    machineName: 'nas',
    version: '2.3.1.0',
    operatingSystem: 'Linux',
    zone: 'Europe/Berlin',
    clockSkewS: 0,
  })
  const state = await session.state()
  t.equal(state.newerVersion, '2.4.0.0')
  const jobs = await session.jobs({ zone: facts.zone, state })
  t.equal(jobs[0]?.backupId, 'DB-3')
  t.equal(jobs[0]?.destinationType, 's3')
  t.notMatch(JSON.stringify(jobs), 'hunter2', 'credentials of the destination are left behind')
  t.strictSame(steps, ['connect', 'answer', 'sign-in', 'machine', 'jobs'])
  t.equal(server.asked.filter((asked) => asked.endsWith('/login')).length, 1)
  t.equal(server.families, 1)
  await session.close()
  t.equal(server.families, 0)
})

t.test('a token is renewed before its fifteen minutes are over, in the same family', async (t) => {
  const { server, session } = await meet(t)
  await session.state()
  elapsed += 14.5 * 60_000
  await session.state()
  elapsed += 14.5 * 60_000
  await session.state()
  t.equal(server.asked.filter((asked) => asked.endsWith('/login')).length, 1)
  t.equal(server.asked.filter((asked) => asked.endsWith('/refresh')).length, 2)
  t.equal(server.families, 1)
})

t.test('who was forgotten by the server signs in again, once', async (t) => {
  const { server, session } = await meet(t)
  await session.state()
  server.forgetEverybody()
  await session.state()
  t.equal(server.asked.filter((asked) => asked.endsWith('/login')).length, 2)
  server.faults.failures = 1
  await session.state()
  server.faults.failures = 9
  t.match(
    await sentence(t, session.state()),
    /^Duplicati at .* could not do it \(status 500\)\. It said: An error occurred$/,
  )
  t.equal(server.faults.failures, 7, 'asked twice, no more')
})

t.test('two questions at once share one sign-in', async (t) => {
  const { server, session } = await meet(t)
  await Promise.all([session.state(), session.facts()])
  t.equal(server.asked.filter((asked) => asked.endsWith('/login')).length, 1)
})

t.test('tokens of the owner are used as they are', async (t) => {
  const token = 'abcdefghij-0123'
  const { server, session } = await meet(t, { preAuthToken: token }, { auth: 'preauth-token', secret: token })
  await session.state()
  t.strictSame(server.asked, ['GET /api/v1/serverstate'])
  const wrong = await meet(t, { preAuthToken: token }, { auth: 'preauth-token', secret: 'not-the-token' })
  t.match(
    await sentence(t, wrong.session.state()),
    /does not accept the token\. Check that the server was started with it\.$/,
  )
  const forever = await meet(t, {}, { auth: 'forever-token', secret: 'eyJh.bGci.OiJI' })
  t.match(await sentence(t, forever.session.state()), /does not accept the token/)
})

t.test('servers of 2.0 are read by nonce, salted password, XSRF token and byte order mark', async (t) => {
  const { server, session, steps } = await meet(t, { scheme: 'nonce' })
  server.jobs.push(jobWithRows(1, 'Photos', [{ MainOperation: 'Backup' }], NOW))
  const facts = await session.facts()
  t.equal(facts.version, '2.0.6.3')
  t.equal((await session.rows('DB-1', { before: null, size: 100 })).rows.length, 1)
  t.strictSame(steps, ['connect', 'answer', 'sign-in', 'machine'])
  t.equal(server.asked.filter((asked) => asked === 'POST /login.cgi').length, 2)
  server.forgetEverybody()
  await session.state()
  t.equal(server.asked.filter((asked) => asked === 'POST /login.cgi').length, 4)
})

t.test('a server of 2.0 without a password is read with its XSRF token alone', async (t) => {
  const { server, session } = await meet(
    t,
    { scheme: 'nonce', password: null },
    { auth: 'none', secret: null },
  )
  await session.state()
  t.notOk(server.asked.includes('POST /login.cgi'))
})

t.test('a wrong password is called that, by both ways of signing in', async (t) => {
  for (const scheme of ['token', 'nonce'] as const) {
    const { session } = await meet(t, { scheme, password: 'another' })
    t.match(
      await sentence(t, session.facts()),
      /^Duplicati at http:\/\/127.0.0.1:\d+ does not accept the password\.$/,
    )
  }
  const none = await meet(t, {}, { auth: 'none', secret: null })
  t.match(
    await sentence(t, none.session.facts()),
    /wants a password\. Enter it in the settings of the server\.$/,
  )
  const unset = await meet(t, {}, { secret: null })
  t.match(await sentence(t, unset.session.facts()), /^No password or token is stored for http/)
})

t.test('an old server is told apart from a wrong token and from one that is too old', async (t) => {
  const token = await meet(t, { scheme: 'nonce' }, { auth: 'preauth-token', secret: 'abcdefghij' })
  t.match(await sentence(t, token.session.facts()), /too old for tokens\. Update it to 2\.1\.2 or later/)
  const ancient = await meet(t, { scheme: 'nonce', version: '2.0.5.1' })
  t.equal(
    await sentence(t, ancient.session.facts()),
    'Duplicati 2.0.5.1 is too old. Version 2.0.6 or later is needed.',
  )
})

t.test(
  'a certificate that cannot be checked is shown with its fingerprint before anything is sent',
  async (t) => {
    const { server, session, steps } = await meet(t, { certificate })
    const said = await sentence(t, session.facts())
    t.match(
      said,
      `cannot be trusted: it is self-signed. If its fingerprint ${certificate.fingerprint} is the one of your server`,
    )
    t.strictSame(server.asked, [], 'nothing was asked')
    t.strictSame(steps, ['connect'])
  },
)

t.test('a certificate is taken when pinned, issued by the own authority, or not checked', async (t) => {
  const bare = certificate.fingerprint.replaceAll(':', '').toLowerCase()
  for (const choice of [
    { tls: 'pinned', pinnedSha256: certificate.fingerprint },
    { tls: 'pinned', pinnedSha256: bare },
    { tls: 'own-ca', caPem: certificate.cert },
    { tls: 'none' },
  ] as const) {
    const { session, steps } = await meet(t, { certificate }, choice)
    await session.state()
    t.strictSame(steps, ['connect', 'certificate', 'answer', 'sign-in'])
  }
})

t.test('another certificate than the pinned one, or for another name, is refused', async (t) => {
  const pinned = await meet(t, { certificate }, { tls: 'pinned', pinnedSha256: 'AB:CD' })
  t.match(await sentence(t, pinned.session.facts()), /shows another certificate than the pinned one/)
  t.strictSame(pinned.server.asked, [])
  const other = selfSigned('DNS:elsewhere.example')
  const named = await meet(t, { certificate: other }, { tls: 'own-ca', caPem: other.cert })
  t.match(await sentence(t, named.session.facts()), 'cannot be trusted: it was issued for another name.')
})

t.test('http and https mixed up are told apart', async (t) => {
  const plain = await meet(t)
  const asHttps = createRemoteServers({ clock }).open(
    reachOf(plain.server.address.replace('http:', 'https:')),
  )
  t.teardown(() => asHttps.close())
  t.match(await sentence(t, asHttps.facts()), /does not speak https\. Use http:\/\/ in the address/)
  const secure = await meet(t, { certificate })
  const asHttp = createRemoteServers({ clock }).open(
    reachOf(secure.server.address.replace('https:', 'http:')),
  )
  t.teardown(() => asHttp.close())
  t.match(
    await sentence(t, asHttp.facts()),
    /breaks the connection off\. Try https:\/\/ instead of http:\/\//,
  )
})

t.test('a name that is not there, a port where nothing listens', async (t) => {
  const server = await startDuplicati()
  await server.stop()
  const servers = createRemoteServers({ clock })
  t.match(
    await sentence(t, servers.open(reachOf(server.address)).facts()),
    /refuses the connection: nothing listens there/,
  )
  const nowhere = servers.open(reachOf('http://nas.invalid:8200'))
  t.match(await sentence(t, nowhere.facts()), /^The name nas\.invalid was not found\. Check its spelling/)
})

t.test('what is no Duplicati is not taken for one', async (t) => {
  const { server, session } = await meet(t)
  server.faults.notDuplicati = true
  t.match(await sentence(t, session.facts()), /answers, but not as Duplicati does\. Check port and path\.$/)
  server.faults.notDuplicati = false
  server.faults.cutShort = true
  t.match(await sentence(t, session.facts()), /answers, but not as Duplicati does/)
  const noise = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
  await new Promise<void>((resolve) => noise.listen(0, '127.0.0.1', resolve))
  t.teardown(() => noise.close())
  const { port } = noise.address() as net.AddressInfo
  const ssh = createRemoteServers({ clock }).open(reachOf(`http://127.0.0.1:${port}`))
  t.match(await sentence(t, ssh.facts()), /answers, but not as Duplicati does/)
})

t.test('what stands in front of Duplicati is named', async (t) => {
  const { server, session } = await meet(t)
  server.faults.badGateway = true
  t.match(
    await sentence(t, session.facts()),
    /^Something in front of Duplicati at .* answers with status 502/,
  )
  server.faults.badGateway = false
  server.faults.basicSignIn = true
  t.match(await sentence(t, session.facts()), /^A proxy in front of .* wants its own sign-in/)
  server.faults.basicSignIn = false
  server.faults.forbidden = true
  t.match(await sentence(t, session.facts()), /forbids the request\. Check the extra headers/)
  server.faults.forbidden = false
  server.faults.breaksOff = true
  t.match(await sentence(t, session.facts()), /breaks the connection off/)
})

t.test('a redirect is told, not followed', async (t) => {
  const { server, session } = await meet(t)
  const other = await startDuplicati()
  t.teardown(() => other.stop())
  server.faults.redirectTo = `${other.address}/ngclient/?token=abc`
  t.match(
    await sentence(t, session.facts()),
    `sends us on to ${other.address}. If that is right, use that address.`,
  )
  t.strictSame(other.asked, [])
})

t.test('a host name that Duplicati does not allow is named with the option that allows it', async (t) => {
  for (const scheme of ['token', 'nonce'] as const) {
    const { session } = await meet(t, { scheme }, { headers: { Host: 'backup.example' } })
    const said = await sentence(t, session.facts())
    t.match(said, /^Duplicati does not allow the host name backup\.example\. /)
    t.match(said, '--webservice-allowed-hostnames=backup.example, or use its IP address.')
  }
})

t.test('the pre-shared key of an agent goes into an extra header', async (t) => {
  const without = await meet(t, { preSharedKey: 'abc' })
  t.match(
    await sentence(t, without.session.facts()),
    /wants its pre-shared key\. Add the extra header X-Duplicati-PreSharedKey\.$/,
  )
  const having = await meet(t, { preSharedKey: 'abc' }, { headers: { 'X-Duplicati-PreSharedKey': 'abc' } })
  t.equal((await having.session.facts()).machineName, 'nas')
  const broken = await meet(t, {}, { headers: { 'X-A': 'b\r\nc' } })
  t.match(
    await sentence(t, broken.session.facts()),
    /contains a character that is not allowed there, such as a line break/,
  )
})

t.test('a base path and an address of IPv6 are kept', async (t) => {
  const { session } = await meet(t, { base: '/duplicati' })
  t.equal((await session.facts()).machineName, 'nas')
  if (!Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === '::1'))) return
  const six = await meet(t, { listenOn: '::1' })
  t.match(six.server.address, 'http://[::1]:')
  t.equal((await six.session.facts()).machineName, 'nas')
})

t.test('a server that says nothing is given up, as is one that never ends', async (t) => {
  const silent = await meet(t, {}, {}, { limits: { idleMs: 50 } })
  silent.server.faults.hangsAt = 'systeminfo'
  t.match(await sentence(t, silent.session.facts()), /then said nothing complete within 0\.1 seconds/)
  const endless = await meet(t, {}, {}, { limits: { bytes: 1024 * 1024 } })
  endless.server.faults.endless = true
  t.match(await sentence(t, endless.session.facts()), /is larger than 1 MiB and was not read\.$/)
  const slow = await meet(t, {}, {}, { limits: { totalMs: 50 } })
  slow.server.faults.hangsAt = 'login'
  t.match(await sentence(t, slow.session.facts()), /then said nothing complete/)
})

t.test('calling off ends whatever is going on, and still signs out', async (t) => {
  const off = new AbortController()
  const { server, session } = await meet(t, {}, {}, { signal: off.signal })
  await session.state()
  server.faults.hangsAt = 'systeminfo'
  const facts = sentence(t, session.facts())
  setTimeout(() => off.abort(), 20)
  t.equal(await facts, 'Stopped before it was finished.')
  t.equal(await sentence(t, session.state()), 'Stopped before it was finished.')
  await session.close()
  t.equal(server.families, 0)
})

t.test('the log of a job is read page by page to its end, whatever its length', async (t) => {
  const { server, session } = await meet(t)
  const messages = Array.from({ length: 1234 }, (_, index) => ({ MainOperation: 'Backup', n: index }))
  server.jobs.push(jobWithRows(7, 'Long', messages, new Date('2020-01-01T00:00:00Z')))
  const seen: number[] = []
  let before: number | null = null
  for (let more = true; more; ) {
    const page = await session.rows('DB-7', { before, size: 100 })
    seen.push(...page.rows.map((row) => row.id))
    before = page.rows.at(-1)?.id ?? null
    more = page.more
  }
  t.strictSame(
    seen,
    Array.from({ length: 1234 }, (_, index) => 1234 - index),
  )
})

t.test('a page too big to take is asked for in smaller pieces', async (t) => {
  const { server, session } = await meet(t, {}, {}, { limits: { bytes: 100_000 } })
  const messages = Array.from({ length: 60 }, () => ({ Errors: ['x'.repeat(5000)] }))
  server.jobs.push(jobWithRows(7, 'Wide', messages, NOW))
  const page = await session.rows('DB-7', { before: null, size: 50 })
  t.equal(page.rows.length, 10)
  t.ok(page.more)
})

t.test('a job whose database is in use says so, in old words and new', async (t) => {
  const { server, session } = await meet(t)
  server.jobs.push(jobWithRows(7, 'Busy', [{}], NOW))
  server.faults.locked.add(7)
  const said = /^The database of this backup is in use because Duplicati is working on it\./
  t.match(await sentence(t, session.rows('DB-7', { before: null, size: 100 })), said)
  server.faults.lockedAsBefore = true
  t.match(await sentence(t, session.rows('DB-7', { before: null, size: 100 })), said)
  t.match(
    await sentence(t, session.rows('DB-8', { before: null, size: 100 })),
    /^Duplicati no longer has this backup\.$/,
  )
  t.match(
    await sentence(t, session.rows('9f86d081', { before: null, size: 100 })),
    /^This backup was run from a command line/,
  )
})

t.test(
  'errors that never reached the log of a job are found in the error log and the notifications',
  async (t) => {
    const { server, session } = await meet(t)
    const at = Math.floor(NOW.getTime() / 1000)
    for (let n = 0; n < 250; n++) {
      // 250 entries in 125 seconds: every page ends amid a second.
      server.errorLog.push({
        BackupID: (n % 2) + 1,
        Message: `Failed ${n}`,
        Exception: 'No space',
        Timestamp: at - (n >> 1),
      })
    }
    server.errorLog.push({ BackupID: {}, Message: 'Of the server itself', Exception: '', Timestamp: at })
    server.notifications.push(
      {
        ID: 1,
        Type: 'Error',
        Title: 'x',
        Message: 'Gone',
        Exception: '',
        BackupID: '9',
        Timestamp: NOW.toISOString(),
      },
      {
        ID: 2,
        Type: 'Warning',
        Title: 'x',
        Message: 'Hm',
        Exception: '',
        BackupID: '9',
        Timestamp: NOW.toISOString(),
      },
    )
    const errors = await session.errors(new Date(NOW.getTime() - 86_400_000))
    t.equal(errors.length, 251)
    t.equal(errors.filter((error) => error.backupId === 'DB-9').length, 1)
    t.equal(errors.find((error) => error.backupId === 'DB-1')?.message, 'Failed 0\nNo space')
  },
)

t.test('the machine id of a server that was given another one is that one', async (t) => {
  const { session } = await meet(t, {
    settings: { '--machine-id': 'mine', '--send-mail-password': 'hunter2' },
  })
  const facts = await session.facts()
  t.equal(facts.machineId, 'mine')
  t.notMatch(JSON.stringify(facts), 'hunter2')
  const nameless = await meet(t, {
    machineId: null,
    zone: 'W. Europe Standard Time',
    clock: () => new Date(NOW.getTime() + 90_000),
  })
  t.match(await nameless.session.facts(), { machineId: null, zone: 'Europe/Berlin', clockSkewS: 90 })
})

t.test('jobs are started, looked after and stopped', async (t) => {
  const { server, session } = await meet(t)
  server.jobs.push(jobWithRows(7, 'Photos', [], NOW))
  t.equal(await session.progress(), null, 'nothing ever ran')
  const task = await session.run('DB-7')
  t.equal(task, 1)
  t.strictSame((await session.state()).active, { taskId: 1, backupId: 'DB-7' })
  t.strictSame(await session.tasks(), [{ taskId: 1, backupId: null }])
  server.progress = {
    BackupID: '7',
    TaskID: 1,
    Phase: 'Backup_ProcessingFiles',
    OverallProgress: 0.42,
    BackendSpeed: -1,
    ProcessedFileCount: 10,
    TotalFileCount: 20,
    ProcessedFileSize: 1000,
    TotalFileSize: 2000,
    StillCounting: true,
  }
  t.strictSame(await session.progress(), {
    taskId: 1,
    backupId: 'DB-7',
    phase: 'Backup_ProcessingFiles',
    progress: 0.42,
    bytesPerSecond: null,
    filesDone: 10,
    filesTotal: null,
    bytesDone: 1000,
    bytesTotal: null,
  })
  t.strictSame(await session.task(1), { taskId: 1, status: 'running' })
  await session.stop(1, 'stop')
  await session.stop(1, 'abort')
  t.strictSame(server.orders, ['run 7', 'stop 1', 'abort 1'])
  t.equal(await session.task(99), null)
  t.match(await sentence(t, session.run('DB-99')), /does not know what was asked for/)
})

t.test(
  'a schedule is read with the weekdays of new and old versions, in the zone of its server',
  async (t) => {
    const { server, session } = await meet(t)
    const schedules = [
      { Time: '2026-11-08T02:00:00Z', Repeat: '1D', AllowedDays: ['mon', 'fri'], Rule: '' },
      {
        Time: '2026-11-08T02:00:00Z',
        Repeat: '1D',
        AllowedDays: null,
        Rule: 'AllowedWeekDays=Monday,Sunday',
      },
      { Time: '0001-01-01T00:00:00', Repeat: '', AllowedDays: null, Rule: '' },
      null,
    ]
    server.jobs.push(
      ...schedules.map((schedule, n) => ({ ...jobWithRows(n + 1, `Job ${n}`, [], NOW), schedule })),
    )
    server.state.planned.push({ backupId: '1', at: '2026-11-09T02:00:00Z' })
    const jobs = await session.jobs({ zone: 'Europe/Berlin', state: await session.state() })
    const read = { zone: 'Europe/Berlin', readAt: NOW.toISOString() }
    t.strictSame(
      jobs.map((job) => job.schedule),
      [
        { repeat: '1D', time: '2026-11-09T02:00:00.000Z', weekdays: [1, 5], ...read },
        { repeat: '1D', time: '2026-11-08T02:00:00.000Z', weekdays: [0, 1], ...read },
        { repeat: null, time: null, weekdays: [], ...read },
        { repeat: null, time: null, weekdays: [], ...read },
      ],
    )
  },
)

t.test('whatever a server answers, it is read or refused with a sentence', async (t) => {
  const random = seededRandom(6)
  const odd = [
    '__proto__',
    'x'.repeat(5000),
    '\u0000',
    '0001-01-01T00:00:00',
    -1,
    1e308,
    3,
    null,
    true,
    [],
    {},
    [null, [1]],
  ]
  const names = [
    'ID',
    'Backup',
    'Schedule',
    'Item1',
    'Item2',
    'ActiveTask',
    'Options',
    'Name',
    'TaskID',
    'Timestamp',
    'BackupID',
  ]
  const make = (depth: number): unknown => {
    if (depth > 3 || random.chance(0.4)) return random.pick(odd)
    if (random.chance(0.4)) return Array.from({ length: 3 }, () => make(depth + 1))
    return Object.fromEntries(Array.from({ length: 4 }, () => [random.pick(names), make(depth + 1)]))
  }
  const server = createServer((request, response) => {
    request.resume()
    if (request.url?.endsWith('/login')) return response.end('{"AccessToken":"a","RefreshNonce":7}')
    response.statusCode = random.pick([200, 200, 200, 200, 400, 404, 500, 302])
    response.end(random.chance(0.1) ? '{"ID":' : JSON.stringify(make(0)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const session = createRemoteServers({ clock }).open(reachOf(`http://127.0.0.1:${port}`))
  t.teardown(async () => {
    await session.close()
    server.close()
  })
  const state = { paused: false, active: null, planned: [], newerVersion: null }
  let refused = 0
  for (let round = 0; round < 60; round++) {
    for (const ask of [
      () => session.facts(),
      () => session.state(),
      () => session.jobs({ zone: null, state }),
      () => session.rows('DB-1', { before: null, size: 10 }),
      () => session.errors(new Date(0)),
      () => session.progress(),
      () => session.tasks(),
      () => session.task(1),
    ]) {
      try {
        await ask()
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        t.ok(words.say(error.text).length > 10)
        refused += 1
      }
    }
  }
  t.ok(refused > 50 && refused < 450, `${refused} of 480 refused`)
})
