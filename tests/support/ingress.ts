import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, isIPv4 } from 'node:net'
import type { Readable } from 'node:stream'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'

/** Who sits before the browser; null: a session that was made without a user. */
export interface IngressUser {
  readonly id: string
  readonly name: string | null
  readonly display: string | null
}

export interface IngressStandIn {
  /** Where Home Assistant answers, without a slash at the end. */
  readonly origin: string
  /** Address of the app inside the frame, with a slash at the end. */
  readonly entry: string
  /** The page with the frame, as the sidebar opens it. */
  readonly panel: string
  /** Every request that reached Home Assistant: method and address. */
  readonly requests: string[]
  /** Cookie header of a signed-in browser, for programs. */
  readonly cookie: string
  setUser(user: IngressUser | null): void
  close(): Promise<void>
}

export interface IngressOptions {
  /** Port of the app's ingress door on 127.0.0.1. */
  readonly appPort: number
  readonly user: IngressUser | null
  readonly token?: string
  readonly slug?: string
}

const SESSION = 'ingress_session=good'
const LARGEST_BODY = 16 * 1024 * 1024
/** Answers up to this length are held back whole; longer ones, or of unknown length, are streamed. */
const LARGEST_HELD = 4_194_000

/**
 * Home Assistant before an add-on, both legs: Core (`/api/hassio_ingress/<token>/...`) hands on to the Supervisor,
 * which hands on to the app (reference: 2.1 to 2.5). What is lost and changed on the way is lost and changed here.
 */
export async function startIngress(options: IngressOptions): Promise<IngressStandIn> {
  const token = options.token ?? crypto.randomUUID().replaceAll('-', '')
  const slug = options.slug ?? 'abcdef12_duplistatus'
  const prefix = `/api/hassio_ingress/${token}`
  const requests: string[] = []
  let user = options.user

  const supervisor = createServer((request, response) => {
    void supervisorLeg(request, response, { appPort: options.appPort, token, user: () => user })
  })
  await listen(supervisor)
  const core = createServer((request, response) => {
    const url = request.url ?? '/'
    requests.push(`${request.method} ${url}`)
    if (url === `/app/${slug}` || url.startsWith(`/app/${slug}/`))
      return panelPage(response, prefix, slug, url)
    if (url.startsWith(`${prefix}/`))
      return coreLeg(request, response, { prefix, token, port: portOf(supervisor) })
    response.writeHead(url.startsWith('/api/hassio_ingress/') ? 401 : 404).end()
  })
  await listen(core)
  const origin = `http://127.0.0.1:${portOf(core)}`
  return {
    origin,
    entry: `${origin}${prefix}/`,
    panel: `${origin}/app/${slug}`,
    requests,
    cookie: SESSION,
    setUser(next) {
      user = next
    },
    async close() {
      for (const server of [core, supervisor]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

/** Core: names the path and the sender, hands on, and puts its own headers on what it did not stream. */
function coreLeg(
  incoming: IncomingMessage,
  response: ServerResponse,
  to: { prefix: string; token: string; port: number },
): void {
  const url = incoming.url ?? '/'
  if (isRefused(url)) {
    refuse(response, 400)
    return
  }
  const path = rebuilt(url.slice(to.prefix.length))
  const headers = handedOn(incoming.headers)
  const onward = request(
    {
      host: '127.0.0.1',
      port: to.port,
      method: incoming.method,
      path: `/ingress/${to.token}${path}`,
      headers: {
        ...headers,
        host: incoming.headers.host,
        'x-ingress-path': to.prefix,
        'x-hass-source': 'core.ingress',
        'x-forwarded-for': chain(headers['x-forwarded-for'], incoming),
        'x-forwarded-host': incoming.headers.host,
        'x-forwarded-proto': 'http',
      },
    },
    (answer) => {
      const streamed = answer.headers['content-length'] === undefined
      response.writeHead(answer.statusCode ?? 502, {
        ...handedOn(answer.headers),
        ...(streamed
          ? { 'x-accel-buffering': 'no' }
          : {
              'referrer-policy': 'no-referrer',
              'x-content-type-options': 'nosniff',
              'x-frame-options': 'SAMEORIGIN',
            }),
      })
      answer.pipe(response)
      response.on('close', () => answer.destroy())
    },
  )
  onward.on('error', () => refuse(response, 502))
  incoming.pipe(onward)
}

/** Supervisor: checks the session, says who it is, unpacks what is packed, and drops the charset. */
async function supervisorLeg(
  incoming: IncomingMessage,
  response: ServerResponse,
  to: { appPort: number; token: string; user: () => IngressUser | null },
): Promise<void> {
  const url = incoming.url ?? '/'
  const prefix = `/ingress/${to.token}`
  if (!url.startsWith(`${prefix}/`)) return refuse(response, 503)
  if (isRefused(url)) return refuse(response, 400)
  if (!(incoming.headers.cookie ?? '').split(/; */).includes(SESSION)) return refuse(response, 401)
  // ingress_stream: a POST is streamed without its length; every other body is held, within a limit.
  const streams = incoming.method === 'POST'
  const body = streams ? null : await wholeBody(incoming)
  if (body === 'too large') return refuse(response, 413)
  const headers = handedOn(incoming.headers)
  for (const name of Object.keys(headers)) {
    if (/^x-remote-user-|^x-supervisor-token$|^x-hassio-key$|^content-length$/.test(name))
      delete headers[name]
  }
  const onward = request(
    {
      host: '127.0.0.1',
      port: to.appPort,
      method: incoming.method,
      path: rebuilt(url.slice(prefix.length)),
      headers: {
        ...headers,
        ...identity(to.user()),
        'x-forwarded-for': chain(headers['x-forwarded-for'] ?? 'None', incoming),
        ...(body === null ? {} : { 'content-length': body.length }),
      },
    },
    (answer) => void answered(answer, response),
  )
  onward.on('error', () => refuse(response, 502, '502: Bad Gateway'))
  if (body === null) incoming.pipe(onward)
  else onward.end(body)
}

async function answered(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const { 'content-encoding': packed, 'content-length': length, ...rest } = handedOn(answer.headers)
  const headers = { ...rest, ...withoutCharset(answer.headers['content-type']) }
  const status = answer.statusCode ?? 502
  const held = length !== undefined && Number(length) <= LARGEST_HELD
  if (packed !== undefined) {
    const plain = unpack(String(packed), await bytesOf(answer))
    response.writeHead(status, held ? { ...headers, 'content-length': plain.length } : headers).end(plain)
  } else if (held) {
    const bytes = await bytesOf(answer)
    response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes)
  } else {
    response.writeHead(status, headers)
    answer.pipe(response)
    response.on('close', () => answer.destroy())
  }
}

/** Headers of one hop stay there. Several Set-Cookie are kept apart. */
function handedOn(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const hop =
    /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|proxy-.*|accept-encoding|sec-websocket-.*)$/
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || hop.test(name) ? [] : [[name, value]],
    ),
  )
}

