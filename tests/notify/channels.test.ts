import t from 'tap'
import { createSendNotices } from '../../src/actions/send-notices.ts'
import { Failure } from '../../src/domain/failure.ts'
import type { State } from '../../src/domain/state.ts'
import type { Channel, Message } from '../../src/notify/channel.ts'
import { createCompose } from '../../src/notify/compose.ts'
import { createEmail } from '../../src/notify/email.ts'
import { tryEmail } from '../../src/notify/email-trial.ts'
import { createNtfy, ntfyDocument } from '../../src/notify/ntfy.ts'
import { newTopic, phoneLink, topicPage } from '../../src/notify/ntfy-address.ts'
import { qrCode } from '../../src/notify/qr.ts'
import type { EmailSettings, NtfySettings, Secret } from '../../src/notify/settings.ts'
import { notifySettings } from '../../src/notify/settings.ts'
import { selfSigned } from '../support/certificate.ts'
import { aJob, aServer, NOW, stateWith } from '../support/household-state.ts'
import {
  headersOf,
  type MailMood,
  type MailServerOptions,
  partsOf,
  startMail,
} from '../support/mail-server.ts'
import { aMessage, aNotice, anIncident, renderMail, wordsFor } from '../support/notice-samples.ts'
import { type NtfyMood, startNtfy } from '../support/ntfy-server.ts'

const words = wordsFor()
const here = selfSigned('IP:127.0.0.1')
const elsewhere = selfSigned('DNS:mail.example.org')
const defaults = notifySettings({ settings: {} })
const noSecret: Secret = () => null

function ntfyAt(server: string, part: Partial<NtfySettings> = {}, secret = noSecret): Channel {
  return createNtfy({
    settings: () => ({ ...defaults.ntfy, enabled: true, server, topic: 'duplistatus-test', ...part }),
    secret,
  })
}

function emailSettings(port: number, part: Partial<EmailSettings> = {}): EmailSettings {
  return {
    ...defaults.email,
    enabled: true,
    host: '127.0.0.1',
    port,
    security: 'plain',
    signIn: false,
    from: 'backup@example.org',
    to: ['oma@example.org'],
    ...part,
  }
}

function emailAt(port: number, part: Partial<EmailSettings> = {}, secret = noSecret): Channel {
  return createEmail({ settings: () => emailSettings(port, part), secret, render: renderMail })
}

/** What sending ends in: null where the message was taken, else code and sentence. */
async function outcome(
  channel: Channel,
  message: Message = aMessage(),
  to: string | null = null,
  limitMs = 5000,
) {
  try {
    await channel.send(message, to, AbortSignal.timeout(limitMs))
    return null
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { code: error.code, key: error.text.key, said: words.say(error.text) }
  }
}

