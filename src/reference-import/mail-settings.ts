import type { ImportNote } from '../domain/import-share.ts'
import { text } from '../domain/text.ts'
import { type Fields, flag, strings } from './fields.ts'
import type { KeyRing } from './key-file.ts'
import { misread } from './notes.ts'
import type { SettingsPart } from './settings.ts'

const SECURITY: ReadonlyMap<string, string> = new Map([
  ['ssl', 'tls'],
  ['starttls', 'starttls'],
  ['plain', 'plain'],
])

/** The mail server. What the key file does not open is left open, so that a later import with the right one fills it. */
export function mailOf(
  mail: Fields,
  keys: KeyRing,
): { readonly part: SettingsPart; readonly notes: readonly ImportNote[] } {
  const { host, connectionType, username, password, mailto, senderName, fromAddress } = strings(mail)
  const notes: ImportNote[] = []
  if (!host) {
    if (Object.keys(mail).length > 0)
      notes.push({ kind: 'email', text: text('import.note.incomplete', { name: 'smtp_config' }) })
    return { part: { kind: 'email', values: {}, secrets: {}, anchors: ['email.host'] }, notes }
  }
  const open = (sealed: string | undefined) => (sealed ? keys.open(sealed) : '')
  const [user, secret] = [open(username), open(password)]
  const isOpen = user !== null && secret !== null
  if (!isOpen) notes.push({ kind: 'secrets', text: text('import.trouble.mail-password') })
  const kind = SECURITY.get(connectionType ?? (flag(mail['secure']) === true ? 'ssl' : 'starttls'))
  if (kind === undefined) notes.push(misread('email', 'connectionType', connectionType))
  const port = Number(mail['port'])
  const from = fromAddress || (user?.includes('@') ? user : '')
  const values = {
    'email.host': host,
    'email.port': Number.isInteger(port) && port > 0 ? port : 587,
    'email.security': kind ?? 'starttls',
    'email.check_certificate': false,
    'email.sign_in': flag(mail['requireAuth']) !== false,
    'email.sender_name': senderName || 'duplistatus',
    'email.to': (mailto ?? '').split(/[\s,;]+/).filter((one) => one !== ''),
    ...(from === '' ? {} : { 'email.from': from }),
    ...(isOpen ? { 'email.user': user, 'notices.email.enabled': true } : {}),
  }
  const secrets: Record<string, string> = secret ? { 'email.password': secret } : {}
  return { part: { kind: 'email', values, secrets, anchors: ['email.host'] }, notes }
}