function identity(user: IngressUser | null): Record<string, string> {
  if (user === null) return {}
  return {
    'x-remote-user-id': user.id,
    ...(user.name === null ? {} : { 'x-remote-user-name': user.name }),
    ...(user.display === null ? {} : { 'x-remote-user-display-name': user.display }),
  }
}

function withoutCharset(type: string | undefined): Record<string, string> {
  return type === undefined ? {} : { 'content-type': type.split(';')[0]?.trim() ?? type }
}

function chain(before: string | string[] | undefined, incoming: IncomingMessage): string {
  const raw = incoming.socket.remoteAddress ?? ''
  const peer = isIPv4(raw.replace('::ffff:', '')) ? raw.replace('::ffff:', '') : raw
  return before === undefined ? peer : `${String(before)}, ${peer}`
}

/** Addresses that Home Assistant refuses, looked for in what is left after unquoting again and again. */
function isRefused(url: string): boolean {
  let plain = url
  for (let round = 0; round < 5; round += 1) {
    const next = unquoted(plain)
    if (next === plain) break
    plain = next
  }
  return (
    /proc\/self\/environ/i.test(plain) ||
    /<.*script.*>/is.test(plain) ||
    /union.*select.*\(/is.test(plain) ||
    /concat[^(]*\(/is.test(plain) ||
    /\.\.\//.test(plain) ||
    /[a-z0-9_]=\/[a-z0-9_.]\//i.test(plain)
  )
}

/** Paths are decoded and built anew, queries get an equals sign: what aiohttp and yarl do on each leg. */
function rebuilt(path: string): string {
  const [before = '', ...query] = path.split('?')
  const segments = before.replace(/%25/gi, '%2525').replace(/%(2F|3F|23)/gi, (sign) => unquoted(sign))
  const whole = `${segments.replace(/%2525/g, '%25').split('#')[0]}`
  if (query.length === 0) return whole
  const pairs = query
    .join('?')
    .split('&')
    .map((pair) => (pair === '' || pair.includes('=') ? pair : `${pair}=`))
  return `${whole}?${pairs.join('&')}`
}

function unquoted(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function unpack(encoding: string, bytes: Buffer): Buffer {
  if (encoding === 'gzip') return gunzipSync(bytes)
  if (encoding === 'br') return brotliDecompressSync(bytes)
  return encoding === 'deflate' ? inflateSync(bytes) : bytes
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

async function wholeBody(incoming: IncomingMessage): Promise<Buffer | 'too large'> {
  const body = await bytesOf(incoming)
  return body.length > LARGEST_BODY ? 'too large' : body
}

function refuse(response: ServerResponse, status: number, body = ''): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
}

/** The frontend around the frame: session cookie, and the messages that pass between them. */
function panelPage(response: ServerResponse, prefix: string, slug: string, url: string): void {
  const tail = url.slice(`/app/${slug}`.length)
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'set-cookie': `${SESSION}; Path=/api/hassio_ingress/; SameSite=Strict; HttpOnly`,
  })
  response.end(`<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Home Assistant</title>
<style>html,body,iframe{margin:0;width:100%;height:100%;border:0;display:block}</style>
<iframe src="${prefix}/" title="Backups"></iframe>
<script>
window.messages = []
const frame = document.querySelector('iframe')
addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow) return
  messages.push(event.data)
  if (event.data.type === 'home-assistant/subscribe-properties') {
    const properties = { narrow: innerWidth < 870, route: { prefix: '/app/${slug}', path: ${JSON.stringify(tail)} } }
    frame.contentWindow.postMessage({ type: 'home-assistant/properties', ...properties }, '*')
  }
})
</script>`)
}

async function listen(server: ReturnType<typeof createServer>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
}

function portOf(server: ReturnType<typeof createServer>): number {
  return (server.address() as AddressInfo).port
}
