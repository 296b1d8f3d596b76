import { request } from 'node:http'
import t from 'tap'
import { passwordFaults } from '../../src/domain/people.ts'
import { loggedPath } from '../../src/web/errors.ts'
import { ownPath } from '../../src/web/pages/sign-in.ts'
import { createSignInGuard, neighbourhood } from '../../src/web/sign-in-guard.ts'
import type { SmallHouse } from '../support/small-house.ts'
import { smallHouse } from '../support/small-house.ts'
import { OUTSIDE, signedIn, withToken } from '../support/visitors.ts'

const PASSWORD = 'Correct-horse-1'

t.test('admin signs in with the password of the start settings, and is who they are', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const answer = await signIn(house, 'admin', PASSWORD, '/account')
  t.equal(answer.status, 303)
  t.equal(answer.headers.get('location'), '/account')
  const cookie = answer.headers.get('set-cookie') ?? ''
  t.match(cookie, /HttpOnly/)
  t.match(cookie, /SameSite=Lax/)
  t.notMatch(cookie, /Secure/, 'not over http')
  const page = await house.get('/account', { Cookie: cookie.split(';')[0] ?? '' })
  t.equal(page.status, 200)
  t.notMatch(
    JSON.stringify(house.app.house.store.state().sessions),
    cookie.split(/[=;]/)[1] ?? 'x',
    'only its hash is kept',
  )
})

t.test('a wrong name and a wrong password get the same answer', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const [wrong, nobody] = [await signIn(house, 'admin', 'no'), await signIn(house, 'nobody', 'no')]
  t.equal(wrong.status, nobody.status)
  const plain = (html: string) => html.replace(/value="\w*"/g, '').replace(/nonce="[^"]*"/g, '')
  t.equal(plain(await wrong.text()), plain(await nobody.text()))
  t.notMatch(
    await (await house.get('/sign-in')).text(),
    /Duplistatus09/,
    'the well-known password is not printed',
  )
})

t.test('the first password works from this network only, and only to change it', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  t.match(await (await house.get('/sign-in')).text(), /Duplistatus09/, 'the first sign-in explains itself')
  const outside = await signIn(house, 'admin', 'Duplistatus09', '/', OUTSIDE)
  t.equal(outside.status, 403)
  const here = await signIn(house, 'admin', 'Duplistatus09')
  const cookie = { Cookie: here.headers.get('set-cookie')?.split(';')[0] ?? '' }
  t.equal((await house.get('/', cookie)).headers.get('location'), '/account/password')
  const weak = await post(
    house,
    '/account/password',
    { old: 'Duplistatus09', password: 'Duplistatus09', again: 'Duplistatus09' },
    cookie,
  )
  t.equal(weak.status, 422, 'the well-known one is no password of one’s own')
  const changed = await post(
    house,
    '/account/password',
    { old: 'Duplistatus09', password: PASSWORD, again: PASSWORD },
    cookie,
  )
  t.equal(changed.status, 303)
  t.equal((await house.get('/', cookie)).status, 200)
  const added = { name: 'maria', role: 'viewer', password: 'First-word-1' }
  t.equal((await post(house, '/settings/users', added, cookie)).status, 303)
  const page = await (await post(house, '/settings/users', { name: 'otto', password: '' }, cookie)).text()
  const made = /<code>([^<]{12,})<\/code>/.exec(page)?.[1] ?? ''
  t.equal((await post(house, '/sign-in', { name: 'otto', password: made })).status, 303, 'one that was made')
  const users = await (await house.get('/settings/users', cookie)).text()
  t.notMatch(users, made, 'it is shown once')
  t.match(users, /otto <span class="pill">must change the password/)
  t.notMatch(
    await (await house.get('/sign-in')).text(),
    /Duplistatus09/,
    'nor for somebody new, whose first password is another one',
  )
})

t.test('the first password is told to this network only', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  t.match(await (await house.get('/sign-in')).text(), /Duplistatus09/)
  t.notMatch(await (await house.get('/sign-in', OUTSIDE)).text(), /Duplistatus09/)
})

