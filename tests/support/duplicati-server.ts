import { createHash, randomBytes, randomUUID } from 'node:crypto'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestCertificate } from './certificate.ts'

/**
 * A Duplicati server to talk to: strict where the real one is (routes, statuses, bodies, life of tokens, paging),
 * with a switch for each fault. Written from `reference/duplicati.md` sections 3 to 5.
 */
export interface DuplicatiServer {
  readonly address: string
  readonly port: number
  readonly jobs: DuplicatiJob[]
  readonly faults: Faults
  /** What was asked, in order: `GET /api/v1/backups`. */
  readonly asked: string[]
  /** Families of tokens that somebody signed in and never out: 2.1 keeps them for ever. */
  readonly families: number
  /** How many tasks were started, stopped and aborted, by `run 3`, `stop 1`. */
  readonly orders: string[]
  state: ServerState
  errorLog: { BackupID: number | object; Message: string; Exception: string; Timestamp: number }[]
  notifications: object[]
  progress: object | null
  /** All tokens and cookies are forgotten, as after a restart with a new key. */
  forgetEverybody(): void
  stop(): Promise<void>
}

export interface ServerState {
  paused: boolean
  active: { taskId: number; backupId: string } | null
  planned: { backupId: string; at: string }[]
  newerVersion: string | null
}

export interface DuplicatiJob {
  id: number
  name: string
  targetUrl: string
  schedule: object | null
  metadata: Record<string, string>
  rows: DuplicatiRow[]
  operationType?: string
}

export interface DuplicatiRow {
  ID: number
  Timestamp: number
  Type: string
  Message: string
}

export interface Faults {
  /** Answers everything as some other web server would. */
  notDuplicati: boolean
  /** Takes the connection and never answers this path (a part of it). */
  hangsAt: string | null
  /** Closes the connection instead of answering. */
  breaksOff: boolean
  /** Answers without end. */
  endless: boolean
  /** Jobs whose database is in use: answered as 2.3.1 does, or as 2.1 did. */
  locked: Set<number>
  lockedAsBefore: boolean
  /** So many calls are answered 500, as where the family of a token was deleted. */
  failures: number
  /** Sends everybody elsewhere. */
  redirectTo: string | null
  /** A proxy whose Duplicati is away. */
  badGateway: boolean
  /** A proxy with a sign-in of its own. */
  basicSignIn: boolean
  forbidden: boolean
  /** JSON that ends too early. */
  cutShort: boolean
}

export interface ServerOptions {
  version?: string
  /** 2.1 and later, or 2.0.x. */
  scheme?: 'token' | 'nonce'
  password?: string | null
  preAuthToken?: string
  certificate?: TestCertificate
  machineId?: string | null
  machineName?: string
  settings?: Record<string, string>
  allowedHostnames?: string[]
  preSharedKey?: string
  /** A path in front, as behind a proxy. */
  base?: string
  /** Its own clock. */
  clock?: () => Date
  zone?: string
  listenOn?: string
}

const ACCESS_MS = 15 * 60_000
const TOLERANCE_MS = 5000

