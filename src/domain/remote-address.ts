import { Failure } from './failure.ts'
import { text } from './text.ts'

const DUPLICATI_PORT = '8200'
/** What a browser shows behind the address of the server itself, in all its web interfaces. */
const PAGES = /\/(?:ngclient|ngax|theme|login|index|api|auth)(?:[/.].*)?$/

/**
 * The address of a Duplicati server as a person types or pastes it, made whole: `nas` is `http://nas:8200`,
 * `https://host/duplicati/ngclient/` is `https://host/duplicati`. Never ends with a slash.
 * @throws Failure `invalid` where it is no address of a web server, or carries a user name or password.
 */
export function readAddress(typed: string): string {
  const url = parse(typed.trim())
  if (url === null || url.hostname === '')
    throw new Failure('invalid', text('duplicati.failure.address'), FIELD)
  if (url.username !== '' || url.password !== '') {
    throw new Failure('invalid', text('duplicati.failure.address-secret'), FIELD)
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(PAGES, '').replace(/\/+$/, '')}`
}

/** `nas:8200`: what a person recognises the server by. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address.slice(0, 100)
}

const FIELD = { field: 'address' }

function parse(typed: string): URL | null {
  if (typed === '' || typed.length > 2000) return null
  if (/^https?:\/\//i.test(typed)) return URL.canParse(typed) ? new URL(typed) : null
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return null
  const bare = /^[0-9a-f:.]+$/i.test(typed) && typed.split(':').length > 2 ? `[${typed}]` : typed
  if (!URL.canParse(`http://${bare}`)) return null
  const url = new URL(`http://${bare}`)
  // A URL forgets port 80 of http, so it is read from what was typed.
  const host = bare.split(/[/?#]/)[0] ?? ''
  if (!/:\d+$/.test(host)) url.port = DUPLICATI_PORT
  return url
}
