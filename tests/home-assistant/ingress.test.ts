import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { ANNA, behindIngress, CHILD } from '../support/behind-ingress.ts'
import { startIngress } from '../support/ingress.ts'

t.test('the stand-in changes on the way what Home Assistant changes', async (t) => {
  const seen: IncomingMessage[] = []
  const app = createServer((request, response) => {
    seen.push(request)
    void echo(request, response)
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => app.close())
  const house = await startIngress({
    appPort: (app.address() as AddressInfo).port,
    user: ANNA,
    token: 'TOKEN',
  })
  t.teardown(() => house.close())
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${house.entry}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { cookie: house.cookie, ...(init.headers as Record<string, string>) },
    })
  const last = () => seen.at(-1)

  t.equal((await fetch(house.entry)).status, 401, 'without a session nobody comes in')
  await get('jobs/1?a&b=2', {
    headers: {
      'x-remote-user-id': 'spoofed',
      'x-supervisor-token': 'x',
      'x-ingress-path': '/evil',
      authorization: 'Basic x',
    },
  })
  t.equal(last()?.url, '/jobs/1?a=&b=2')
  t.match(last()?.headers, {
    'x-ingress-path': '/api/hassio_ingress/TOKEN',
    'x-hass-source': 'core.ingress',
    'x-remote-user-id': ANNA.id,
    'x-remote-user-name': 'anna',
    'x-forwarded-proto': 'http',
    authorization: 'Basic x',
  })
  t.notOk(last()?.headers['x-supervisor-token'])
  house.setUser(null)
  await get('')
  t.notOk(last()?.headers['x-remote-user-id'], 'a session without a user names nobody')
  house.setUser(CHILD)
  await get('')
  t.notOk(last()?.headers['x-remote-user-name'])

  const packed = await get('packed')
  t.equal(packed.headers.get('content-type'), 'text/html', 'the charset is lost')
  t.equal(packed.headers.get('content-encoding'), null)
  t.equal(await packed.text(), 'hällo')
  t.equal(packed.headers.get('referrer-policy'), 'no-referrer')
  t.same((await get('cookies')).headers.getSetCookie(), ['a=1', 'b=2'])
  const away = await get('away')
  t.equal(away.headers.get('location'), '/jobs', 'redirects are not rewritten')
  const first = await (await get('stream')).body?.getReader().read()
  t.equal(Buffer.from(first?.value ?? []).toString(), 'data: 1\n\n', 'streams are not held back')
  t.equal((await get('stream')).headers.get('x-accel-buffering'), 'no')

  for (const [query, status] of [
    ['?next=/a/b', 400],
    ['?folder=/d/photos', 400],
    ['?path=../x', 400],
    ['?q=%3Cscript%3E', 400],
    ['?q=%253Cscript%253E', 400],
    ['?sort=concat(', 400],
    ['?next=/jobs/1', 200],
    ['?path=C:/x', 200],
  ] as const) {
    t.equal((await get(query)).status, status, query)
  }
  await get('a%2Fb')
  t.equal(last()?.url, '/a/b')
  await get('a%3Fb')
  t.equal(last()?.url, '/a?b=')
  await get('upload', { method: 'POST', body: 'x'.repeat(100) })
  t.equal(last()?.headers['content-length'], undefined, 'a POST is streamed')
  const put = await get('upload', { method: 'PUT', body: Buffer.alloc(17 * 1024 * 1024) })
  t.equal(put.status, 413)
})

