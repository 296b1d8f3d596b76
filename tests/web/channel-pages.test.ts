import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runId } from '../../src/domain/run.ts'
import { FIELDS } from '../../src/notify/setting-fields.ts'
import { EMAIL } from '../../src/web/settings/channels/email.ts'
import { NTFY } from '../../src/web/settings/channels/ntfy.ts'
import { TEMPLATES } from '../../src/web/settings/channels/templates.ts'
import { selfSigned } from '../support/certificate.ts'
import { faultBeside, formOf, plainText } from '../support/html-form.ts'
import { startMail } from '../support/mail-server.ts'
import { createMosquitto, listenTo, noMosquitto } from '../support/mosquitto.ts'
import { startNtfy } from '../support/ntfy-server.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { startSupervisor } from '../support/supervisor.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

/** Somebody with a browser without script. */
interface Browser {
  readonly house: SmallHouse
  page(path: string): Promise<string>
  /** The form of a page with some fields changed, sent to its action or to that of another button. */
  send(page: string, changes: Changes, button?: { to: string; fields?: Changes }): Promise<Answer>
  /** A page that a redirect led to, read with the sentence it says once. */
  follow(answer: Answer): Promise<string>
}

type Changes = Readonly<Record<string, string | readonly string[] | null>>

interface Answer {
  readonly status: number
  readonly location: string
  readonly html: string
  readonly cookie: string
}

async function browser(
  t: Test,
  options: { days?: number; env?: NodeJS.ProcessEnv; role?: 'administrator' | 'viewer' } = {},
): Promise<Browser> {
  const house = await smallHouse({ days: options.days ?? 0, env: options.env ?? {} })
  t.teardown(() => house.close())
  return browserIn(house, await signedIn(house.app, options.role ?? 'administrator'))
}

function browserIn(house: SmallHouse, visitor: Visitor): Browser {
  const address = house.app.urls.public.replace(/\/$/, '')
  const page = async (path: string) => (await house.get(path, visitor)).text()
  return {
    house,
    page,
    async send(path, changes, button) {
      const action = button?.to ?? formAction(path)
      const fields = formOf(await page(path), formAction(path))
      for (const [name, value] of Object.entries({ ...changes, ...button?.fields })) {
        fields.delete(name)
        for (const one of value === null ? [] : [value].flat()) fields.append(name, one)
      }
      const answer = await fetch(`${address}${action}`, {
        method: 'POST',
        body: fields,
        headers: { ...visitor, Accept: 'text/html' },
        redirect: 'manual',
      })
      const cookie = /ds_flash=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
      return {
        status: answer.status,
        location: answer.headers.get('location') ?? '',
        html: await answer.text(),
        cookie,
      }
    },
    async follow(answer) {
      const headers = { ...visitor, Cookie: `${visitor['Cookie']}; ${answer.cookie}` }
      return (await house.get(answer.location, headers)).text()
    },
  }
}

function formAction(path: string): string {
  if (path === '/settings/display') return '/preferences'
  const kind = /^\/settings\/templates\?kind=(\w+)/.exec(path)?.[1]
  return kind === undefined ? (path.split('?')[0] ?? path) : `/settings/templates/${kind}`
}

const settingsOf = (house: SmallHouse) => house.app.house.store.state().settings

async function auditOf(house: SmallHouse): Promise<string> {
  const { entries } = await house.app.house.store.journal('audit').read({ limit: 50 })
  return JSON.stringify(entries)
}

t.test('the forms begin with the values that hold', async (t) => {
  for (const section of [NTFY, EMAIL, TEMPLATES]) {
    for (const field of section.fields ?? []) {
      if (field.kind === 'secret' || !Object.hasOwn(FIELDS, field.key)) continue
      t.same(field.default, FIELDS[field.key as keyof typeof FIELDS].default, field.key)
    }
  }
})

