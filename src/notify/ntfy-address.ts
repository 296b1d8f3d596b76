import { randomInt } from 'node:crypto'
import type { NtfySettings } from './settings.ts'

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A topic nobody guesses, in the form of the reference product: `duplistatus-` and 12 letters and digits. */
export function newTopic(): string {
  return `duplistatus-${Array.from({ length: 12 }, () => SIGNS[randomInt(SIGNS.length)]).join('')}`
}

/** The page of a topic in a browser. */
export function topicPage(settings: Pick<NtfySettings, 'server'>, topic: string): string {
  return `${settings.server.replace(/\/+$/, '')}/${encodeURIComponent(topic)}`
}

/**
 * What the QR code says: the link by which the phone app subscribes (ntfy documentation, "ntfy:// links"; `secure=false`
 * for a server without TLS). The token is written with its prefix exactly once.
 */
export function phoneLink(
  settings: Pick<NtfySettings, 'server'>,
  topic: string,
  token: string | null,
): string {
  const url = new URL(settings.server)
  const query = new URLSearchParams()
  if (url.protocol === 'http:') query.set('secure', 'false')
  if (token !== null && token !== '') query.set('auth', token.startsWith('tk_') ? token : `tk_${token}`)
  const rest = query.size === 0 ? '' : `?${query.toString()}`
  return `ntfy://${url.host}${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(topic)}${rest}`
}