t.test('an address that holds a token is logged without it', async (t) => {
  for (const path of [
    '/api/upload/ds_abc',
    '/base/api/upload/ds_abc',
    '/api//live//ds_abc/x',
    '/n/abc',
    '/N/abc',
  ])
    t.notMatch(loggedPath(path), /abc/, path)
  t.equal(loggedPath('/api/upload'), '/api/upload')
  t.equal(loggedPath('/runs/run_1'), '/runs/run_1')
  const said: string[] = []
  const house = await smallHouse({ days: 0, env: { LOG_LEVEL: 'debug' } })
  t.teardown(() => house.close())
  const token = await withToken(house.app, ['report'])
  const base = house.app.urls.public
  for (const path of [
    `api/upload/${token}`,
    `api/live/${token}`,
    `api/upload?token=${token}`,
    `api/v1/jobs?token=${token}`,
  ])
    for (const method of ['GET', 'POST'])
      await fetch(`${base}${path}`, { method, ...(method === 'POST' ? { body: '{' } : {}) })
  said.push(
    JSON.stringify(house.app.house.log.recent()),
    JSON.stringify(house.app.house.store.state().remarks),
  )
  said.push(JSON.stringify(await audited(house)))
  for (const text of said) t.notMatch(text, token)
})

t.test('the audit log is found by who, area, result, day and word, on the page and in files', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD, TZ: 'UTC' } })
  t.teardown(() => house.close())
  const visitor = await signedIn(house.app, 'administrator')
  const { audit } = house.app.house.actions
  await audit({ action: 'sign-in', who: '=evil()', from: '203.0.113.9', result: 'refused', reason: 'wrong' })
  await audit({ action: 'settings', who: 'Maria', from: '10.0.0.2', result: 'done', target: 'ntfy' })
  const found = async (query: string) =>
    (await (await house.get(`/settings/audit?format=json&${query}`, visitor)).json()) as { who: string }[]
  const today = new Date().toISOString().slice(0, 10)
  const cases: [query: string, who: string[]][] = [
    ['', ['Maria', '=evil()']],
    ['who=maria', ['Maria']],
    ['kind=people', ['=evil()']],
    ['kind=settings', ['Maria']],
    ['kind=__proto__', ['Maria', '=evil()']],
    ['result=refused', ['=evil()']],
    ['q=NTFY', ['Maria']],
    [`since=${today}&until=${today}`, ['Maria', '=evil()']],
    ['until=2020-01-01', []],
    ['since=2999-12-31', []],
    ['since=yesterday&until=2026-99-99', ['Maria', '=evil()']],
  ]
  for (const [query, who] of cases)
    t.same(
      (await found(query)).map((one) => one.who),
      who,
      query,
    )
  const csv = await house.get('/settings/audit?format=csv', visitor)
  t.match(await csv.text(), "'=evil()", 'a cell that begins like a formula is none')
  const page = await (await house.get('/settings/audit?kind=people', visitor)).text()
  t.match(page, 'name or password wrong')
  t.match(page, 'kind=people&amp;format=csv')
})

t.test(
  'users are found by name and sorted by every column, and who never signed in stands last',
  async (t) => {
    const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
    t.teardown(() => house.close())
    const me = await signedIn(house.app, 'administrator', {
      name: 'Zoë',
      lastSignInAt: '2026-02-01T00:00:00Z',
    })
    await signedIn(house.app, 'viewer', { name: 'Ben', lastSignInAt: '2026-03-01T00:00:00Z' })
    const names = async (query: string) =>
      [
        ...(await (await house.get(`/settings/users?${query}`, me)).text()).matchAll(/data-find="([^"]*)"/g),
      ].map(([, name]) => name)
    t.same(await names(''), ['admin', 'Ben', 'Zoë'])
    t.same(await names('q=EN'), ['Ben'])
    t.same(await names('q=nobody'), [])
    t.same(await names('sort=name&dir=down'), ['Zoë', 'Ben', 'admin'])
    t.same(await names('sort=last'), ['Ben', 'Zoë', 'admin'], 'the newest first')
    t.same(await names('sort=last&dir=up'), ['Zoë', 'Ben', 'admin'])
    t.same(await names('sort=role&dir=down'), ['Ben', 'admin', 'Zoë'])
    t.same(await names('sort=constructor'), ['admin', 'Ben', 'Zoë'])
    t.match(await (await house.get('/settings/users?sort=last', me)).text(), /aria-sort="descending"/)
  },
)