t.test('the product behind ingress', async (t) => {
  const { house, small, supervisor, door } = await addOn(t)
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${house.entry}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {
        cookie: house.cookie,
        'sec-fetch-site': 'same-origin',
        ...(init.headers as Record<string, string>),
      },
    })
  const prefix = new URL(house.entry).pathname.replace(/\/$/, '')

  t.test('every address in a page stays inside, and every one of them answers', async (t) => {
    const pages = ['', 'start', 'help', 'about', 'account', 'settings/users', 'runs/run_1']
    const addresses = new Set<string>()
    for (const page of pages) {
      const answer = await get(page)
      t.equal(answer.status, 200, page)
      const html = await answer.text()
      for (const [, address = ''] of html.matchAll(/\s(?:href|src|action|data-events)="([^"]*)"/g)) {
        if (/^(#|https?:|data:|mailto:)/.test(address)) continue
        t.ok(address.startsWith(`${prefix}/`), `${page}: ${address}`)
        addresses.add(address.replaceAll('&amp;', '&').split('#')[0] ?? '')
      }
      t.match(html.slice(0, 1024), '<meta charset="utf-8">')
      t.match(html, 'Anna Müller')
    }
    for (const address of addresses) {
      if (/\/(events|sign-out|preferences)$|\?.*next=/.test(address)) continue
      const { status } = await fetch(`${house.origin}${address}`, {
        headers: { cookie: house.cookie },
        redirect: 'manual',
      })
      t.ok(status < 400 || status === 405 || isFormOnly(address, status), `${status} ${address}`)
    }
  })

  t.test('administrators may change what others only see', async (t) => {
    house.setUser(ANNA)
    t.equal((await get('settings/users')).status, 200)
    const { users } = small.app.house.store.state()
    t.ok(Object.values(users).find((user) => user.homeAssistantId === ANNA.id)?.lastSignInAt, 'seen here')
    house.setUser(CHILD)
    t.equal((await get('settings/users')).status, 403)
    t.equal((await get('')).status, 200)
    const change = { method: 'POST', body: new URLSearchParams({ name: 'x', role: 'administrator' }) }
    t.equal((await get('settings/users', change)).status, 403)
    house.setUser(null)
    const nobody = await get('')
    t.equal(nobody.status, 401, 'a session without a user is nobody')
    for (const path of ['api/summary', 'api/v1/jobs', 'metrics', 'sign-in'])
      t.ok([401, 403].includes((await get(path)).status), `nobody: ${path}`)
    const guess = { method: 'POST', body: new URLSearchParams({ name: 'admin', password: 'Duplistatus09' }) }
    t.equal((await get('sign-in', guess)).status, 403, 'no passwords are guessed in the panel')
    house.setUser(ANNA)
    supervisor.mood.socket = 'refuses'
    t.equal((await get('settings/users')).status, 200, 'the rank is remembered for a minute')
  })

  t.test('addresses for Duplicati are those of the public port', async (t) => {
    house.setUser(ANNA)
    t.match(await (await get('start')).text(), /=http:\/\/127\.0\.0\.1:\d+\/api\/upload</)
    const form = new URLSearchParams([
      ['name', 'from outside'],
      ['scopes', 'report'],
    ])
    const made = await (await get('settings/tokens', { method: 'POST', body: form })).text()
    t.match(made, /<code>http:\/\/127\.0\.0\.1:\d+\/api\/upload\/[\w-]+<\/code>/)
    t.notMatch(made, `${prefix}/api/upload`)
  })

  t.test('what is searched for may look like an attack', async (t) => {
    const wanted = '/d/photos <script> ../ concat('
    t.equal(
      (await get(`runs/run_1?q=${encodeURIComponent(wanted)}`)).status,
      400,
      'as it stands it is refused',
    )
    const wrapped = Buffer.from(wanted).toString('base64url')
    const answer = await get(`runs/run_1?level=error&~q=${wrapped}`)
    t.equal(answer.status, 200)
    const html = await answer.text()
    t.match(html, 'value="/d/photos &lt;script&gt; ../ concat("')
    t.match(html, `~q=${wrapped}`, 'and links that keep it are told the same way')
    t.notMatch(html, /href="[^"]*[?&;]q=/)
  })

  t.test('no cookie and no header reaches beyond this page', async (t) => {
    const answer = await get('')
    t.same(
      answer.headers
        .getSetCookie()
        .filter((cookie) => !cookie.includes(`Path=${prefix}`) && !cookie.includes(`path=${prefix}`)),
      [],
    )
    for (const name of [
      'strict-transport-security',
      'clear-site-data',
      'cross-origin-opener-policy',
      'origin-agent-cluster',
    ])
      t.equal(answer.headers.get(name), null, name)
    t.match(answer.headers.get('content-security-policy'), "frame-ancestors 'self'")
    t.notMatch(answer.headers.get('content-security-policy'), 'upgrade-insecure-requests')
  })

  t.test('pages are followed live through both legs', async (t) => {
    const abort = new AbortController()
    const events = await get('events', { signal: abort.signal })
    t.equal(events.status, 200)
    t.match(events.headers.get('content-type'), 'text/event-stream')
    const first = await events.body?.getReader().read()
    t.ok((first?.value?.length ?? 0) > 0, 'the first bytes come at once')
    abort.abort()
  })

  t.test('who comes by another way is not let in', async (t) => {
    const headers = { 'x-remote-user-id': ANNA.id }
    t.equal((await fetch(door, { headers })).status, 403, 'no X-Ingress-Path')
    const wrong = { ...headers, 'x-ingress-path': '/api/hassio_ingress/../x' }
    t.equal((await fetch(door, { headers: wrong })).status, 403)
    const strict = await addOn(t, '172.30.32.2')
    const cut = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(new URL(strict.door).port), '127.0.0.1')
      socket.on('error', () => resolve(true))
      socket.on('close', () => resolve(true))
      socket.on('data', () => resolve(false))
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    })
    t.ok(cut, 'a stranger is cut off before anything is read')
    const spoofed = await fetch(strict.open, {
      redirect: 'manual',
      headers: { ...headers, 'x-ingress-path': '/api/hassio_ingress/T', 'x-hass-source': 'core.ingress' },
    })
    t.not(spoofed.status, 200, 'identity headers mean nothing at the public door')
  })
})

