import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestCertificate } from './certificate.ts'

/** What a phone would show. */
export interface Push {
  readonly topic: string
  readonly title: string
  readonly message: string
  readonly priority: number
  readonly tags: readonly string[]
  readonly click: string | null
  readonly actions: readonly Record<string, unknown>[]
  readonly authorization: string | null
}

/** How the stand-in behaves: it takes messages by ntfy's rules, or answers, cuts or hangs as told. */
export type NtfyMood = 'take' | 'hang' | 'cut' | 'half' | { readonly status: number; readonly body?: string }

export interface NtfyServer {
  readonly url: string
  readonly pushes: readonly Push[]
  /** Requests of any outcome. */
  readonly requests: number
  mood: NtfyMood | ((nth: number) => NtfyMood)
  /** `Authorization` that is asked for; null takes everybody. */
  authorization: string | null
  /** Ends the requests that hang, without an answer. */
  letGo(): void
  /** Resolves when so many messages have arrived. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

const MESSAGE_LIMIT = 4096
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/
const DISALLOWED = [
  'docs',
  'static',
  'file',
  'app',
  'metrics',
  'account',
  'settings',
  'signup',
  'login',
  'v1',
]

/** An ntfy server as strict as the real one about JSON publishing, without attachments (most servers have none). */
export async function startNtfy(
  options: { tls?: TestCertificate; basePath?: string } = {},
): Promise<NtfyServer> {
  const pushes: Push[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const hanging: (() => void)[] = []
  const base = options.basePath ?? ''
  let requests = 0
  const told: Pick<NtfyServer, 'mood' | 'authorization'> = { mood: 'take', authorization: null }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1
    const mood = typeof told.mood === 'function' ? told.mood(requests) : told.mood
    const body = await bodyOf(request)
    if (mood === 'hang') return void hanging.push(() => request.socket.destroy())
    if (mood === 'cut') return void request.socket.destroy()
    if (mood === 'half') {
      response.writeHead(200, { 'Content-Length': 500 })
      response.write('{"id":"')
      return void setTimeout(() => request.socket.destroy(), 20)
    }
    if (mood !== 'take') return answer(response, mood.status, mood.body ?? '')
    const authorization = request.headers.authorization ?? null
    if (told.authorization !== null && authorization !== told.authorization) {
      return refuse(response, 401, 40101, 'unauthorized')
    }
    if (request.method !== 'POST' || request.url !== `${base}/`)
      return refuse(response, 404, 40401, 'page not found')
    const push = read(body, authorization)
    if ('code' in push) return refuse(response, push.status, push.code, push.error)
    pushes.push(push)
    for (const one of waiting) if (pushes.length >= one.count) one.resolve()
    answer(response, 200, JSON.stringify({ id: 'x', event: 'message', topic: push.topic }))
  }

  const server =
    options.tls === undefined
      ? createPlain((request, response) => void handle(request, response))
      : createTls(options.tls, (request, response) => void handle(request, response))
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(told, {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${base}`,
    pushes,
    get requests() {
      return requests
    },
    letGo() {
      for (const end of hanging.splice(0)) end()
    },
    arrived: (count: number) =>
      new Promise<void>((resolve) => (pushes.length >= count ? resolve() : waiting.push({ count, resolve }))),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

interface Refusal {
  readonly status: number
  readonly code: number
  readonly error: string
}

function read(body: Buffer, authorization: string | null): Push | Refusal {
  if (body.length > 2 * MESSAGE_LIMIT) return { status: 413, code: 41303, error: 'JSON body too large' }
  const document = parsed(body)
  if (document === null) return { status: 400, code: 40017, error: 'request body must be message JSON' }
  const { topic, message, title = '', priority = 3, tags = [], click = null, actions = [] } = document
  if (typeof topic !== 'string' || !TOPIC.test(topic))
    return { status: 400, code: 40009, error: 'topic invalid' }
  if (DISALLOWED.includes(topic)) return { status: 400, code: 40010, error: 'topic name is disallowed' }
  if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5) {
    return { status: 400, code: 40007, error: 'invalid priority parameter' }
  }
  const textsFit = typeof message === 'string' && typeof title === 'string' && isTexts(tags)
  if (!textsFit || (click !== null && typeof click !== 'string') || !areActions(actions)) {
    return { status: 400, code: 40018, error: 'invalid request: actions invalid' }
  }
  if (Buffer.byteLength(message) >= MESSAGE_LIMIT) {
    return { status: 400, code: 40014, error: 'invalid request: attachments not allowed' }
  }
  return { topic, title, message, priority: Number(priority), tags, click, actions, authorization }
}

function parsed(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function areActions(value: unknown): value is Record<string, unknown>[] {
  if (!Array.isArray(value) || value.length > 3) return false
  return value.every(
    (one) =>
      typeof one === 'object' &&
      one !== null &&
      (one.action === 'view' || one.action === 'http') &&
      typeof one.label === 'string' &&
      one.label !== '' &&
      URL.canParse(one.url),
  )
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, status: number, code: number, error: string): void {
  answer(response, status, JSON.stringify({ code, http: status, error, link: 'https://ntfy.sh/docs' }))
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(body)
}