t.test(
  'a user is called something else, but never what another is called, and must change the password',
  async (t) => {
    const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
    t.teardown(() => house.close())
    const me = await signedIn(house.app, 'administrator', { name: 'Zoë' })
    await signedIn(house.app, 'viewer', { name: 'Ben' })
    const benNow = () => {
      const ben = Object.values(house.app.house.store.state().users).find((user) => user.role === 'viewer')
      if (ben === undefined) throw new Error('Ben is gone')
      return ben
    }
    const path = `/settings/users/${benNow().id}`
    t.match(await (await house.get(`/settings/users?edit=${benNow().id}`, me)).text(), 'value="Ben"')
    for (const name of ['ADMIN', ' ', 'x'.repeat(65), 'two\nlines']) {
      const answer = await post(house, path, { do: 'edit', name }, me)
      t.equal(answer.status, 422, JSON.stringify(name))
      t.match(await answer.text(), /id="e-name"[^>]*aria-invalid="true"/)
    }
    t.equal(benNow().name, 'Ben')
    t.equal((await post(house, path, { do: 'edit', name: ' Benjamin ', must_change: 'yes' }, me)).status, 303)
    t.match(benNow(), { name: 'Benjamin', mustChangePassword: true })
    t.match(await audited(house), [
      {
        action: 'user.change',
        who: 'Zoë',
        target: 'Ben',
        changes: { name: ['Ben', 'Benjamin'], mustChangePassword: [false, true] },
      },
    ])
    t.equal(
      (await post(house, path, { do: 'edit', name: 'benjamin' }, me)).status,
      303,
      'other letters of one’s own',
    )
    t.match(benNow(), { name: 'benjamin', mustChangePassword: false })
  },
)

t.test('taking an administrator away says how many are left', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const me = await signedIn(house.app, 'administrator')
  await signedIn(house.app, 'administrator', { name: 'Ben' })
  await signedIn(house.app, 'viewer', { name: 'Ina' })
  const asked = async (name: string) => {
    const user = Object.values(house.app.house.store.state().users).find((one) => one.name === name)
    const page = await (await house.get(`/settings/users?edit=${user?.id}`, me)).text()
    return [...page.matchAll(/data-confirm="([^"]*)"/g)].map(([, question]) => question)
  }
  const left = '2 other administrators are left.'
  t.match(await asked('Ben'), [
    `Ben is an administrator and could then only look on. Make Ben a viewer? ${left}`,
    `Ben is an administrator. Disable Ben? Nobody can sign in with this name then. ${left}`,
    'Make a new password for Ben?',
    `Ben is an administrator. Remove Ben? Their sessions end at once. ${left}`,
  ])
  t.match(await asked('Ina'), [
    '',
    '',
    'Make a new password for Ina?',
    'Remove Ina? Their sessions end at once.',
  ])
})

t.test('the audit log knows the browser or program that a deed came from', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const me = { ...(await signedIn(house.app, 'administrator')), 'User-Agent': agent }
  await signIn(house, 'admin', 'no', '/', { 'User-Agent': `${agent} <b>${'x'.repeat(400)}` })
  await post(house, '/settings/display', { theme: 'dark' }, me)
  await post(house, '/settings/users', { name: 'ina', password: 'First-word-1' }, me)
  await post(house, '/settings/access', { 'api.access': 'open' }, me)
  const lines = await audited(house)
  t.same(
    lines.map((line) => String(line['agent']).slice(0, agent.length)),
    lines.map(() => agent),
  )
  t.ok(lines.every((line) => String(line['agent']).length <= 200))
  const page = await (await house.get('/settings/audit', me)).text()
  t.match(page, `<summary>Firefox, Linux</summary>${agent}`)
  t.notMatch(page, '<b>')
  t.match(await (await house.get('/settings/audit?format=csv', me)).text(), 'Firefox/140.0')
})

