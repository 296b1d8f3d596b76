import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import type { Answer } from './exchange.ts'
import { readObject, stringOf } from './remote-parts.ts'

const XSRF = /missing xsrf token/i

/** Whether a server of 2.0.x wants its XSRF token. */
export function saysXsrf(answer: Answer): boolean {
  return answer.status === 400 && XSRF.test(answer.text)
}

/** Whether it is Duplicati that wants a sign-in, not something in front of it. */
export function isBearer(answer: Answer): boolean {
  const wanted = answer.headers['www-authenticate']
  return wanted === undefined || /^bearer/i.test(wanted)
}

/** The Failure for an answer that is not what was asked for: which door was shut, and what opens it. */
export function refusal(answer: Answer, address: string): Failure {
  return new Failure(answer.status === 404 ? 'not-found' : 'unavailable', sentence(answer, address))
}

function sentence(answer: Answer, address: string): Text {
  const body = readObject(answer.text)
  const said = stringOf(body, 'Error') ?? (body === null ? answer.text.slice(0, 2000) : '')
  if (answer.status >= 300 && answer.status < 400) return redirected(answer, address)
  if (
    stringOf(body, 'HelpId') === 'DatabaseLocked' ||
    /database is (?:currently in use|locked)/i.test(said)
  ) {
    return text('duplicati.failure.database-locked')
  }
  if (/presharedkey/i.test(said)) return text('duplicati.failure.pre-shared-key', { address })
  if (answer.status === 401 && !isBearer(answer)) return text('duplicati.failure.proxy-sign-in', { address })
  if (answer.status === 401) return text('duplicati.failure.not-signed-in', { address })
  if (answer.status === 403) return forbidden(said, address)
  if (answer.status === 404 && body !== null) return text('duplicati.failure.not-there', { address })
  if (saysXsrf(answer)) return text('duplicati.failure.too-old-for-tokens', { address })
  if ([407, 429, 502, 503, 504].includes(answer.status)) {
    return text('duplicati.failure.away', { address, status: String(answer.status) })
  }
  if (body === null) return text('duplicati.failure.not-duplicati', { address })
  return text('duplicati.failure.server-error', { address, status: String(answer.status), said: brief(said) })
}

/** Only where to, not with what: an address may carry what should not be shown. */
function redirected(answer: Answer, address: string): Text {
  const to = answer.headers.location ?? ''
  const place = URL.canParse(to, address) ? new URL(to, address).origin : '?'
  return text('duplicati.failure.redirected', { address, to: place.slice(0, 300) })
}

function forbidden(said: string, address: string): Text {
  const host = /hostname:\s*([^\s"<>]{1,253})/i.exec(said)?.[1] ?? new URL(address).hostname
  return /host ?name/i.test(said)
    ? text('duplicati.failure.host-not-allowed', { host })
    : text('duplicati.failure.forbidden', { address })
}

/** Enough to search for, without what looks like an address or a secret in it. */
function brief(said: string): string {
  const bare = said
    .replace(/\w+:\/\/\S+/g, '…')
    .replace(/((?:password|passphrase|token|secret|key)\S*\s*[=:]\s*)\S+/gi, '$1…')
  return bare
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, 200)
}