t.test('ntfy', async (t) => {
  t.test('takes a message with title, priority, tags, address and three buttons', async (t) => {
    const server = await startNtfy()
    t.teardown(server.close)
    t.equal(await outcome(ntfyAt(server.url)), null)
    const [push] = server.pushes
    t.match(push, {
      topic: 'duplistatus-test',
      title: 'Failed: Dokumente für Oma on NAS',
      message: 'Two errors.\nSee the log.',
      priority: 4,
      tags: ['duplicati', 'warning'],
      click: 'https://home.example/runs/run_7',
      authorization: null,
    })
    t.same(push?.actions, [
      { action: 'view', label: 'Open', url: 'https://home.example/runs/run_7' },
      {
        action: 'http',
        label: 'Acknowledge',
        url: 'https://home.example/act/abc',
        method: 'POST',
        clear: true,
      },
      {
        action: 'http',
        label: 'Snooze for a day',
        url: 'https://home.example/act/def',
        method: 'POST',
        clear: true,
      },
    ])
  })

  t.test('is reached below a base path and signs in by token, or by user and password', async (t) => {
    const server = await startNtfy({ basePath: '/push' })
    t.teardown(server.close)
    const secret: Secret = (name) =>
      ({ 'ntfy.token': 'tk_abc', 'ntfy.password': 'pässword' })[name as string] ?? null
    server.authorization = 'Bearer tk_abc'
    t.equal(await outcome(ntfyAt(`${server.url}/`, {}, secret)), null)
    server.authorization = `Basic ${Buffer.from('oma:pässword').toString('base64')}`
    t.equal(await outcome(ntfyAt(server.url, { user: 'oma' }, secret)), null)
    t.equal(await outcome(ntfyAt(server.url, { user: 'oma' }, secret), aMessage(), 'other-topic'), null)
    t.equal(server.pushes[2]?.topic, 'other-topic', 'an additional topic is sent to the same server')
    t.match(await outcome(ntfyAt(server.url.replace('/push', ''), { user: 'oma' }, secret)), {
      code: 'not-found',
      said: /base path is missing/,
    })
  })

  const refusals: [string, NtfyMood, string, RegExp][] = [
    [
      'a missing sign-in',
      { status: 401, body: '{"code":40101,"error":"unauthorized"}' },
      'signed-out',
      /token/,
    ],
    [
      'a topic of others',
      { status: 403, body: '{"code":40301,"error":"forbidden"}' },
      'forbidden',
      /write access/,
    ],
    ['too long a message', { status: 413, body: '{"code":41301,"error":"large"}' }, 'too-large', /Shorten/],
    ['no attachments', { status: 400, body: '{"code":40014,"error":"no"}' }, 'too-large', /Shorten/],
    ['too many requests', { status: 429, body: '' }, 'too-many', /slow down/],
    [
      'the daily limit',
      { status: 429, body: '{"code":42901,"error":"limit"}' },
      'too-many',
      /as much .* as it allows/,
    ],
    [
      'too many failed sign-ins',
      { status: 429, body: '{"code":42909,"error":"auth"}' },
      'too-many',
      /shuts us out/,
    ],
    ['a fault of the server', { status: 500, body: '<h1>oops</h1>' }, 'unavailable', /fault of its own/],
    ['a full server', { status: 507, body: '{"code":50701,"error":"full"}' }, 'unavailable', /no room/],
    ['a redirect', { status: 301 }, 'invalid', /final address/],
    ['an unknown refusal', { status: 418, body: '{"error":"te\\u0007apot"}' }, 'invalid', /te apot$/],
    ['a cut connection', 'cut', 'unavailable', /cut the connection/],
    ['half an answer', 'half', 'unavailable', /cut the connection/],
    ['silence', 'hang', 'unavailable', /did not answer in time/],
  ]
  t.test('says in words a person can act on why a message was not taken', async (t) => {
    const server = await startNtfy()
    t.teardown(server.close)
    for (const [name, mood, code, said] of refusals) {
      server.mood = mood
      t.match(
        await outcome(ntfyAt(server.url), aMessage(), null, mood === 'hang' ? 200 : 5000),
        { code, said },
        name,
      )
    }
    server.mood = 'take'
    t.match(await outcome(ntfyAt(server.url), aMessage(), 'docs'), {
      code: 'invalid',
      key: 'notify.ntfy.no-topic',
    })
    t.equal(server.pushes.length, 0)
    t.match(await outcome(ntfyAt('http://127.0.0.1:1')), {
      code: 'unavailable',
      said: /Nothing listens at 127.0.0.1:1/,
    })
    t.match(await outcome(ntfyAt('https://no.invalid')), { code: 'unavailable', said: /no host no.invalid/ })
  })

  t.test(
    'checks certificates, knows an own authority, and only an explicit setting skips the check',
    async (t) => {
      const good = await startNtfy({ tls: here })
      const other = await startNtfy({ tls: elsewhere })
      const plain = await startNtfy()
      t.teardown(() => Promise.all([good.close(), other.close(), plain.close()]))
      t.match(await outcome(ntfyAt(good.url)), {
        code: 'unavailable',
        said: /certificate authority in Settings, ntfy/,
      })
      t.equal(await outcome(ntfyAt(good.url, { ca: here.cert })), null)
      t.equal(await outcome(ntfyAt(good.url, { checkCertificate: false })), null)
      t.match(await outcome(ntfyAt(other.url, { ca: elsewhere.cert })), {
        said: /certificate .* is for another name/,
      })
      t.match(await outcome(ntfyAt(plain.url.replace('http:', 'https:'))), { said: /does not speak TLS/ })
    },
  )

  t.test('cuts a message so that the server never refuses it for its size', async (t) => {
    const server = await startNtfy()
    t.teardown(server.close)
    const nasty = [
      'ä'.repeat(9000),
      '"\\'.repeat(9000),
      '\n'.repeat(9000),
      '\u0001'.repeat(9000),
      '😀'.repeat(4000),
    ]
    for (const long of nasty)
      t.equal(await outcome(ntfyAt(server.url), aMessage({ text: long, title: long })), null)
    for (const push of server.pushes) t.notMatch(push.message, /\ufffd/, 'no character is cut in half')
    t.equal(JSON.parse(ntfyDocument(aMessage({ text: '' }), 'x')).message, 'Failed: Dokumente für Oma on NAS')
  })

  t.test('gives a topic nobody guesses, its page, the link for the phone and its code', async (t) => {
    t.match(newTopic(), /^duplistatus-[A-Za-z0-9]{12}$/)
    t.not(newTopic(), newTopic())
    t.equal(topicPage({ server: 'https://push.example/ntfy/' }, 'abc'), 'https://push.example/ntfy/abc')
    t.equal(phoneLink({ server: 'https://ntfy.sh/' }, 'abc', null), 'ntfy://ntfy.sh/abc')
    t.equal(phoneLink({ server: 'http://nas:81' }, 'abc', 'tk_x'), 'ntfy://nas:81/abc?secure=false&auth=tk_x')
    t.equal(phoneLink({ server: 'https://ntfy.sh' }, 'abc', 'x'), 'ntfy://ntfy.sh/abc?auth=tk_x')
    t.match(await qrCode('ntfy://ntfy.sh/abc'), /^<svg [\s\S]*<\/svg>$/)
  })
})

