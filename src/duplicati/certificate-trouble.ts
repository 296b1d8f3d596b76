import type { TLSSocket } from 'node:tls'
import { Failure } from '../domain/failure.ts'
import type { Reach } from '../domain/remote-shape.ts'
import { type Text, text } from '../domain/text.ts'

/** Reasons of OpenSSL that have a sentence of their own. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-issuer'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown-issuer'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not-yet-valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'other-name'],
])

/**
 * Why the certificate of a connection is not to be trusted under the choice made for this server; null where it
 * is. The Failure's text carries `fingerprint` (SHA-256), so that a page can offer to pin it.
 */
export function certificateTrouble(socket: TLSSocket, reach: Reach): Failure | null {
  if (reach.tls === 'none') return null
  const fingerprint = socket.getPeerCertificate().fingerprint256 ?? ''
  const about = { address: reach.address, fingerprint }
  if (reach.tls === 'pinned') {
    if (sameFingerprint(fingerprint, reach.pinnedSha256)) return null
    return new Failure('unavailable', text('duplicati.failure.certificate-changed', about))
  }
  if (socket.authorized) return null
  return new Failure(
    'unavailable',
    text('duplicati.failure.certificate', { ...about, reason: reasonOf(socket) }),
  )
}

/** Whatever its notation: with colons or without, in capitals or not. */
function sameFingerprint(one: string, other: string | null): boolean {
  const bare = (fingerprint: string) => fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase()
  return other !== null && one !== '' && bare(one) === bare(other)
}

function reasonOf(socket: TLSSocket): Text {
  const error: unknown = socket.authorizationError
  const code =
    error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
  const reason = REASONS.get(code)
  return reason === undefined
    ? text('duplicati.certificate.other', { code: code.slice(0, 100) })
    : text(`duplicati.certificate.${reason}`)
}
