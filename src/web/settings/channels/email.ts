import type { Field } from '../field.ts'
import type { Section } from '../section.ts'
import { byNotices, policyFields } from './channel-fields.ts'
import { lacking, lastDelivered, lastTrial } from './delivered.ts'

const PARTS: readonly Field[] = [
  { key: 'notices.email.enabled', kind: 'flag', default: false },
  { key: 'email.to', kind: 'lines', default: [], placeholder: 'you@example.org' },
  { key: 'email.host', kind: 'text', default: '', group: 'server', placeholder: 'mail.example.org' },
  {
    key: 'email.security',
    kind: 'choice',
    default: 'starttls',
    choices: ['starttls', 'tls', 'plain'],
    group: 'server',
  },
  { key: 'email.port', kind: 'number', default: 587, range: [1, 65_535], group: 'server' },
  { key: 'email.sign_in', kind: 'flag', default: true, group: 'server' },
  { key: 'email.user', kind: 'text', default: '', group: 'server' },
  { key: 'email.password', kind: 'secret', default: '', group: 'server' },
  { key: 'email.check_certificate', kind: 'flag', default: true, group: 'tls' },
  {
    key: 'email.ca',
    kind: 'longtext',
    default: '',
    group: 'tls',
    placeholder: '-----BEGIN CERTIFICATE-----',
  },
  { key: 'email.sender_name', kind: 'text', default: 'duplistatus', group: 'sender' },
  { key: 'email.from', kind: 'text', default: '', group: 'sender', placeholder: 'backups@example.org' },
]

/** Mail. Its fields are checked by the rules that sending uses. */
export const EMAIL: Section = {
  name: 'email',
  group: 'channels',
  icon: 'mail',
  who: 'administrator',
  fields: [
    ...PARTS.map((field) => (field.kind === 'secret' ? field : { ...field, read: byNotices(field.key) })),
    ...policyFields('email'),
  ],
  page: {
    template: 'pages/channels/email',
    async model(house, visit) {
      return {
        hasPublicUrl: house.settings.publicUrl !== '',
        lacks: lacking(house, visit, 'email'),
        trial: lastTrial(house, visit, 'email'),
        last: await lastDelivered(house, visit, 'email'),
      }
    },
  },
}
