/**
 * The client of the bench, a process of its own so that it does not take the server's time. The parent sends one
 * `LoadOrder` at a time and gets one `LoadResult` back.
 */
import http from 'node:http'
import { reportBodies } from './report-bodies.ts'

export type LoadOrder =
  | {
      readonly kind: 'get'
      readonly port: number
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly clients: number
      readonly warmUp: number
      /** Ends at whichever comes first. */
      readonly count: number
      readonly milliseconds: number
    }
  | {
      /** Sign-ins with a wrong password, from an address beyond a proxy. */
      readonly kind: 'guess'
      readonly port: number
      readonly address: string
      readonly clients: number
      readonly warmUp: number
      readonly count: number
      readonly milliseconds: number
    }
  | {
      readonly kind: 'upload'
      readonly port: number
      readonly clients: number
      readonly lines: number
      /** Number of the first report, so that every report of a bench is a run of its own. */
      readonly from: number
      readonly warmUp: number
      readonly count: number
      readonly milliseconds: number
    }

export interface LoadResult {
  readonly count: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Answers that were not 200. */
  readonly refused: number
  readonly firstRefusal: string
  /** Bytes of one answer's body, as it came over the wire. */
  readonly bytes: number
  /** Bytes of one request's body. */
  readonly sentBytes: number
}

interface Answer {
  readonly status: number
  readonly body: Buffer
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function load(order: LoadOrder): Promise<LoadResult> {
  const agents = Array.from(
    { length: order.clients },
    () => new http.Agent({ keepAlive: true, maxSockets: 1 }),
  )
  const request = senderOf(order)
  let begun = 0
  for (; begun < order.warmUp; begun += agents.length) {
    await Promise.all(agents.map((agent, client) => request(agent, begun + client)))
  }
  const latencies: number[] = []
  let refused = 0
  let firstRefusal = ''
  let last: Answer = { status: 0, body: Buffer.alloc(0) }
  const start = performance.now()
  const until = start + order.milliseconds
  const stop = begun + order.count
  const client = async (agent: http.Agent) => {
    while (begun < stop && performance.now() < until) {
      const number = begun++
      const at = performance.now()
      last = await request(agent, number)
      latencies.push(performance.now() - at)
      if (last.status !== 200) {
        refused++
        firstRefusal ||= `${last.status} ${last.body.toString('utf8').slice(0, 200)}`
      }
    }
  }
  await Promise.all(agents.map(client))
  const elapsed = performance.now() - start
  for (const agent of agents) agent.destroy()
  latencies.sort((one, other) => one - other)
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return {
    count: latencies.length,
    perSecond: (latencies.length / elapsed) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    refused,
    firstRefusal,
    bytes: last.body.length,
    sentBytes: order.kind === 'upload' ? reportBodies(order.lines)(order.from).length : 0,
  }
}

type Request = (agent: http.Agent, number: number) => Promise<Answer>

function senderOf(order: LoadOrder): Request {
  if (order.kind === 'get') return getter(order)
  return order.kind === 'guess' ? guesser(order) : uploader(order)
}

function guesser({ port, address }: LoadOrder & { kind: 'guess' }): Request {
  return (agent, number) => {
    const body = Buffer.from(`name=admin&next=%2F&password=guess-${number}`)
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(body.length),
      'X-Forwarded-For': address,
    }
    return send({ host: '127.0.0.1', port, path: '/sign-in', headers, agent, method: 'POST' }, body)
  }
}

function getter(order: LoadOrder & { kind: 'get' }): Request {
  const { port, path, headers } = order
  return (agent) => send({ host: '127.0.0.1', port, path, headers, agent, method: 'GET' }, null)
}

function uploader(order: LoadOrder & { kind: 'upload' }): Request {
  const bodyOf = reportBodies(order.lines)
  return (agent, number) => {
    const body = bodyOf(order.from + number)
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }
    return send(
      { host: '127.0.0.1', port: order.port, path: '/api/upload', headers, agent, method: 'POST' },
      body,
    )
  }
}

function send(options: http.RequestOptions, body: Buffer | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}