t.test('a language chosen at the door is kept there, and goes in with who never chose one', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const page = await (await house.get('/sign-in')).text()
  t.match(page, /<option value="de" lang="de">Deutsch<\/option>/)
  const chosen = await house.get('/sign-in?language=de&next=/activity')
  t.equal(chosen.headers.get('location'), '/sign-in?next=%2Factivity')
  const cookie = { Cookie: chosen.headers.get('set-cookie')?.split(';')[0] ?? '' }
  t.match(await (await house.get('/sign-in', cookie)).text(), '<html lang="de')
  const odd = await house.get('/sign-in?language=../../etc')
  t.match(odd.headers.get('set-cookie'), /^ds_prefs=; .*Max-Age=0/)
  const me = await signIn(house, 'admin', PASSWORD, '/', cookie)
  const inside = { Cookie: me.headers.get('set-cookie')?.split(';')[0] ?? '' }
  const home = await (await house.get('/activity', inside)).text()
  t.match(home, '<html lang="de', 'also in another browser')
  t.match(home, '<option value="de" lang="de" selected>Deutsch</option>')
  await post(house, '/preferences', { language: 'fr', next: '/activity' }, inside)
  await signIn(house, 'admin', PASSWORD, '/', cookie)
  t.match(await (await house.get('/activity', inside)).text(), '<html lang="fr', 'but never over a choice')
})

t.test('the menu says what one may do and leads there', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const menuOf = async (role: 'administrator' | 'viewer') => {
    const page = await (await house.get('/activity', await signedIn(house.app, role))).text()
    return /<div class="leaf">\s*<p class="soft">([\s\S]*?)<\/details>/.exec(page)?.[1] ?? ''
  }
  t.match(
    await menuOf('administrator'),
    /^Administrator[\s\S]*"\/account\/password"[\s\S]*"\/settings\/users"/,
  )
  const viewer = await menuOf('viewer')
  t.match(viewer, /^Viewer[\s\S]*"\/settings\/display"/)
  t.notMatch(viewer, /settings\/(users|audit)/)
})

t.test('the audit log says what changed in the words of the reader', async (t) => {
  const house = await smallHouse({ days: 2, env: { ADMIN_PASSWORD: PASSWORD, TZ: 'UTC' } })
  t.teardown(() => house.close())
  const visitor = await signedIn(house.app, 'administrator', { preferences: { language: 'de' } })
  const { actions, store } = house.app.house
  const [server] = Object.values(store.state().servers)
  const by = { who: 'Maria', from: '10.0.0.2', result: 'done' } as const
  await actions.audit({
    ...by,
    action: 'incident.snooze',
    target: 'failed: Photos (NAS)',
    changes: { until: [null, '2026-11-29T20:33:18.932Z'] },
  })
  await actions.audit({ ...by, action: 'user.add', target: 'berta', changes: { role: [null, 'viewer'] } })
  await actions.audit({ ...by, action: 'server.archive', target: server?.id ?? '' })
  await actions.audit({
    ...by,
    action: 'settings',
    target: 'email',
    changes: { 'email.security': ['starttls', 'tls'], 'email.sign_in': [true, false] },
  })
  await actions.audit({
    ...by,
    action: 'job.monitoring',
    target: 'Photos (NAS)',
    changes: { toleranceMinutes: [60, 120], notifyOn: [null, 'errors'], repeat: [null, '5h'], newer: [1, 2] },
  })
  await actions.audit({
    ...by,
    action: 'job.pause',
    target: 'Photos',
    changes: { pausedUntil: [null, 'forever'] },
  })
  await actions.audit({ ...by, action: 'care.remove', target: 'trash_1', changes: { runs: [71, 0] } })
  const page = (await (await house.get('/settings/audit', visitor)).text())
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\s\u202f]+/g, ' ')
  for (const said of [
    'Fehlgeschlagen: Photos (NAS) Bis: 29.11.2026, 20:33',
    'berta Rolle: Betrachter',
    server?.name ?? '?',
    'E-Mail Verbindung: STARTTLS →',
    'Anmelden: ja → nein',
    'Toleranz: 1 h → 2 h',
    'Melden: Fehler',
    'newer: 1 → 2',
    'Bis: bis ich es sage',
    'Läufe: 71 → 0',
  ])
    t.ok(page.includes(said), said)
  for (const raw of ['trash_1', '2026-11-29T', 'pausedUntil', 'failed:', server?.id ?? '?'])
    t.notOk(page.includes(raw), raw)
})

