import { request } from 'node:http'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** Where the Supervisor answers and with what we sign; from `SUPERVISOR_URL` and `SUPERVISOR_TOKEN`. */
export interface SupervisorAccess {
  readonly url: string
  readonly token: string
}

/** An answer of the Supervisor, of whatever status. `data` is what its envelope holds, or Core's own answer. */
export interface SupervisorAnswer {
  readonly status: number
  readonly data: unknown
  readonly message: string
}

export type SupervisorRequest = (
  method: 'GET' | 'POST',
  path: string,
  options?: { readonly body?: object; readonly signal?: AbortSignal },
) => Promise<SupervisorAnswer>

const TIMEOUT_MS = 10_000
/** The states of a house with ten thousand entities. */
const LARGEST_ANSWER = 8 * 1024 * 1024

/** Talks to the Supervisor; throws Failure `unavailable` where nothing answers in time. */
export function createSupervisorRequest({ url, token }: SupervisorAccess): SupervisorRequest {
  return (method, path, { body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
      const unreachable = (cause: unknown) =>
        reject(new Failure('unavailable', text('supervisor.unreachable'), { cause }))
      const ask = request(`${url.replace(/\/+$/, '')}${path}`, {
        method,
        timeout: TIMEOUT_MS,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(payload === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': payload.length }),
        },
        ...(signal === undefined ? {} : { signal }),
      })
      ask.on('timeout', () => ask.destroy(new Error('no answer in time')))
      ask.on('error', unreachable)
      ask.on('response', (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on('data', (part: Buffer) => {
          size += part.length
          if (size > LARGEST_ANSWER) ask.destroy(new Error('answer too large'))
          else parts.push(part)
        })
        response.on('error', unreachable)
        response.on('end', () => resolve(read(response.statusCode ?? 0, Buffer.concat(parts).toString())))
      })
      ask.end(payload)
    })
}

/** `{"result":"ok","data":...}` or `{"result":"error","message":...}`; Core behind it answers without envelope. */
function read(status: number, body: string): SupervisorAnswer {
  let parsed: unknown = null
  try {
    parsed = JSON.parse(body)
  } catch {
    return { status, data: null, message: body.slice(0, 200) }
  }
  if (typeof parsed !== 'object' || parsed === null) return { status, data: parsed, message: '' }
  const { result, data, message } = parsed as { result?: unknown; data?: unknown; message?: unknown }
  const said = typeof message === 'string' ? message.slice(0, 200) : ''
  return { status, data: result === undefined ? parsed : data, message: said }
}

/** The answer's data; throws a Failure that says what a status means: try later, or never. */
export function dataOf(answer: SupervisorAnswer): unknown {
  const { status, message } = answer
  if (status >= 200 && status < 300) return answer.data
  if (status === 401 || status === 403) throw new Failure('forbidden', text('supervisor.refused', { status }))
  if (status === 429 || status >= 500) throw new Failure('unavailable', text('supervisor.busy', { status }))
  throw new Failure('invalid', text('supervisor.error', { status, message }))
}