t.test('ntfy is set up with a made-up topic, a code for the phone and a link in the header', async (t) => {
  const { house, page, send } = await browser(t)
  const before = await page('/settings/ntfy')
  t.match(plainText(before), 'PUBLIC_URL', 'it says why messages have no link')
  t.notMatch(before, '/ntfy/code.svg')
  const saved = await send('/settings/ntfy', { 'notices.ntfy.enabled': 'on' })
  t.match(saved, { status: 303, location: '/settings/ntfy' })
  const topic = String(settingsOf(house)['ntfy.topic'])
  t.match(topic, /^duplistatus-[A-Za-z0-9]{12}$/)
  t.equal(settingsOf(house)['notices.ntfy.enabled'], true)
  const after = await page('/settings/ntfy')
  t.match(after, `ntfy://ntfy.sh/${topic}`)
  t.match(await page('/'), `href="https://ntfy.sh/${topic}"`, 'the header leads to the topic')
  const viewer = await signedIn(house.app, 'viewer')
  const code = await house.get(`/ntfy/code.svg?topic=${topic}`, viewer)
  t.equal(code.headers.get('content-type'), 'image/svg+xml')
  t.match(await code.text(), /^<svg/)
  t.equal((await house.get('/ntfy/code.svg?topic=a%20b', viewer)).status, 404)
  t.equal((await house.get('/ntfy/code.svg')).status, 303, 'not for somebody who is not signed in')
  t.equal((await house.get('/settings/ntfy', viewer)).status, 403)

  const again = await send('/settings/ntfy', {}, { to: '/settings/ntfy/topic' })
  t.equal(again.status, 303)
  t.not(settingsOf(house)['ntfy.topic'], topic, 'a new topic on request')
})

t.test('a link to the page is promised where PUBLIC_URL is set', async (t) => {
  const { page } = await browser(t, { env: { PUBLIC_URL: 'https://backups.example.org' } })
  for (const path of ['/settings/ntfy', '/settings/email'])
    t.notMatch(plainText(await page(path)), 'PUBLIC_URL')
})

t.test('what is wrong with a field of ntfy stands beside it, and nothing is saved', async (t) => {
  const { house, send } = await browser(t)
  const wrong = {
    'ntfy.topic': 'my backups',
    'ntfy.server': 'ntfy.sh',
    'ntfy.ca': '-----BEGIN RSA PRIVATE KEY-----\nx',
  }
  const answer = await send('/settings/ntfy', wrong)
  t.equal(answer.status, 422)
  t.match(faultBeside(answer.html, 'ntfy.topic'), 'A topic has only the letters')
  t.match(faultBeside(answer.html, 'ntfy.server'), 'Write it whole: https://ntfy.sh')
  t.match(faultBeside(answer.html, 'ntfy.ca'), 'This is a private key')
  t.equal(
    formOf(answer.html, '/settings/ntfy').get('ntfy.topic'),
    'my backups',
    'what was typed is still there',
  )
  t.same(settingsOf(house), {})
})

t.test('a test push says what happened, and the token is seen nowhere', async (t) => {
  const ntfy = await startNtfy()
  t.teardown(() => ntfy.close())
  ntfy.authorization = 'Bearer tk_verysecret1'
  const { house, page, send, follow } = await browser(t)
  const button = { to: '/settings/ntfy/test', fields: { test: 'ntfy' } }
  const place = { 'ntfy.server': ntfy.url, 'ntfy.topic': 'duplistatus-test' }

  const refused = await send('/settings/ntfy', { ...place, 'ntfy.token': 'tk_wrongsecret' }, button)
  t.match(plainText(await follow(refused)), 'refuses the sign-in')
  const good = await send('/settings/ntfy', { 'ntfy.token': 'tk_verysecret1' }, button)
  await ntfy.arrived(1)
  t.match(ntfy.pushes, [{ topic: 'duplistatus-test', title: 'Test message from duplistatus' }])
  const said = await follow(good)
  t.match(plainText(said), 'The ntfy server took the test message')
  t.equal(
    settingsOf(house)['notices.ntfy.enabled'] ?? false,
    false,
    'a channel is tried before it is switched on',
  )

  const kept = await send('/settings/ntfy', { 'notices.ntfy.enabled': 'on' }, button)
  await ntfy.arrived(2)
  t.equal(kept.status, 303, 'an empty token keeps the stored one')
  const everywhere = [
    await page('/settings/ntfy'),
    JSON.stringify(house.app.house.store.state()),
    await auditOf(house),
  ]
  for (const text of everywhere) t.notMatch(text, /verysecret|wrongsecret/)
  t.match(await auditOf(house), '"ntfy.token":["***","***"]')

  const away = await send('/settings/ntfy', { 'ntfy.server': 'http://127.0.0.1:1' }, button)
  t.match(plainText(await follow(away)), 'Nothing listens at 127.0.0.1:1')
  await send('/settings/ntfy', { 'clear:ntfy.token': 'on' })
  t.same(house.app.house.store.state().secrets, {})
})

