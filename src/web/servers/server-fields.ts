import { Failure } from '../../domain/failure.ts'
import { readAddress } from '../../domain/remote-address.ts'
import { NEW_CONNECTION, secretName } from '../../domain/remote-reach.ts'
import type { Server } from '../../domain/server.ts'
import { readTags } from '../../domain/tags.ts'
import { text } from '../../domain/text.ts'
import type { Field } from '../settings/field.ts'
import { MASK, readHeaders, shownHeaders } from './header-lines.ts'

const field = (
  key: string,
  more: Omit<Field, 'key' | 'said' | 'default'> & { default?: unknown },
): Field => ({
  key,
  said: `server.${key}`,
  default: '',
  ...more,
})

const MORE: readonly Field[] = [
  field('tls', {
    kind: 'choice',
    group: 'more',
    choices: ['verify', 'own-ca', 'pinned', 'none'],
    default: 'verify',
  }),
  field('pinnedSha256', { kind: 'text', group: 'more', read: readFingerprint }),
  field('caPem', { kind: 'longtext', group: 'more', read: readCertificates }),
  field('headers', { kind: 'longtext', group: 'more', read: readHeaders }),
]

const AUTH = field('auth', {
  kind: 'choice',
  group: 'reach',
  choices: ['password', 'preauth-token', 'forever-token', 'none'],
  default: 'password',
})

/** What is asked for a new server. */
export const NEW_FIELDS: readonly Field[] = [
  field('addresses', { kind: 'longtext', group: 'reach', placeholder: 'http://nas:8200' }),
  field('secret', { kind: 'secret', group: 'reach' }),
  { ...AUTH, group: 'more' },
  ...MORE,
]

/** What can be changed of a server; its password is written under the name of its secret. */
export function fieldsOf(serverId: string): readonly Field[] {
  return [
    field('alias', { kind: 'text', group: 'about' }),
    field('note', { kind: 'longtext', group: 'about' }),
    field('tags', { kind: 'text', group: 'about', read: readTags }),
    field('address', {
      kind: 'text',
      group: 'reach',
      placeholder: 'http://nas:8200',
      read: (typed) => (typed === '' ? '' : readAddress(typed)),
    }),
    field('publicAddress', {
      kind: 'text',
      group: 'reach',
      placeholder: 'https://backup.example.org',
      read: readPublic,
    }),
    AUTH,
    { key: secretName(serverId), said: 'server.secret', kind: 'secret', group: 'reach', default: '' },
    field('collect', { kind: 'flag', group: 'allow', default: true }),
    field('allowRunNow', { kind: 'flag', group: 'allow', default: false }),
    ...MORE,
  ]
}

/** The value that a field shows of a server. Values of headers are never shown: they may be keys. */
export function serverValue(server: Server, { key }: Field): unknown {
  const connection = server.connection ?? NEW_CONNECTION
  if (key === 'tags') return server.tags.join(', ')
  if (key === 'headers') return shownHeaders(connection.headers)
  if (key in connection) return connection[key as keyof typeof connection]
  return server[key as keyof Server]
}

/** Headers as they are to be stored: what still reads as the mask keeps the value it had. */
export function unmasked(
  headers: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const old = new Map(Object.entries(before))
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === MASK ? (old.get(name) ?? value) : value]),
  )
}

function readPublic(typed: string): string {
  if (typed === '') return ''
  const url = URL.canParse(typed) ? new URL(typed) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return typed
  throw new Failure('invalid', text('duplicati.failure.address'))
}

/** SHA-256 in hexadecimal, with colons or without. */
function readFingerprint(typed: string): string | null {
  const digits = typed.replace(/[\s:]/g, '').toUpperCase()
  if (digits === '') return null
  if (/^[0-9A-F]{64}$/.test(digits)) return (digits.match(/../g) ?? []).join(':')
  throw new Failure('invalid', text('servers.fault.fingerprint'))
}

function readCertificates(typed: string): string | null {
  if (typed === '') return null
  if (/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(typed))
    return `${typed.replaceAll('\r\n', '\n')}\n`
  throw new Failure('invalid', text('servers.fault.ca'))
}