t.test('a changed password ends the other sessions of that user', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const cookieOf = async () => ({
    Cookie: (await signIn(house, 'admin', PASSWORD)).headers.get('set-cookie')?.split(';')[0] ?? '',
  })
  const [mine, other] = [await cookieOf(), await cookieOf()]
  const fresh = 'Another-horse-2'
  await post(house, '/account/password', { old: PASSWORD, password: fresh, again: fresh }, mine)
  t.equal((await house.get('/account', mine)).status, 200)
  t.equal((await house.get('/account', other)).status, 303)
})

t.test('the last administrator can neither be removed, disabled nor made a viewer', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const [admin] = Object.values(house.app.house.store.state().users)
  const cookie = {
    Cookie: (await signIn(house, 'admin', PASSWORD)).headers.get('set-cookie')?.split(';')[0] ?? '',
  }
  for (const form of [{ do: 'remove' }, { do: 'disable' }, { do: 'role', role: 'viewer' }]) {
    const answer = await post(house, `/settings/users/${admin?.id}`, form, cookie)
    t.equal(answer.status, 409, form.do)
  }
  t.equal((await house.get('/settings/users', cookie)).status, 200)
})

t.test(
  'a session ends without use and at its age, also when the clock was set back in between',
  async (t) => {
    let offsetMs = 0
    const house = await smallHouse({
      days: 0,
      clock: {
        now: () => new Date(Date.parse('2026-11-01T12:00:00Z') + offsetMs),
        elapsedMs: () => performance.now(),
      },
    })
    t.teardown(() => house.close())
    const visitor = await signedIn(house.app, 'viewer')
    const isIn = async () => (await house.get('/account', visitor)).status === 200
    t.ok(await isIn())
    offsetMs = -3_600_000
    t.ok(await isIn(), 'an hour back')
    offsetMs = 6 * 86_400_000
    t.ok(await isIn(), 'six days later')
    offsetMs = 14 * 86_400_000
    t.notOk(await isIn(), 'a week without use')
  },
)

t.test('guessing is slowed more and more, from one address, without locking the owner out', async (t) => {
  let now = 0
  const guard = createSignInGuard(() => now)
  const waits: number[] = []
  for (let i = 0; i < 40; i++) {
    guard.failed(STRANGER)
    let waited = 0
    while (guard.held(STRANGER) !== null) {
      now += 1000
      waited += 1000
    }
    waits.push(waited)
  }
  t.equal(waits[0], 0, 'a slip of the finger costs nothing')
  t.ok((waits[9] ?? 0) > 30_000, 'ten wrong tries cost')
  t.ok(
    waits.every((wait, i) => i === 0 || wait >= (waits[i - 1] ?? 0)),
    'it never gets shorter',
  )
  t.ok(Math.max(...waits) <= 15 * 60_000, 'and never longer than a quarter of an hour')
  t.equal(guard.held(OWNER), null, 'the owner signs in from elsewhere')
  guard.failed(STRANGER)
  const answers = Array.from({ length: 100 }, () => guard.held(STRANGER)?.answerAfterMs ?? 0)
  t.ok(
    answers.every((after, i) => after >= (answers[i - 1] ?? 0) && after <= 500),
    'who goes on at once waits for each answer, longer and longer',
  )
  t.equal(answers.at(-1), 500)
  for (let i = 0; i < 100_000; i++)
    guard.failed({ name: `name-${i}`, address: `10.0.${i >> 8}.${i & 255}`, device: null })
  t.equal(guard.held(OWNER), null, 'a flood of names changes nothing for others')
})

