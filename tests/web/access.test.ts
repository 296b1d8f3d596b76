import t from 'tap'
import type { Who } from '../../src/web/gate.ts'
import type { Route } from '../../src/web/routes.ts'
import { ROUTES } from '../../src/web/routes.ts'
import type { SmallHouse } from '../support/small-house.ts'
import { smallHouse } from '../support/small-house.ts'
import type { Visitor } from '../support/visitors.ts'
import { OUTSIDE, signedIn, withToken } from '../support/visitors.ts'

/** What each route is for. Written down a second time on purpose: a new route must be thought about twice. */
const TABLE: Readonly<Record<string, Who>> = {
  'POST /api/upload': 'reporter',
  'PUT /api/upload': 'reporter',
  'GET /api/upload': 'reporter',
  'POST /api/upload/:token': 'reporter',
  'PUT /api/upload/:token': 'reporter',
  'GET /api/upload/:token': 'reporter',
  'POST /api/live': 'reporter',
  'POST /api/live/:token': 'reporter',
  'GET /api/summary': 'reader',
  'GET /api/lastbackup/:idOrName': 'reader',
  'GET /api/lastbackups/:idOrName': 'reader',
  'GET /api/health': 'anyone',
  'GET /api/ping': 'anyone',
  'GET /healthz': 'anyone',
  'GET /api/v1/summary': 'reader',
  'GET /api/v1/servers': 'reader',
  'GET /api/v1/jobs': 'reader',
  'GET /api/v1/jobs/:id/runs': 'reader',
  'GET /api/v1/runs/:id': 'reader',
  'GET /api/v1/incidents': 'reader',
  'GET /api/v1/badge.svg': 'reader',
  'GET /api/v1/openapi.json': 'anyone',
  'GET /metrics': 'reader',
  'GET /n/:token': 'anyone',
  'POST /n/:token': 'anyone',
  'OPTIONS /n/:token': 'anyone',
  'GET /sign-in': 'anyone',
  'POST /sign-in': 'anyone',
  'GET /assets/:hash/*name': 'anyone',
}

/** Pages and forms not named above are for people: these only look, or keep to one's own. */
const FOR_VIEWERS =
  /^(GET \/(?!settings\/|api\/)|GET \/settings\/(display|monitoring(\/jobs\.csv)?|notifications|maintenance|:section)$|GET \/settings$|POST \/(preferences|views|sign-out|account\/.*)$)/

/** Whom a route lets in, beside those who may more. */
const LETS_IN: Readonly<Record<Who, readonly string[]>> = {
  anyone: [
    'nobody here',
    'nobody outside',
    'report token',
    'read token',
    'admin token',
    'viewer',
    'administrator',
  ],
  reporter: ['nobody here', 'report token', 'admin token'],
  reader: ['nobody here', 'read token', 'admin token', 'viewer', 'administrator'],
  viewer: ['viewer', 'administrator'],
  administrator: ['administrator'],
}

t.test('every route lets in exactly whom the table says', async (t) => {
  const house = await smallHouse({ days: 2, env: { ADMIN_PASSWORD: 'Secret-word-1' } })
  t.teardown(() => house.close())
  let visitors = await everybody(house)
  for (const route of ROUTES) {
    const name = `${route.method} ${route.path}`
    const who = TABLE[name] ?? (FOR_VIEWERS.test(name) ? 'viewer' : 'administrator')
    if (TABLE[name] === undefined && name.includes(' /api/')) t.fail(`${name} has no row in the table`)
    t.equal(route.who, who, `${name} is for ${who}`)
    for (const [visitor, headers] of visitors) {
      const status = await knock(house, route, headers)
      const mayEnter = LETS_IN[who].includes(visitor)
      t.equal(!isTurnedAway(name, status), mayEnter, `${visitor} at ${name}: ${status}`)
      t.notMatch(String(status), /^500/, `${name} never fails: ${visitor}`)
    }
    if (name === 'POST /sign-out') visitors = await everybody(house)
  }
})

t.test('who has the first password can do nothing but change it', async (t) => {
  const house = await smallHouse({ days: 2 })
  t.teardown(() => house.close())
  for (const route of ROUTES.filter((one) => one.who === 'viewer' || one.who === 'administrator')) {
    const fresh = await signedIn(house.app, 'administrator', { mustChangePassword: true })
    const path = samplePath(route)
    const status = await knock(house, route, fresh)
    const isWayOut = path === '/account/password' || path === '/sign-out'
    t.equal(/^(403|303 .*\/account\/password$)/.test(status), !isWayOut, `${route.method} ${path}: ${status}`)
  }
})