t.test('a test mail shows the step at which the conversation broke', async (t) => {
  const mail = await startMail({
    security: 'starttls',
    certificate: selfSigned('IP:127.0.0.1'),
    account: 'backup@example.org:RightWord1',
  })
  t.teardown(() => mail.close())
  const { house, page, send, follow } = await browser(t)
  const button = { to: '/settings/email/test', fields: { test: 'email' } }
  const missing = await follow(await send('/settings/email', {}, button))
  t.match(plainText(missing), 'The mail server is missing.')

  const place = {
    'email.host': '127.0.0.1',
    'email.port': String(mail.port),
    'email.to': 'oma@example.org\nopa@example.org',
    'email.user': 'backup@example.org',
    'email.password': 'WrongWord1',
  }
  const unknown = await follow(await send('/settings/email', place, button))
  t.match(plainText(unknown), /Encrypting \(STARTTLS\): The certificate of .* is signed by nobody we know/)
  const uncheck = { 'email.check_certificate': null }
  const refused = await follow(await send('/settings/email', uncheck, button))
  t.match(plainText(refused), /Signing in: .* refuses the sign-in of backup@example.org/)
  t.match(plainText(refused), 'server 220', 'the conversation is there to read')

  const good = await follow(await send('/settings/email', { 'email.password': 'RightWord1' }, button))
  await mail.arrived(1)
  t.match(mail.letters, [{ to: ['oma@example.org', 'opa@example.org'], secure: true }])
  t.match(plainText(good), 'The mail server took the test mail for every receiver')
  for (const text of [good, refused, await auditOf(house)]) t.notMatch(text, /RightWord1|WrongWord1/)
  const encoded = Buffer.from('\0backup@example.org\0RightWord1').toString('base64')
  t.notMatch(good, encoded, 'nor as it goes over the wire')
  t.same(settingsOf(house)['email.to'], ['oma@example.org', 'opa@example.org'])

  await fetch(`${house.app.urls.public}settings/email/forget`, {
    method: 'POST',
    headers: await signedIn(house.app, 'administrator'),
    redirect: 'manual',
  })
  t.same(house.app.house.store.state().secrets, {}, 'forgetting takes the password too')
  t.equal(formOf(await page('/settings/email'), '/settings/email').get('email.host'), '')
})

t.test('fields of email are checked one by one', async (t) => {
  const { house, send } = await browser(t)
  const wrong = {
    'email.host': 'https://mail.example.org',
    'email.port': '70000',
    'email.to': 'oma@example.org, opa',
    'email.from': 'x@y@z',
    'email.security': 'none',
  }
  const { status, html } = await send('/settings/email', wrong)
  t.equal(status, 422)
  t.match(faultBeside(html, 'email.host'), 'without https://')
  t.match(faultBeside(html, 'email.port'), 'from 1 to 65535')
  t.match(faultBeside(html, 'email.to'), '“opa” is not an address')
  t.match(faultBeside(html, 'email.from'), 'it needs one @')
  t.match(faultBeside(html, 'email.security'), 'Choose one of the values')
  t.same(settingsOf(house), {})
})

