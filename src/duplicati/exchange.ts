import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { Failure } from '../domain/failure.ts'
import type { Reach, ReachStep } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import { connectingAgent } from './connecting-agent.ts'
import { connectionTrouble } from './connection-trouble.ts'

/** What an exchange may take before it is given up. */
export interface Limits {
  readonly connectMs: number
  /** Without a byte. */
  readonly idleMs: number
  readonly totalMs: number
  readonly bytes: number
}

/** Listing jobs and options is slow on small machines; a page of a log can be some megabytes. */
export const LIMITS: Limits = { connectMs: 10_000, idleMs: 30_000, totalMs: 120_000, bytes: 32 * 1024 * 1024 }

export interface Question {
  readonly method: 'GET' | 'POST'
  /** Below the base path, with its query: `/api/v1/backups`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Instead of the session's own: signing out goes on where the rest was called off. */
  readonly signal?: AbortSignal | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Asks one server, and no other: a redirect to another place is an answer, never followed. */
export interface Exchange {
  readonly address: string
  readonly https: boolean
  send(question: Question): Promise<Answer>
  close(): void
}

export interface ExchangeOptions {
  readonly limits: Limits
  readonly signal: AbortSignal | undefined
  readonly onStep: (step: ReachStep) => void
}

/** @throws Failure of the step that failed, from `send` */
export function createExchange(reach: Reach, options: ExchangeOptions): Exchange {
  const base = new URL(reach.address)
  const secure = base.protocol === 'https:'
  const agent = connectingAgent(reach, options)
  const target = {
    protocol: base.protocol,
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port === '' ? (secure ? 443 : 80) : Number(base.port),
  }
  const path = base.pathname.replace(/\/+$/, '')

  async function send(question: Question): Promise<Answer> {
    try {
      return await once(question)
    } catch (error) {
      if (error !== STALE) throw error
      return await once(question)
    }
  }

  function once(question: Question): Promise<Answer> {
    const signal = 'signal' in question ? question.signal : options.signal
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(calledOff())
      const request = begin(question)
      // A request that still waits for its connection says nothing when it is destroyed, so both are done.
      const giveUp = (failure: Failure) => {
        reject(failure)
        request.destroy(failure)
      }
      const abort = () => giveUp(calledOff())
      const silent = (ms: number) => () => giveUp(noAnswer(reach.address, ms))
      const total = setTimeout(silent(options.limits.totalMs), options.limits.totalMs)
      request.setTimeout(options.limits.idleMs, silent(options.limits.idleMs))
      signal?.addEventListener('abort', abort, { once: true })
      request.on('close', () => {
        clearTimeout(total)
        signal?.removeEventListener('abort', abort)
      })
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The server closed a kept connection just as we used it: nothing was asked yet.
        const stale = request.reusedSocket && error.code === 'ECONNRESET' && question.method === 'GET'
        reject(stale ? STALE : connectionTrouble(error, reach.address))
      })
      request.on('response', (response) => {
        collect(response, options.limits.bytes, reach.address).then(resolve, (error: Error) => {
          reject(connectionTrouble(error, reach.address))
          request.destroy()
        })
      })
      request.end(question.body)
    })
  }

  function begin(question: Question): http.ClientRequest {
    try {
      return (secure ? https : http).request({
        ...target,
        agent,
        path: path + question.path,
        method: question.method,
        headers: headersOf(reach, question),
      })
    } catch (error) {
      // A header of the owner with a line break in it, say.
      throw error instanceof TypeError ? connectionTrouble(error, reach.address) : error
    }
  }

  return { address: reach.address, https: secure, send, close: () => agent.destroy() }
}

const STALE = new Error('a kept connection had ended')

function calledOff(): Failure {
  return new Failure('unavailable', text('duplicati.failure.aborted'))
}

function noAnswer(address: string, ms: number): Failure {
  return new Failure('unavailable', text('duplicati.failure.no-answer', { address, seconds: ms / 1000 }))
}

function headersOf(reach: Reach, question: Question): Record<string, string> {
  return {
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    ...(question.body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(question.body)) }),
    ...reach.headers,
    ...question.headers,
  }
}

function collect(response: IncomingMessage, limit: number, address: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    response.on('data', (part: Buffer) => {
      size += part.length
      if (size > limit) {
        reject(
          new Failure('too-large', text('duplicati.failure.too-big', { address, limit: { bytes: limit } })),
        )
      } else parts.push(part)
    })
    response.on('error', reject)
    // Old servers begin every answer with a byte order mark.
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(parts)
          .toString('utf8')
          .replace(/^\uFEFF/, ''),
      }),
    )
  })
}