/** Addresses of forms that only take what is posted to them. */
function isFormOnly(address: string, status: number): boolean {
  return (
    (status === 404 || status === 405) &&
    /\/(account|settings|collect|jobs|servers|incidents|notices)\//.test(address)
  )
}

async function addOn(t: Test, peer = '127.0.0.1') {
  const made = await behindIngress({ peer })
  t.teardown(made.close)
  return made
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const part of request) void part
  const path = (request.url ?? '').split('?')[0]
  if (path === '/packed') {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' }
    const bytes = gzipSync('hällo')
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes)
  } else if (path === '/cookies') response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end()
  else if (path === '/away') response.writeHead(302, { location: '/jobs' }).end()
  else if (path === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    setTimeout(() => response.end(), 300)
  } else response.end('ok')
}

t.test('the page says where Duplicati sends its reports, however Home Assistant is reached', async (t) => {
  const addOn = await behindIngress({ env: { PORT: '29666' } })
  t.teardown(addOn.close)
  const { mood } = addOn.supervisor
  mood.network = { '29666/tcp': 9666 }
  const start = async (host: string) => {
    const headers = {
      'X-Forwarded-Host': host,
      'X-Ingress-Path': '/api/hassio_ingress/TOKEN',
      'X-Remote-User-Id': ANNA.id,
    }
    const page = await (await fetch(`${addOn.door}start`, { headers })).text()
    return { page, address: /send-http-json-urls<\/b>=([^<]+)</.exec(page)?.[1] }
  }
  const guessed = /use the IP address of Home Assistant/
  const closed = /The port for reports is closed/
  for (const host of [
    '192.168.1.10:8123',
    '[fd00::7]:8123',
    'homeassistant.local:8123',
    'ha.home.arpa',
    'nas',
  ])
    t.equal((await start(host)).address, `http://${host.replace(/:8123$/, '')}:9666/api/upload`, host)
  t.notMatch((await start('nas')).page, guessed)

  mood.network = { '29666/tcp': 9777 }
  mood.hostname = 'attic'
  const remote = await start('abcdef.ui.nabu.casa')
  t.equal(remote.address, 'http://attic.local:9777/api/upload')
  t.match(remote.page, guessed)
  t.notMatch(remote.page, closed)

  mood.network = { '29666/tcp': null }
  t.match((await start('nas')).page, closed)
  mood.token = 'another'
  const alone = await start('abcdef.ui.nabu.casa')
  t.equal(
    alone.address,
    'http://homeassistant.local:29666/api/upload',
    'a Supervisor that does not answer hinders nothing',
  )
  t.notMatch(alone.page, closed)
})