t.test('a template is tried on a real run, checked before it is saved, and reset', async (t) => {
  const { house, page, send, follow } = await browser(t, {
    days: 3,
    env: { PUBLIC_URL: 'https://b.example.org' },
  })
  const path = '/settings/templates?kind=success'
  const first = await page(path)
  const original = formOf(first, '/settings/templates/success').get('message') ?? ''
  t.match(original, '{backup_name}')
  t.match(plainText(first), /Success: .* on /, 'the preview speaks of a run')

  const typo = { message: '{backup_nmae} took {duration}\n{nothing_like_it}' }
  const wrong = await send(path, typo, { to: '/settings/templates/success', fields: { do: 'save' } })
  t.equal(wrong.status, 422)
  t.match(
    faultBeside(wrong.html, 'message'),
    'There is no variable {backup_nmae}. Did you mean {backup_name}?',
  )
  t.match(faultBeside(wrong.html, 'message'), 'There is no variable {nothing_like_it}.')
  const empty = await send(
    path,
    { title: ' ' },
    { to: '/settings/templates/success', fields: { do: 'save' } },
  )
  t.match(faultBeside(empty.html, 'title'), 'This cannot be empty')

  const run = house.app.house.store.history.latest(20).find((row) => row.result === 'success')
  const job = house.app.house.store.state().jobs[run?.jobId ?? '']
  const text = { message: 'Hello {backup_name} <b>{{backup_name}}</b>', run: runId(run?.no ?? 0) }
  const look = await send(path, text, { to: '/settings/templates/success', fields: { do: 'preview' } })
  t.equal(look.status, 200)
  t.match(plainText(look.html), `Hello ${job?.name} <b>{backup_name}</b>`)
  const live = await send(path, typo, { to: '/settings/templates/success/preview' })
  t.match(plainText(live.html), 'Did you mean {backup_name}?')
  t.notMatch(live.html, '<html')
  t.same(settingsOf(house)['templates.success'], undefined, 'looking changes nothing')

  const saved = await send(path, text, { to: '/settings/templates/success', fields: { do: 'save' } })
  t.match(plainText(await follow(saved)), 'Saved.')
  t.match(settingsOf(house)['templates.success'], { message: text.message, priority: 'default' })
  t.match(await auditOf(house), 'templates.success.message')
  await send(path, {}, { to: '/settings/templates/success', fields: { do: 'reset' } })
  t.equal(formOf(await page(path), '/settings/templates/success').get('message'), original)
  t.same(settingsOf(house)['templates.success'], undefined)
  await send(path, text, { to: '/settings/templates/success', fields: { do: 'save' } })
  await send(path, text, { to: '/settings/templates/warning', fields: { do: 'save' } })
  await send(path, {}, { to: '/settings/templates/success', fields: { do: 'reset-all' } })
  t.same(settingsOf(house)['templates.success'], undefined, 'all go back at once')
  t.same(settingsOf(house)['templates.warning'], undefined)

  for (const kind of ['warning', 'overdue', 'recovery', 'digest']) {
    const shown = await page(`/settings/templates?kind=${kind}`)
    t.match(shown, 'class="message', `${kind} has a preview`)
    t.notMatch(shown, 'class="error"', `${kind} is right as it comes`)
  }
  t.match(plainText(await page('/settings/templates?kind=overdue')), 'Acknowledge', 'buttons are shown')
  t.equal(
    (await house.get('/settings/templates/none', await signedIn(house.app, 'administrator'))).status,
    405,
  )
})

t.test(
  'a test of a template goes through every channel that is ready, and says how each took it',
  async (t) => {
    const ntfy = await startNtfy()
    t.teardown(() => ntfy.close())
    const { send } = await browser(t, { days: 1 })
    const path = '/settings/templates?kind=warning'
    const button = { to: '/settings/templates/warning', fields: { do: 'test' } }
    t.match(plainText((await send(path, {}, button)).html), 'No channel is switched on and ready')
    const place = { 'notices.ntfy.enabled': 'on', 'ntfy.server': ntfy.url, 'ntfy.topic': 'duplistatus-test' }
    await send('/settings/ntfy', place)
    const good = await send(path, { title: 'Look at {backup_name}' }, button)
    await ntfy.arrived(1)
    t.match(ntfy.pushes, [{ title: /^Test: Look at /, priority: 4 }])
    t.match(plainText(good.html), 'ntfy: The test was taken.')
    ntfy.mood = { status: 413 }
    t.match(plainText((await send(path, {}, button)).html), /ntfy: .* takes only shorter messages/)
  },
)

t.test('language, zone and summary of messages are saved as they are read', async (t) => {
  const { house, send, page } = await browser(t)
  const wrong = { 'templates.zone': 'Europe/Atlantis', 'digest.day_of_month': '32' }
  const refused = await send('/settings/templates', wrong)
  t.equal(refused.status, 422)
  t.match(faultBeside(refused.html, 'templates.zone'), '“Europe/Atlantis” is not a time zone')
  t.match(faultBeside(refused.html, 'digest.day_of_month'), 'from 1 to 31')
  const right = { 'templates.zone': 'Asia/Kolkata', 'digest.every': 'weekly', 'digest.weekday': '0' }
  t.equal((await send('/settings/templates', { ...right, 'templates.log_characters': '0' })).status, 303)
  t.match(settingsOf(house), {
    'templates.zone': 'Asia/Kolkata',
    'digest.every': 'weekly',
    'digest.weekday': 0,
    'templates.log_characters': 0,
  })
  const shown = formOf(await page('/settings/templates'), '/settings/templates')
  t.equal(shown.get('digest.weekday'), '0')
  t.equal(shown.get('digest.every'), 'weekly')
})

