import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'

/** What a failed connection says of itself, and the sentence for it. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'name-not-found'],
  ['EAI_AGAIN', 'name-not-found'],
  ['EAI_NODATA', 'name-not-found'],
  ['EAI_NONAME', 'name-not-found'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['ECONNRESET', 'broken-off'],
  ['EPIPE', 'broken-off'],
  ['EPROTO', 'no-https'],
  ['ERR_INVALID_CHAR', 'headers'],
  ['ERR_INVALID_HTTP_TOKEN', 'headers'],
])

/** The Failure for an error of the network below a request. A Failure is given back as it is. */
export function connectionTrouble(error: Error, address: string): Failure {
  if (error instanceof Failure) return error
  return new Failure('unavailable', sentence(codeOf(error), address), { cause: error })
}

/** Where several addresses of a name were tried, the first refusal speaks for all. */
function codeOf(error: Error & { code?: string; errors?: unknown }): string {
  if (error.code !== undefined) return error.code
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined
  return first instanceof Error ? codeOf(first) : ''
}

function sentence(code: string, address: string): Text {
  const known = SENTENCES.get(code)
  if (known !== undefined)
    return text(`duplicati.failure.${known}`, { address, host: new URL(address).hostname })
  if (code.startsWith('HPE_')) return text('duplicati.failure.not-duplicati', { address })
  if (code.startsWith('ERR_SSL_')) return text('duplicati.failure.no-https', { address })
  return text('duplicati.failure.connection', { address, code: code === '' ? 'unknown' : code })
}