export async function startDuplicati(options: ServerOptions = {}): Promise<DuplicatiServer> {
  const clock = options.clock ?? (() => new Date())
  const password = options.password === undefined ? 'correct horse' : options.password
  const base = options.base ?? ''
  const old = options.scheme === 'nonce'
  const tokens = new Map<string, { family: string; until: number }>()
  const families = new Map<string, { cookie: string; nonce: string }>()
  const salt = randomBytes(32)
  const nonces = new Map<string, Buffer>()
  const sessions = new Set<string>()
  const xsrf = new Set<string>()
  let nextTask = 1

  const server: DuplicatiServer = {
    address: '',
    port: 0,
    jobs: [],
    asked: [],
    orders: [],
    errorLog: [],
    notifications: [],
    progress: null,
    state: { paused: false, active: null, planned: [], newerVersion: null },
    faults: {
      notDuplicati: false,
      hangsAt: null,
      breaksOff: false,
      endless: false,
      locked: new Set(),
      lockedAsBefore: false,
      failures: 0,
      redirectTo: null,
      badGateway: false,
      basicSignIn: false,
      forbidden: false,
      cutShort: false,
    },
    get families() {
      return families.size
    },
    forgetEverybody() {
      for (const kept of [tokens, families, nonces, sessions, xsrf]) kept.clear()
    },
    stop: async () => {
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }

  const listener = options.certificate
    ? https.createServer({ key: options.certificate.key, cert: options.certificate.cert }, take)
    : http.createServer(take)
  listener.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => listener.listen(0, options.listenOn ?? '127.0.0.1', resolve))
  const port = (listener.address() as AddressInfo).port
  const host = options.listenOn === '::1' ? '[::1]' : '127.0.0.1'
  return Object.assign(server, {
    port,
    address: `${options.certificate ? 'https' : 'http'}://${host}:${port}${base}`,
  })

  function take(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => answer(request, response, Buffer.concat(parts).toString('utf8')))
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): unknown {
    const whole = request.url ?? '/'
    if (!whole.startsWith(`${base}/`)) return page(response, 404, '<h1>Nothing here</h1>')
    const url = new URL(whole.slice(base.length), 'http://duplicati')
    server.asked.push(`${request.method} ${url.pathname}`)
    if (failAsAsked(request, response, url)) return
    if (url.pathname === '/health') return plain(response, 200, 'Healthy')
    if (url.pathname.startsWith('/api/') && !hostAllowed(request)) return hostRefused(request, response)
    if (options.preSharedKey && request.headers['x-duplicati-presharedkey'] !== options.preSharedKey) {
      return plain(response, 403, 'Invalid PreSharedKey')
    }
    if (old) return answerOld(request, response, url, body)
    if (url.pathname.startsWith('/api/v1/auth/'))
      return signIn(request, response, url.pathname.slice(13), body)
    if (url.pathname.startsWith('/api/v1/')) {
      if (!signedIn(request)) {
        response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Content-Length': '0' })
        return response.end()
      }
      return call(request, response, url)
    }
    if (url.pathname.startsWith('/api/')) return json(response, 404, { Error: 'Not found', Code: 404 })
    return page(response, 200, '<!doctype html><title>Duplicati</title>')
  }

  function failAsAsked(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    const { faults } = server
    if (faults.breaksOff) request.socket.destroy()
    else if (faults.hangsAt !== null && url.pathname.includes(faults.hangsAt)) return true
    else if (faults.notDuplicati) page(response, 200, '<!doctype html><title>Printer</title>')
    else if (faults.redirectTo !== null) response.writeHead(302, { Location: faults.redirectTo }).end()
    else if (faults.badGateway) page(response, 502, '<h1>502 Bad Gateway</h1>')
    else if (faults.basicSignIn)
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="proxy"' }).end('401')
    else if (faults.forbidden) page(response, 403, '<h1>403 Forbidden</h1>')
    else if (faults.endless) pourOut(response)
    else if (faults.cutShort) plain(response, 200, '{"AccessToken":"ab')
    else if (faults.failures > 0 && !url.pathname.includes('/auth/')) {
      faults.failures -= 1
      json(response, 500, { Error: 'An error occurred', Code: 500 })
    } else return false
    return true
  }

  function hostAllowed(request: IncomingMessage): boolean {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
    const allowed = options.allowedHostnames ?? []
    const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
    return isAddress || host === 'localhost' || allowed.includes('*') || allowed.includes(host)
  }

  function hostRefused(request: IncomingMessage, response: ServerResponse): void {
    const said = `Invalid hostname: ${(request.headers.host ?? '').replace(/:\d+$/, '')}`
    if (old) plain(response, 403, said)
    else json(response, 403, { Error: said, Code: 403 })
  }

  // --- 2.1 and later

  function signedIn(request: IncomingMessage): boolean {
    const [kind, token = ''] = (request.headers.authorization ?? '').split(' ')
    if (kind === 'PreAuth') return options.preAuthToken !== undefined && token === options.preAuthToken
    const known = kind === 'Bearer' ? tokens.get(token) : undefined
    return known !== undefined && clock().getTime() < known.until + TOLERANCE_MS && families.has(known.family)
  }

  function signIn(request: IncomingMessage, response: ServerResponse, what: string, body: string): unknown {
    if (request.method !== 'POST') return json(response, 405, { Error: 'Method not allowed', Code: 405 })
    if (request.headers['content-type'] !== 'application/json') return plain(response, 415, '')
    const input = lowerCased(JSON.parse(body) as Record<string, unknown>)
    const cookieName = `RefreshToken_${port}`
    const sent = cookies(request).get(cookieName)
    const family = [...families].find(([, kept]) => kept.cookie === sent)?.[0]
    if (what === 'login') {
      if (password === null || input['password'] !== password) {
        return json(response, 401, { Error: 'Failed to log in', Code: 401 })
      }
      return issue(response, randomUUID(), cookieName)
    }
    if (what === 'refresh') {
      if (family === undefined || families.get(family)?.nonce !== input['nonce']) {
        const reused = [...families.keys()].find((id) => sent?.startsWith(id))
        if (reused !== undefined) families.delete(reused)
        return json(response, 401, { Error: 'Failed to refresh token', Code: 401 })
      }
      return issue(response, family, cookieName)
    }
    if (what === 'refresh/logout') {
      if (family !== undefined && families.get(family)?.nonce === input['nonce']) families.delete(family)
      return json(response, 200, { success: true })
    }
    json(response, 404, { Error: 'Not found', Code: 404 })
  }

  function issue(response: ServerResponse, family: string, cookieName: string): void {
    const [access, nonce] = [randomBytes(24).toString('base64url'), randomBytes(12).toString('base64')]
    const cookie = `${family}.${randomBytes(9).toString('base64url')}`
    tokens.set(access, { family, until: clock().getTime() + ACCESS_MS })
    families.set(family, { cookie, nonce })
    response.setHeader(
      'Set-Cookie',
      `${cookieName}=${cookie}; path=/api/v1/auth/refresh; samesite=strict; httponly`,
    )
    json(response, 200, { AccessToken: access, RefreshNonce: nonce })
  }

  // --- 2.0.x

  function answerOld(request: IncomingMessage, response: ServerResponse, url: URL, body: string): unknown {
    const sent = cookies(request)
    const open = password === null || sessions.has(sent.get('session-auth') ?? '')
    if (url.pathname === '/login.cgi') return loginOld(request, response, body)
    if (!url.pathname.startsWith('/api/')) {
      const token = randomBytes(32).toString('base64')
      xsrf.add(token)
      response.setHeader('Set-Cookie', [`xsrf-token=${encodeURIComponent(token)}; expires=soon;path=/; `])
      if (!open && url.pathname === '/') return response.writeHead(302, { Location: '/login.html' }).end()
      return page(response, 200, '\uFEFF<!doctype html><title>Duplicati</title>')
    }
    const header = String(request.headers['x-xsrf-token'] ?? '')
    if (!xsrf.has(header) || decodeURIComponent(sent.get('xsrf-token') ?? '') !== header) {
      return json(response, 400, { Error: 'Missing XSRF Token. Please reload the page' })
    }
    if (!open) return json(response, 401, { Error: 'Not logged in' })
    call(request, response, url)
  }

  function loginOld(request: IncomingMessage, response: ServerResponse, body: string): unknown {
    const form = new URLSearchParams(body)
    if (form.has('get-nonce')) {
      if (nonces.size > 50) return json(response, 503, { Error: 'Too many active login attempts' })
      const nonce = randomBytes(32)
      nonces.set(nonce.toString('base64'), nonce)
      response.setHeader('Set-Cookie', [
        `session-nonce=${encodeURIComponent(nonce.toString('base64'))}; path=/; `,
      ])
      return json(response, 200, {
        Status: 'OK',
        Nonce: nonce.toString('base64'),
        Salt: salt.toString('base64'),
      })
    }
    const key = decodeURIComponent(cookies(request).get('session-nonce') ?? '')
    const nonce = nonces.get(key)
    nonces.delete(key)
    const salted = createHash('sha256').update(`${password}`, 'utf8').update(salt).digest()
    const right = nonce && createHash('sha256').update(nonce).update(salted).digest('base64')
    if (right === undefined || form.get('password') !== right)
      return json(response, 401, { Error: 'Wrong password' })
    const session = randomBytes(16).toString('hex')
    sessions.add(session)
    response.setHeader('Set-Cookie', [`session-auth=${session}; path=/; `])
    json(response, 200, { Status: 'OK' })
  }

  // --- The calls, the same for both

  function call(request: IncomingMessage, response: ServerResponse, url: URL): unknown {
    const path = url.pathname.slice('/api/v1/'.length)
    const route = `${request.method} ${path}`
    if (route === 'GET serverstate') return json(response, 200, stateDocument())
    if (route === 'GET systeminfo') return json(response, 200, infoDocument())
    if (route === 'GET serversettings')
      return json(response, 200, { 'server-port': '8200', ...options.settings })
    if (route === 'GET backups') return json(response, 200, server.jobs.map(jobDocument))
    if (route === 'GET notifications') return json(response, 200, server.notifications)
    if (route === 'GET logdata/log') return json(response, 200, errorPage(url))
    if (route === 'GET tasks')
      return json(response, 200, server.state.active ? [{ ID: server.state.active.taskId }] : [])
    if (route === 'GET progressstate') {
      return server.progress === null
        ? json(response, 404, { Error: 'No active backup', Code: 404 })
        : json(response, 200, server.progress)
    }
    const log = /^GET backup\/(\d+)\/log$/.exec(route)
    if (log) return logPage(response, url, Number(log[1]))
    const run = /^POST backup\/(\d+)\/(?:run|start)$/.exec(route)
    if (run) return start(response, Number(run[1]))
    const order = /^POST task\/(\d+)\/(stop|abort)$/.exec(route)
    if (order) {
      server.orders.push(`${order[2]} ${order[1]}`)
      return json(response, 200, {})
    }
    const task = /^GET task\/(\d+)$/.exec(route)
    if (task && Number(task[1]) < nextTask) {
      const running = server.state.active?.taskId === Number(task[1])
      return json(response, 200, {
        Status: running ? 'Running' : 'Completed',
        ID: Number(task[1]),
        ErrorMessage: null,
      })
    }
    json(response, 404, { Error: 'Not found', Code: 404 })
  }

  function start(response: ServerResponse, id: number): unknown {
    if (!server.jobs.some((job) => job.id === id))
      return json(response, 404, { Error: 'Backup not found', Code: 404 })
    server.orders.push(`run ${id}`)
    server.state.active = { taskId: nextTask++, backupId: String(id) }
    json(response, 200, { Status: 'OK', ID: server.state.active.taskId })
  }

  function logPage(response: ServerResponse, url: URL, id: number): unknown {
    const job = server.jobs.find((candidate) => candidate.id === id)
    if (job === undefined) return json(response, 404, { Error: 'Backup not found', Code: 404 })
    if (server.faults.locked.has(id)) {
      if (server.faults.lockedAsBefore) {
        return json(response, 500, { Error: 'database is locked\r\ndatabase is locked', Code: 500 })
      }
      const said = 'The backup database is currently in use by another operation'
      return json(response, 400, { Error: said, Code: 400, HelpId: 'DatabaseLocked' })
    }
    const { size, offset } = paging(url)
    const rows = job.rows.filter((row) => offset === null || row.ID < offset).sort((a, b) => b.ID - a.ID)
    json(
      response,
      200,
      rows.slice(0, size).map((row) => ({ ...row, OperationID: row.ID, Exception: old ? null : {} })),
    )
  }

  function errorPage(url: URL): object[] {
    const { size, offset } = paging(url)
    const entries = server.errorLog.filter((entry) => offset === null || entry.Timestamp < offset)
    return entries.sort((a, b) => b.Timestamp - a.Timestamp).slice(0, size)
  }

  function stateDocument(): object {
    const { paused, active, planned, newerVersion } = server.state
    return {
      ActiveTask: active === null ? null : { Item1: active.taskId, Item2: active.backupId },
      ProgramState: paused ? 'Paused' : 'Running',
      SchedulerQueueIds: [],
      ProposedSchedule: planned.map((next) => ({ Item1: next.backupId, Item2: next.at })),
      HasWarning: false,
      HasError: false,
      EstimatedPauseEnd: '0001-01-01T00:00:00',
      LastEventID: 12,
      UpdatedVersion: newerVersion,
      Type: 'legacystatus',
    }
  }

  function infoDocument(): object {
    const machineId = options.machineId === undefined ? '0123456789abcdef0123456789abcdef' : options.machineId
    return {
      APIVersion: 1,
      ServerVersion: options.version ?? (old ? '2.0.6.3' : '2.3.1.0'),
      MachineName: options.machineName ?? 'nas',
      OSType: 'Linux',
      ServerTime: clock().toISOString().replace('Z', '0000+00:00'),
      ServerTimeZone: options.zone ?? 'Europe/Berlin',
      Options: [
        { Name: 'passphrase', DefaultValue: '' },
        ...(machineId === null ? [] : [{ Name: 'machine-id', DefaultValue: machineId }]),
        { Name: 'machine-name', DefaultValue: options.machineName ?? 'nas' },
      ],
    }
  }

  function json(response: ServerResponse, status: number, value: object): void {
    // Servers of 2.0.x begin with a byte order mark.
    const body = (old ? '\uFEFF' : '') + JSON.stringify(value, null, old ? 2 : 0)
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    })
    response.end(body)
  }
}

