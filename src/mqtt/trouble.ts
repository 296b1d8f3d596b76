import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { type Broker, shownAddress } from './broker.ts'
import { shorten } from './label.ts'

/** Refusals in CONNACK: 1 to 5 in MQTT 3.1.1, from 128 in MQTT 5 (OASIS standards, table of return codes). */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1, 'version'],
  [2, 'identifier'],
  [3, 'busy'],
  [4, 'password'],
  [5, 'password'],
  [132, 'version'],
  [133, 'identifier'],
  [134, 'password'],
  [135, 'password'],
  [136, 'busy'],
  [137, 'busy'],
  [138, 'banned'],
])

const NETWORK: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'name'],
  ['EAI_AGAIN', 'name'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'silent'],
  ['ECONNRESET', 'closed'],
  ['EPROTO', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
])

/** Why a broker could not be used, as a person can act on it: `forbidden` where it refused us. */
export function brokerTrouble(broker: Broker, error: unknown): Failure {
  const code = (error as { code?: unknown } | null)?.code
  const address = shownAddress(broker)
  if (typeof code === 'number') {
    const refusal = REFUSALS.get(code)
    const named =
      refusal === undefined ? text('mqtt.trouble.code', { address, code }) : said(refusal, address)
    return new Failure('forbidden', named, { cause: error })
  }
  if (error === null || error === undefined) return new Failure('unavailable', said('closed', address))
  const network = typeof code === 'string' ? NETWORK.get(code) : undefined
  if (network !== undefined) return new Failure('unavailable', said(network, address), { cause: error })
  if (isAboutOurs(code))
    return new Failure('forbidden', said('client-certificate', address), { cause: error })
  const reason = shorten(error instanceof Error ? error.message : String(error), 200)
  if (/connack timeout/i.test(reason))
    return new Failure('unavailable', said('silent', address), { cause: error })
  const key = isUnreadable(code)
    ? 'mqtt.trouble.pem'
    : isCertificate(code)
      ? 'mqtt.trouble.certificate'
      : 'mqtt.trouble.other'
  return new Failure('unavailable', text(key, { address, reason }), { cause: error })
}

/** A message that was answered with a refusal (MQTT 5, from 128): its topic is not for us. Null for other errors. */
export function topicRefused(broker: Broker, topic: string, error: unknown): Failure | null {
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'number' || code < 128) return null
  const values = { address: shownAddress(broker), topic }
  return new Failure('forbidden', text('mqtt.trouble.topics', values), { cause: error })
}

function said(kind: string, address: string) {
  return text(`mqtt.trouble.${kind}`, { address })
}

/** What the broker says of the certificate that we showed, or did not show (TLS alerts, RFC 8446 section 6.2). */
function isAboutOurs(code: unknown): boolean {
  return (
    typeof code === 'string' && /^ERR_SSL_.*_ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/.test(code)
  )
}

/** Node could not read a certificate or key, or they are not of one pair: nothing was sent yet. */
function isUnreadable(code: unknown): boolean {
  return typeof code === 'string' && /^ERR_OSSL_|^ERR_CRYPTO_|^ERR_MISSING_PASSPHRASE$/.test(code)
}

function isCertificate(code: unknown): boolean {
  return typeof code === 'string' && /CERT|SELF_SIGNED|ISSUER|SIGNATURE|CRL|ALTNAME/.test(code)
}
