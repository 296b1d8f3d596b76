import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { rootCertificates } from 'node:tls'
import { networkFailure } from './network-failure.ts'

export interface NtfyRequest {
  readonly server: string
  readonly authorization: string | null
  readonly tls: { readonly rejectUnauthorized: boolean; readonly ca: string }
  readonly body: string
  readonly signal: AbortSignal
}

export interface NtfyAnswer {
  readonly status: number
  /** ntfy's own code, such as 42901; null where the answer has none. */
  readonly code: number | null
  readonly said: string
}

const MOST_ANSWER_BYTES = 65_536

/** @throws Failure `unavailable` when no whole answer came */
export function ntfyPost(wanted: NtfyRequest): Promise<NtfyAnswer> {
  const url = new URL(wanted.server)
  // Publishing as JSON is done at the root of the server, or at its base path.
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`
  const secure = url.protocol === 'https:'
  const { ca, rejectUnauthorized } = wanted.tls
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(networkFailure('ntfy', error, { server: url.host, secure, aborted: wanted.signal.aborted }))
    const options = {
      method: 'POST',
      signal: wanted.signal,
      agent: false as const,
      headers: headersOf(wanted),
      ...(secure ? { rejectUnauthorized, ...(ca === '' ? {} : { ca: [...rootCertificates, ca] }) } : {}),
    }
    const request = (secure ? requestTls : requestPlain)(url, options, (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= MOST_ANSWER_BYTES) chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString())))
    })
    request.on('error', fail)
    request.end(wanted.body)
  })
}

function headersOf({ authorization, body }: NtfyRequest): Record<string, string | number> {
  return {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'User-Agent': 'duplistatus',
    ...(authorization === null ? {} : { Authorization: authorization }),
  }
}

function answerOf(status: number, body: string): NtfyAnswer {
  try {
    const said: unknown = JSON.parse(body)
    if (typeof said === 'object' && said !== null) {
      const { code, error } = said as Record<string, unknown>
      return {
        status,
        code: typeof code === 'number' ? code : null,
        said: typeof error === 'string' ? error : '',
      }
    }
  } catch {
    // Not ntfy's own answer: a proxy or another program speaks. The status says enough.
  }
  return { status, code: null, said: '' }
}