t.test(
  'guessing from everywhere slows a name for a few seconds, but not where its owner was before',
  async (t) => {
    let now = 0
    const guard = createSignInGuard(() => now)
    for (let i = 0; i < 5000; i++)
      guard.failed({ name: 'Admin', address: `198.51.${i >> 8}.${i & 255}`, device: null })
    const elsewhere = guard.held(OWNER)
    t.ok(elsewhere !== null && elsewhere.seconds <= 4)
    t.equal(guard.held({ ...OWNER, device: 'known' }), null)
    for (let i = 0; i < 10; i++) guard.failed({ ...OWNER, device: 'known' })
    t.not(guard.held({ ...OWNER, device: 'known' }), null, 'a browser that was stolen guesses no quicker')
    now += 4000
    t.equal(guard.held(OWNER), null)
  },
)

t.test('addresses that one stranger has by the billion count as one', async (t) => {
  const guard = createSignInGuard(() => 0)
  for (let i = 0; i < 30; i++) guard.failed({ name: `n${i}`, address: `2001:db8:0:1::${i}`, device: null })
  t.not(guard.held({ name: 'other', address: '2001:db8:0:1:ffff::1', device: null }), null)
  t.equal(guard.held({ name: 'other', address: '2001:db8:0:2::1', device: null }), null)
  t.equal(neighbourhood('2001:0db8::1'), '2001:db8:0:0::/64')
  t.equal(neighbourhood('::1'), '0:0:0:0::/64')
  t.equal(neighbourhood('192.0.2.1'), '192.0.2.1')
})

t.test('wrong tries are forgotten after an hour, and signing in often is none', async (t) => {
  let now = 0
  const guard = createSignInGuard(() => now)
  for (let i = 0; i < 4; i++) guard.failed(OWNER)
  now += 3_600_000
  guard.failed(OWNER)
  t.equal(guard.held(OWNER), null)
  for (let i = 0; i < 500; i++) {
    guard.failed(OWNER)
    guard.succeeded(OWNER)
  }
  t.equal(guard.held(OWNER), null)
})

t.test(
  'a stranger at the same address keeps nobody out who signed in with this browser before',
  async (t) => {
    const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
    t.teardown(() => house.close())
    const first = await signIn(house, 'admin', PASSWORD)
    const kept = first.headers.getSetCookie().find((line) => line.startsWith('ds_device='))
    t.match(kept, /HttpOnly/)
    const Cookie = kept?.split(';')[0] ?? ''
    for (let i = 0; i < 6; i++) await signIn(house, 'admin', `guess ${i}`)
    const held = await signIn(house, 'admin', PASSWORD)
    t.equal(held.status, 429)
    t.ok(Number(held.headers.get('retry-after')) >= 1)
    t.equal(
      (await signIn(house, 'admin', PASSWORD, '/', { Cookie: `${Cookie}x` })).status,
      429,
      'a forged one',
    )
    t.equal((await signIn(house, 'admin', PASSWORD, '/', { Cookie })).status, 303)
    const lines = await audited(house)
    t.equal(lines.filter(({ reason }) => reason === 'wrong').length, 5)
    t.equal(
      lines.filter(({ reason }) => reason === 'held').length,
      1,
      'one line for a wait, not one for each guess',
    )
  },
)