t.test('the broker is set up, tried and left from the page', { skip: noMosquitto }, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-broker-'))
  const broker = await createMosquitto(dir)
  await broker.start()
  t.teardown(async () => {
    await broker.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const { house, page, send, follow } = await browser(t, { days: 1 })
  const path = '/settings/home-assistant'
  t.match(plainText(await page(path)), 'need duplistatus as an add-on')
  const wrong = await send(path, { 'mqtt.url': 'http://broker', 'mqtt.prefix': 'a/#', 'mqtt.ca': 'x' })
  t.equal(wrong.status, 422)
  t.match(faultBeside(wrong.html, 'mqtt.url'), 'Write the whole address of the broker')
  t.match(faultBeside(wrong.html, 'mqtt.prefix'), 'Only letters')
  t.match(faultBeside(wrong.html, 'mqtt.ca'), 'This is not a certificate')

  const button = { to: `${path}/test`, fields: { test: 'mqtt' } }
  const place = { 'mqtt.url': broker.url, 'mqtt.username': 'ours', 'mqtt.password': 'WrongWord1' }
  const refused = await follow(await send(path, place, button))
  t.match(plainText(refused), 'refused the user or password')
  const listener = await listenTo(broker.url, ['duplistatus/#', 'homeassistant/#'])
  t.teardown(() => listener.end())
  const good = await follow(await send(path, { 'mqtt.password': 'right' }, button))
  t.match(plainText(good), 'The broker took a message and gave it back')
  await listener.until(() =>
    [...topicsOf(listener.live)].some((topic) => topic.endsWith('bridge/availability')),
  )
  await until(() => house.app.house.mqtt.status().topics > 0)
  const connected = plainText(await page(path))
  t.match(connected, `Connected Broker ${broker.url} from this page`)
  for (const text of [refused, good, await auditOf(house)]) t.notMatch(text, 'WrongWord1')

  const heard = listener.live.length
  const again = await send(path, {}, { to: `${path}/publish` })
  t.match(plainText(await follow(again)), 'Everything was published once more')
  await listener.until(() => listener.live.length > heard)

  await send(path, { 'mqtt.source': 'off' })
  await until(() => house.app.house.mqtt.status().state === 'off')
  const away = await follow(await send(path, {}, { to: `${path}/publish` }))
  t.match(plainText(away), 'The MQTT broker is not connected')
})

t.test('what the environment gives is shown, not asked for, and its password not told', async (t) => {
  const env = { MQTT_URL: 'mqtt://anna:HiddenWord1@127.0.0.1:1', MQTT_PASSWORD: 'HiddenWord2' }
  const { house, page, send } = await browser(t, { env })
  const html = await page('/settings/home-assistant')
  t.match(plainText(html), 'Set by MQTT_URL at the start')
  t.match(plainText(html), 'Set by MQTT_PASSWORD at the start')
  t.match(html, 'mqtt://127.0.0.1:1')
  t.notMatch(html, 'anna@')
  t.notMatch(html, /HiddenWord/)
  await send('/settings/home-assistant', { 'mqtt.url': 'mqtt://elsewhere', 'mqtt.password': 'x' })
  t.equal(settingsOf(house)['mqtt.url'], 'mqtt://127.0.0.1:1')
  t.same(house.app.house.store.state().secrets, {})
})

t.test('an add-on offers the targets of Home Assistant and notifies there', async (t) => {
  const supervisor = await startSupervisor({
    notifyServices: ['mobile_app_phone', 'family'],
    notifyEntities: ['notify.kitchen'],
  })
  t.teardown(() => supervisor.close())
  const env = { SUPERVISOR_URL: supervisor.url, SUPERVISOR_TOKEN: supervisor.mood.token }
  const { house, page, send, follow } = await browser(t, { env })
  const path = '/settings/home-assistant'
  const offered = await page(path)
  for (const name of ['notify.mobile_app_phone', 'notify.family', 'notify.kitchen']) t.match(offered, name)
  const button = { to: `${path}/test`, fields: { test: 'notify' } }
  t.match(plainText(await follow(await send(path, {}, button))), 'No target of Home Assistant is chosen')
  const chosen = { 'notify.targets': ['notify.family', 'notify.kitchen'], 'notices.notify.enabled': 'on' }
  t.match(plainText(await follow(await send(path, chosen, button))), 'took the test for the chosen targets')
  t.same(
    supervisor.calls.map((call) => call.service),
    ['notify/family', 'notify/send_message'],
  )
  t.same(settingsOf(house)['notify.targets'], ['notify.family', 'notify.kitchen'])
  const panel = await send(path, {}, { to: `${path}/test`, fields: { test: 'home-assistant' } })
  t.match(plainText(await follow(panel)), 'It stands among its notifications')
  t.equal(supervisor.calls.at(-1)?.service, 'persistent_notification/create')

  supervisor.mood.notifyServices = []
  t.match(plainText(await page(path)), 'notify.family not there any more')
  supervisor.mood.coreStatus = 502
  const silent = plainText(await page(path))
  t.match(silent, 'Home Assistant is not ready')
  t.match(silent, 'notify.family', 'what was chosen stays')
  const bad = await send(path, { 'notify.targets': ['light.kitchen'] })
  t.match(plainText(bad.html), '“light.kitchen” is not the name of a target')
})

t.test('everybody has a display of their own', async (t) => {
  const { house, page, send, follow } = await browser(t, { role: 'viewer' })
  const path = '/settings/display'
  const wrong = await send(path, { zone: 'Mars/Base', number_locale: '!' })
  t.equal(wrong.status, 422)
  t.match(faultBeside(wrong.html, 'zone'), '“Mars/Base” is not a time zone')
  t.match(faultBeside(wrong.html, 'number_locale'), 'Write it as en-GB')
  const foreign = await send(path, { language: 'de', locale: 'en-GB' })
  t.match(faultBeside(foreign.html, 'locale'), 'writes dates in another language')
  const right = {
    zone: 'Asia/Tokyo',
    number_locale: 'de-DE',
    hour12: 'no',
    date_style: 'iso',
    units: 'binary',
    theme: 'dark',
    layout: 'table',
    rows: '50',
  }
  const saved = await follow(await send(path, right))
  t.match(plainText(saved), 'Saved.')
  t.match(plainText(saved), '1.234.567,8')
  t.match(
    saved,
    'data-numbers="de-DE" data-zone="Asia/Tokyo" data-dates="iso" data-clock="24"',
    'for scripts too',
  )
  t.match(saved, 'data-theme="dark"')
  t.match(plainText(saved), 'GiB')
  t.equal(formOf(saved, '/preferences').get('zone'), 'Asia/Tokyo')
  const other = browserIn(house, await signedIn(house.app, 'administrator'))
  t.equal(formOf(await other.page(path), '/preferences').get('theme'), 'auto')
  await send(path, { zone: '', number_locale: '' })
  t.equal(formOf(await page(path), '/preferences').get('zone'), '')
})

t.test('passwords sealed with a key that is gone are asked for again', async (t) => {
  const { house, page, send } = await browser(t)
  t.notMatch(plainText(await page('/')), 'Passwords have to be typed again')
  const sealed = { sealed: 'AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAA', setAt: '2026-11-03T10:00:00.000Z' }
  await house.app.house.store.change((state) => ({ ...state, secrets: { 'ntfy.token': sealed } }))
  t.match(plainText(await page('/')), 'Passwords have to be typed again')
  t.match(faultBeside(await page('/settings/ntfy'), 'ntfy.token'), 'type it again')
  const viewer = browserIn(house, await signedIn(house.app, 'viewer'))
  t.notMatch(plainText(await viewer.page('/')), 'Passwords have to be typed again')
  await send('/settings/ntfy', { 'ntfy.token': 'tk_new' })
  t.notMatch(plainText(await page('/settings/ntfy')), 'typed again')
})

function topicsOf(live: readonly { readonly topic: string }[]): Set<string> {
  return new Set(live.map((one) => one.topic))
}

async function until(look: () => boolean): Promise<void> {
  for (const ends = Date.now() + 20_000; Date.now() < ends; ) {
    if (look()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`not seen in time: ${look.toString()}`)
}
