import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { oneLine } from './plain-text.ts'

export interface Contact {
  /** Host, with port where it has one. */
  readonly server: string
  readonly secure: boolean
  /** The time limit ended it, or the program is stopping. */
  readonly aborted: boolean
}

/**
 * Why no answer came from a server, in words a person can act on. All of it may pass by itself (a certificate is
 * renewed, a network comes back), so the code is always `unavailable`.
 */
export function networkFailure(channel: 'ntfy' | 'email', error: unknown, contact: Contact): Failure {
  const code = codeOf(error)
  const key = contact.aborted ? 'time-out' : (tlsKey(code) ?? networkKey(code) ?? 'unreachable')
  const said = oneLine(error instanceof Error ? error.message : String(error), 200)
  const values = { server: contact.server, said: said === '' ? code : said }
  return new Failure('unavailable', text(`notify.${channel}.failure.${key}`, values), { cause: error })
}

/** The innermost code: an error of a library wraps that of the socket. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code, originalCode } = error as Error & { code?: unknown; originalCode?: unknown }
  if (typeof originalCode === 'string' && originalCode !== '') return originalCode
  if (error instanceof AggregateError && error.errors[0] !== undefined) return codeOf(error.errors[0])
  return typeof code === 'string' ? code : ''
}

// Node's names for what OpenSSL found wrong with a certificate.
const SELF_SIGNED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

function tlsKey(code: string): string | null {
  if (SELF_SIGNED.has(code)) return 'self-signed'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'wrong-name'
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls'
  return null
}

function networkKey(code: string): string | null {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EDNS') return 'no-such-host'
  if (code === 'ECONNREFUSED') return 'connection-refused'
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNECTION') return 'cut'
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR') return 'time-out'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'no-network'
  return null
}