t.test('the command line gives a new password, lifts the wait and leaves a line', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  for (let i = 0; i < 6; i++) await signIn(house, 'admin', `guess ${i}`)
  const said = await house.app.command('reset-password', ['Admin'])
  const password = /: (\S+)/.exec(said)?.[1] ?? ''
  const answer = await signIn(house, 'admin', password, '/', OUTSIDE)
  t.equal(answer.status, 303, 'from outside too: nobody knows it')
  const cookie = { Cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' }
  t.equal((await house.get('/', cookie)).headers.get('location'), '/account/password')
  t.match(await audited(house), [
    { action: 'sign-in', result: 'done' },
    { action: 'password.reset', who: 'command line', target: 'admin' },
  ])
  await t.rejects(house.app.command('reset-password', ['nobody']), { code: 'not-found' })
  t.notMatch(JSON.stringify(await audited(house)), password)
})

t.test('the first password from outside is refused with a line', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  t.equal((await signIn(house, 'admin', 'Duplistatus09', '/', OUTSIDE)).status, 403)
  t.match(await audited(house), [
    { action: 'sign-in', result: 'refused', reason: 'outside', from: '127.0.0.1' },
  ])
})

t.test('the way back after the sign-in leads only to our own pages', async (t) => {
  for (const path of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    ' /x',
    '/a b',
  ])
    t.equal(ownPath(path), '/', path)
  t.equal(ownPath('/jobs/job_1?page=2'), '/jobs/job_1?page=2')
})

t.test('a form of another site is refused', async (t) => {
  const house = await smallHouse({ days: 0, env: { ADMIN_PASSWORD: PASSWORD } })
  t.teardown(() => house.close())
  const visitor = await signedIn(house.app, 'administrator')
  const send = (headers: Record<string, string>) => raw(house, '/preferences', { ...visitor, ...headers })
  t.equal(await send({ 'Sec-Fetch-Site': 'cross-site' }), 403)
  t.equal(await send({ 'Sec-Fetch-Site': 'same-site' }), 403)
  t.equal(await send({ Origin: 'https://evil.example' }), 403, 'older browsers')
  t.equal(await send({ 'Sec-Fetch-Site': 'same-origin' }), 303)
  t.equal(await send({}), 303, 'a program')
})

t.test('identity headers at the public door change nothing', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const spoofed = {
    'X-Ingress-Path': '/api/hassio_ingress/abc',
    'X-Remote-User-Id': '0123456789abcdef0123456789abcdef',
    'X-Remote-User-Name': 'owner',
    'X-Hass-Source': 'core.ingress',
  }
  const answer = await house.get('/', spoofed)
  t.equal(answer.status, 303)
  t.equal(answer.headers.get('location'), '/sign-in')
})

t.test('a password needs what the policy says, and no more', async (t) => {
  const mixed = { minLength: 8, mixed: true }
  t.same(passwordFaults('Abcdefg1', mixed), [])
  t.same(
    passwordFaults('abc', mixed).map((fault) => fault.key),
    ['password.too-short', 'password.needs-upper', 'password.needs-digit'],
  )
  t.same(passwordFaults('lang genug', { minLength: 8, mixed: false }), [])
  t.same(passwordFaults('Übergröße１', mixed), [], 'letters and digits of any script')
})

const STRANGER = { name: 'admin', address: '203.0.113.7', device: null }
const OWNER = { name: 'admin', address: '192.168.1.20', device: null }

/** The audit log, newest first. */
async function audited(house: SmallHouse) {
  return (await house.app.house.store.journal('audit').read({ limit: 100 })).entries
}

function signIn(
  house: SmallHouse,
  name: string,
  password: string,
  next = '/',
  headers: Record<string, string> = {},
) {
  return post(house, '/sign-in', { name, password, next }, headers)
}

function post(
  house: SmallHouse,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
) {
  return fetch(`${house.app.urls.public.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { Accept: 'text/html', ...headers },
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
}

/** `fetch` sets `Sec-Fetch-*` itself; a bare request sends only what it is told. */
function raw(house: SmallHouse, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request(
      `${house.app.urls.public.replace(/\/$/, '')}${path}`,
      { method: 'POST', headers },
      (res) => {
        res.resume()
        res.once('end', () => resolve(res.statusCode ?? 0))
      },
    )
    req.once('error', reject)
    req.end('next=/')
  })
}