function jobDocument(job: DuplicatiJob): object {
  return {
    Backup: {
      ID: String(job.id),
      Name: job.name,
      Description: '',
      Tags: [],
      TargetURL: job.targetUrl,
      DBPath: '/data/x.sqlite',
      Sources: null,
      Settings: null,
      Metadata: job.metadata,
      IsTemporary: false,
      ...(job.operationType === undefined ? {} : { OperationType: job.operationType }),
    },
    Schedule: job.schedule,
  }
}

/** A page holds 10 to 500 rows, whatever is asked. */
function paging(url: URL): { size: number; offset: number | null } {
  const offset = url.searchParams.get('offset')
  const size = Math.max(10, Math.min(500, Number(url.searchParams.get('pagesize') ?? 100)))
  return { size, offset: offset === null ? null : Number(offset) }
}

function cookies(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split(/=(.*)/s))
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}

function lowerCased(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name.toLowerCase(), value]))
}

function page(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html' }).end(html)
}

function plain(response: ServerResponse, status: number, said: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(said)
}

function pourOut(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}

/** A job with so many rows of backups, one a day, the newest last; `begin` of the first. */
export function jobWithRows(
  id: number,
  name: string,
  messages: readonly object[],
  firstAt: Date,
): DuplicatiJob {
  return {
    id,
    name,
    targetUrl: 's3://bucket/folder?auth-username=key&auth-password=hunter2',
    schedule: null,
    metadata: {},
    rows: messages.map((message, index) => ({
      ID: index + 1,
      Timestamp: Math.floor(firstAt.getTime() / 1000) + index * 86_400 + 300,
      Type: 'Result',
      Message: JSON.stringify(message),
    })),
  }
}
