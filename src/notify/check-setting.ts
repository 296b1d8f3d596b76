import { isIP } from 'node:net'

/** Each of these gives the key of the sentence that says what is wrong, or null. Empty is never asked about. */

/** An address mail can be sent to: local part, one @, a host. No comments, quotes or display names. */
export function badAddress(value: string): string | null {
  const [local = '', host = '', ...more] = value.split('@')
  if (more.length > 0 || host === '') return 'notify.setting.address.no-at'
  if (value.length > 254 || local.length > 64 || local === '') return 'notify.setting.address.wrong'
  if (/[\s"(),:;<>[\]\\\0-\x1f\x7f]/.test(value)) return 'notify.setting.address.wrong'
  if (/^\.|\.$|\.\./.test(local)) return 'notify.setting.address.wrong'
  return badHost(host) === null ? null : 'notify.setting.address.wrong'
}

/** A host name or an IP address, without scheme, port or path. */
export function badHost(value: string): string | null {
  if (isIP(value) !== 0) return null
  if (/[:/\\@?#\s]/.test(value)) return 'notify.setting.host.only-name'
  const labels = value.replace(/\.$/, '').split('.')
  const fine = labels.every((label) =>
    /^[\p{L}\p{N}_]([\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}_])?$/u.test(label),
  )
  return fine && value.length <= 253 ? null : 'notify.setting.host.wrong'
}

/** Address of an ntfy server: http or https, a base path if need be, and nothing else. */
export function badServer(value: string): string | null {
  if (!URL.canParse(value)) return 'notify.setting.server.wrong'
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'notify.setting.server.scheme'
  if (url.username !== '' || url.password !== '') return 'notify.setting.server.no-password'
  return url.search === '' && url.hash === '' ? null : 'notify.setting.server.only-address'
}

/** Names that ntfy keeps for itself (server configuration, `disallowed topics`). */
const RESERVED = ['docs', 'static', 'file', 'app', 'metrics', 'account', 'settings', 'signup', 'login', 'v1']

/** ntfy's own rule: `^[-_A-Za-z0-9]{1,64}$`. */
export function badTopic(value: string): string | null {
  if (value.length > 64) return 'notify.setting.topic.too-long'
  if (!/^[-_A-Za-z0-9]+$/.test(value)) return 'notify.setting.topic.letters'
  return RESERVED.includes(value.toLowerCase()) ? 'notify.setting.topic.reserved' : null
}

export function badPem(value: string): string | null {
  const whole = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.test(value)
  if (/PRIVATE KEY-----/.test(value)) return 'notify.setting.pem.private-key'
  return whole ? null : 'notify.setting.pem.wrong'
}

/** `HH:MM`, 00:00 to 23:59. */
export function badTime(value: string): string | null {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? null : 'notify.setting.time.wrong'
}

export function badZone(value: string): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return null
  } catch {
    return 'notify.setting.zone.wrong'
  }
}