t.test('API_ACCESS decides who reads without a token', async (t) => {
  for (const [access, here, outside] of [
    ['local', 200, 401],
    ['open', 200, 200],
    ['token', 401, 401],
  ] as const) {
    const house = await smallHouse({ days: 0, env: { API_ACCESS: access } })
    t.equal((await house.get('/api/v1/summary')).status, here, `${access}, from here`)
    t.equal((await house.get('/api/v1/summary', OUTSIDE)).status, outside, `${access}, from outside`)
    const token = await withToken(house.app, ['read'])
    t.equal(
      (await house.get('/api/v1/summary', { ...OUTSIDE, Authorization: `Bearer ${token}` })).status,
      200,
    )
    await house.close()
  }
})

t.test('a token counts in every place that a program can put it, until it expires', async (t) => {
  const house = await smallHouse({ days: 0, env: { API_ACCESS: 'token' } })
  t.teardown(() => house.close())
  const token = await withToken(house.app, ['read'])
  const basic = Buffer.from(`anybody:${token}`).toString('base64')
  for (const headers of [
    { Authorization: `Bearer ${token}` },
    { 'X-API-Key': token },
    { Authorization: `Basic ${basic}` },
  ])
    t.equal((await house.get('/api/v1/jobs', headers as Visitor)).status, 200, Object.keys(headers).join())
  t.equal((await house.get(`/api/v1/jobs?token=${token}`)).status, 200, 'in the query')
  const old = await withToken(house.app, ['read'], { expiresAt: '2020-01-01T00:00:00.000Z' })
  t.equal((await house.get('/api/v1/jobs', { 'X-API-Key': old })).status, 401, 'an expired one is refused')
  t.equal((await house.get('/api/v1/jobs', { 'X-API-Key': 'ds_wrong' })).status, 401)
})

t.test('from outside, reports need a token as soon as there is one for reports', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const send = (path: string) =>
    fetch(`${house.app.urls.public.replace(/\/$/, '')}${path}`, {
      method: 'POST',
      headers: OUTSIDE,
      body: JSON.stringify({
        Data: { MainOperation: 'Backup', ParsedResult: 'Success', BeginTime: '2026-11-01T01:00:00Z' },
      }),
    })
  t.equal((await send('/api/upload')).status, 200, 'before there is one, anybody may report')
  const token = await withToken(house.app, ['report'])
  t.equal((await send('/api/upload')).status, 401)
  t.equal((await send(`/api/upload/${token}`)).status, 200, 'in the address')
  t.equal((await send(`/api/upload?token=${token}`)).status, 200, 'in the query')
})

async function everybody(house: SmallHouse): Promise<[string, Visitor][]> {
  const bearer = async (scope: 'report' | 'read' | 'admin') => ({
    ...OUTSIDE,
    Authorization: `Bearer ${await withToken(house.app, [scope])}`,
  })
  return [
    ['nobody here', {}],
    ['report token', await bearer('report')],
    ['nobody outside', OUTSIDE],
    ['read token', await bearer('read')],
    ['admin token', await bearer('admin')],
    ['viewer', { ...(await signedIn(house.app, 'viewer')), ...OUTSIDE }],
    ['administrator', { ...(await signedIn(house.app, 'administrator')), ...OUTSIDE }],
  ]
}

/** Status, and where it leads. A body that nothing can be done with: what is asked is who may come in. */
async function knock(house: SmallHouse, route: Route, headers: Visitor): Promise<string> {
  const stop = new AbortController()
  const response = await fetch(`${house.app.urls.public.replace(/\/$/, '')}${samplePath(route)}`, {
    method: route.method,
    headers: { ...headers, Accept: 'text/html,*/*', 'Content-Type': 'application/x-www-form-urlencoded' },
    redirect: 'manual',
    signal: stop.signal,
    ...(route.method === 'GET' || route.method === 'OPTIONS' ? {} : { body: 'nothing=here' }),
  })
  const status = `${response.status} ${response.headers.get('location') ?? ''}`.trim()
  stop.abort()
  return status
}

function samplePath(route: Route): string {
  return route.path.replace(/[:*]\w+/g, 'none')
}

/** Signing in with nothing is answered 401, and signing out leads to the sign-in: both are what was asked for. */
function isTurnedAway(route: string, status: string): boolean {
  if (route === 'POST /sign-in') return /^403/.test(status)
  if (route === 'POST /sign-out' && status === '303 /sign-in') return false
  return /^(401|403)/.test(status) || /^30\d .*\/sign-in(\?|$)/.test(status)
}