t.test('email', async (t) => {
  const account: Secret = () => 'Geheim123'

  async function server(t: { teardown(end: () => unknown): void }, options: MailServerOptions = {}) {
    const started = await startMail(options)
    t.teardown(started.close)
    return started
  }

  t.test('goes out as text and HTML, to several receivers, with a stable id and a thread', async (t) => {
    const mail = await server(t)
    const channel = emailAt(mail.port, {
      to: ['oma@example.org', 'opa@example.org'],
      senderName: 'Bäckups "home"',
    })
    t.equal(await outcome(channel), null)
    t.equal(await outcome(channel), null)
    t.equal(
      await outcome(channel, aMessage({ key: 'b'.repeat(24), thread: { key: 'inc_1', first: false } })),
      null,
    )
    const [first, again, second] = mail.letters
    if (first === undefined || again === undefined || second === undefined) return t.fail('three letters')
    t.same(first.to, ['oma@example.org', 'opa@example.org'])
    t.equal(first.from, 'backup@example.org')
    const headers = headersOf(first)
    t.equal(headers.get('message-id'), headersOf(again).get('message-id'), 'a repetition has the same id')
    t.equal(headersOf(second).get('in-reply-to'), headers.get('message-id'))
    t.equal(headersOf(second).get('references'), headers.get('message-id'))
    t.not(headersOf(second).get('message-id'), headers.get('message-id'))
    t.equal(headers.get('auto-submitted'), 'auto-generated')
    t.equal(headers.get('x-priority'), '1 (Highest)')
    const parts = partsOf(first)
    t.match(parts.get('text/plain'), /Two errors\.[\s\S]*Open: https:\/\/home\.example\/runs\/run_7/)
    t.match(parts.get('text/html'), /<h1>Failed: Dokumente für Oma on NAS<\/h1>/)
    t.match(parts.get('text/html'), /prefers-color-scheme: dark/)
  })

  t.test('is inert whatever foreign names and texts hold', async (t) => {
    const mail = await server(t)
    const evil =
      'x\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script> <img src=x onerror=y> **b** "\u202e\0'
    const message = aMessage({
      title: evil,
      text: evil,
      mail: {
        ...aMessage().mail,
        title: evil,
        label: evil,
        footer: evil,
        lines: [[{ text: evil, bold: true, italic: false, url: 'https://x.example/"><script>' }]],
        buttons: [{ label: evil, url: 'https://x.example/?"onmouseover=' }],
      },
    })
    t.equal(await outcome(emailAt(mail.port, { senderName: evil.slice(0, 40) }), message), null)
    const [letter] = mail.letters
    if (letter === undefined) return t.fail('a letter')
    t.same(letter.to, ['oma@example.org'])
    t.notOk(headersOf(letter).has('bcc'))
    const html = partsOf(letter).get('text/html') ?? ''
    t.notMatch(html, /<script|<img|"onmouseover/)
    t.match(html, /&lt;script&gt;/)
  })

  t.test(
    'uses STARTTLS or TLS, checks the certificate, and only an explicit setting skips that',
    async (t) => {
      for (const security of ['starttls', 'tls'] as const) {
        const good = await server(t, { security, certificate: here, account: 'oma:Geheim123' })
        const other = await server(t, { security, certificate: elsewhere })
        const signIn = { security, signIn: true, user: 'oma' } as const
        t.equal(await outcome(emailAt(good.port, { ...signIn, ca: here.cert }, account)), null, security)
        t.match(good.letters[0], { secure: true, user: 'oma' })
        t.match(await outcome(emailAt(good.port, signIn, account)), {
          said: /certificate authority in Settings, Email/,
        })
        t.equal(await outcome(emailAt(good.port, { ...signIn, checkCertificate: false }, account)), null)
        t.match(await outcome(emailAt(other.port, { security, ca: elsewhere.cert })), {
          code: 'unavailable',
          said: /certificate .* is for another name/,
        })
        t.equal(other.letters.length, 0)
      }
      const plain = await server(t)
      t.match(await outcome(emailAt(plain.port, { security: 'starttls' })), {
        said: /does not offer STARTTLS/,
      })
      t.match(await outcome(emailAt(plain.port, { security: 'tls' })), {
        said: /does not speak TLS .* STARTTLS or plain/,
      })
    },
  )

  const moods: [string, MailMood, string, RegExp][] = [
    ['a busy server', { at: 'connect', code: 421 }, 'unavailable', /come back later|turns us away|cut/],
    ['a closed door', { at: 'connect', code: 554 }, 'unavailable', /turns us away/],
    ['a sender of others', { at: 'sender', code: 550 }, 'invalid', /from this sender/],
    ['greylisting', { at: 'receiver', code: 450 }, 'unavailable', /takes mail to oma@example.org later/],
    [
      'an unknown mailbox',
      { at: 'receiver', code: 550 },
      'invalid',
      /does not know the receiver oma@example.org/,
    ],
    ['a full mailbox', { at: 'receiver', code: 552 }, 'too-large', /mailbox of oma@example.org is full/],
    ['a full disk there', { at: 'message', code: 452 }, 'unavailable', /come back later/],
    ['a large message', { at: 'message', code: 552 }, 'too-large', /Cut the log text/],
    ['a spam filter', { at: 'message', code: 554 }, 'invalid', /take it for spam/],
    ['a cut connection', 'cut', 'unavailable', /cut the connection/],
    ['silence', 'hang', 'unavailable', /did not answer in time/],
  ]
  t.test('says in words a person can act on why a mail was not taken', async (t) => {
    const mail = await server(t)
    for (const [name, mood, code, said] of moods) {
      mail.mood = mood
      t.match(
        await outcome(emailAt(mail.port), aMessage(), null, mood === 'hang' ? 300 : 5000),
        { code, said },
        name,
      )
    }
    t.equal(mail.letters.length, 0)
    const closed = await server(t, { account: 'oma:Geheim123' })
    const user = { signIn: true, user: 'oma' }
    t.match(await outcome(emailAt(closed.port)), { code: 'signed-out', said: /only after a sign-in/ })
    t.match(await outcome(emailAt(closed.port, user, () => 'wrong')), {
      code: 'signed-out',
      said: /refuses the sign-in of oma/,
    })
    closed.mood = { at: 'auth', code: 454 }
    t.match(await outcome(emailAt(closed.port, user, account)), {
      code: 'unavailable',
      said: /come back later/,
    })
    t.match(await outcome(emailAt(1)), { code: 'unavailable', said: /Nothing listens/ })
  })

  t.test('that reached some of its receivers goes only to the others when it is tried again', async (t) => {
    const mail = await server(t)
    const channel = emailAt(mail.port, { to: ['oma@example.org', 'opa@example.org'] })
    mail.mood = { at: 'receiver', code: 450, only: 'opa@example.org' }
    t.match(await outcome(channel), { code: 'unavailable', said: /opa@example.org later/ })
    mail.mood = null
    t.equal(await outcome(channel), null)
    t.same(
      mail.letters.map((letter) => letter.to),
      [['oma@example.org'], ['opa@example.org']],
    )
  })

  t.test('is not tried while something is missing, and says what', async (t) => {
    const missing = (part: Partial<EmailSettings>) => emailAt(25, part).ready()?.key
    t.equal(missing({}), undefined)
    t.equal(missing({ enabled: false }), 'notify.email.off')
    t.equal(missing({ host: '' }), 'notify.email.no-host')
    t.equal(missing({ from: '' }), 'notify.email.no-sender')
    t.equal(
      missing({ from: '', user: 'home@example.org' }),
      undefined,
      'the user is the sender where it is an address',
    )
    t.equal(missing({ to: [] }), 'notify.email.no-receiver')
    t.equal(missing({ signIn: true }), 'notify.email.no-user')
    t.equal(missing({ signIn: true, user: 'oma' }), 'notify.email.no-password')
    t.match(await outcome(emailAt(25), aMessage(), 'a\r\nb@c'), {
      code: 'invalid',
      key: 'notify.email.bad-receiver',
    })
  })

  t.test('test button shows the conversation and the step at which it broke', async (t) => {
    const mail = await server(t, { account: 'oma:Geheim123' })
    const settings = emailSettings(mail.port, { enabled: false, signIn: true, user: 'oma' })
    const needs = { settings, render: renderMail, signal: AbortSignal.timeout(5000) }
    const good = await tryEmail(aMessage(), null, { ...needs, secret: account })
    t.match(good, { failure: null, step: null })
    t.match(good.lines[0], { who: 'server', line: /^220 / })
    t.ok(good.lines.some(({ who, line }) => who === 'us' && line.startsWith('RCPT TO:')))
    const bad = await tryEmail(aMessage(), null, { ...needs, secret: () => 'TopSecret9' })
    t.match(bad, { step: 'sign-in', failure: { code: 'signed-out' } })
    t.ok(bad.lines.some(({ who, line }) => who === 'server' && line.startsWith('535 ')))
    const all = JSON.stringify([...good.lines, ...bad.lines])
    for (const password of ['Geheim123', 'TopSecret9']) {
      t.notMatch(all, password)
      t.notMatch(all, Buffer.from(`\0oma\0${password}`).toString('base64'))
    }
    const missing = await tryEmail(aMessage(), null, { ...needs, secret: () => null })
    t.match(missing, { failure: { text: { key: 'notify.email.no-password' } }, lines: [] })
  })
})

t.test(
  'a thousand incidents at once are one push and one mail, and a channel that hangs holds no other',
  async (t) => {
    const push = await startNtfy()
    const mail = await startMail()
    t.teardown(() => Promise.all([push.close(), mail.close()]))
    const jobs = Array.from({ length: 1000 }, (_, i) => aJob({ id: `job_${i}`, name: `Fotos „${i}“` }))
    const incidents = jobs.map(({ id }) => anIncident({ id: `inc_${id}`, jobId: id }))
    const owed = ['ntfy', 'email'].flatMap((channel) =>
      incidents.map(({ id }) => aNotice({ id: `ntc_${channel}_${id}`, channel, incidentIds: [id] })),
    )
    let state: State = {
      ...stateWith({ servers: [aServer()], jobs, incidents }),
      notices: Object.fromEntries(owed.map((notice) => [notice.id, notice])),
    }
    let now = NOW
    const page = (path: string) => `https://home.example${path}`
    const queue = createSendNotices<Message>({
      clock: { now: () => now, elapsedMs: () => 0 },
      log: { error: (message) => t.fail(message) },
      channels: [ntfyAt(push.url), emailAt(mail.port)],
      state: () => state,
      change: async (step) => {
        state = step(state)
        return state
      },
      compose: createCompose({
        now: () => now,
        run: async () => null,
        log: async () => null,
        closedIncident: async () => null,
        digest: async () => t.fail('no digest') as never,
        words: () => words,
        links: { page, deed: (_, verb) => page(`/n/${verb}`) },
        toleranceMinutes: () => null,
      }),
      mint: (unchanged) => unchanged,
      journal: async () => {},
      random: () => 0.5,
    })
    push.mood = 'hang'
    queue.wake()
    await mail.arrived(1)
    t.equal(push.pushes.length, 0)
    push.mood = 'take'
    push.letGo()
    await queue.idle()
    now = new Date(NOW.getTime() + 5 * 60_000)
    queue.wake()
    await queue.idle()
    t.same([push.pushes.length, mail.letters.length], [1, 1])
    t.match(push.pushes[0], {
      title: '1,000 backups need attention',
      message: /and 960 more$/,
      actions: { length: 3 },
    })
    const [letter] = mail.letters
    t.match(letter === undefined ? '' : partsOf(letter).get('text/plain'), /1,000 backups need attention/)
    t.ok(Object.values(state.notices).every((notice) => notice.state === 'delivered'))
  },
)
