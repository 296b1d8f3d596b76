import type { Field } from '../field.ts'
import type { Section } from '../section.ts'
import { byNotices, policyFields } from './channel-fields.ts'
import { lacking, lastDelivered, lastTrial } from './delivered.ts'

const SERVER_FIELDS: readonly Field[] = [
  { key: 'notices.ntfy.enabled', kind: 'flag', default: false },
  {
    key: 'ntfy.server',
    kind: 'url',
    default: 'https://ntfy.sh',
    placeholder: 'https://ntfy.sh',
    read: byNotices('ntfy.server'),
  },
  { key: 'ntfy.topic', kind: 'text', default: '', read: byNotices('ntfy.topic') },
]

const SIGN_IN_FIELDS: readonly Field[] = [
  { key: 'ntfy.token', kind: 'secret', default: '', group: 'sign-in' },
  { key: 'ntfy.user', kind: 'text', default: '', group: 'sign-in', read: byNotices('ntfy.user') },
  { key: 'ntfy.password', kind: 'secret', default: '', group: 'sign-in' },
  { key: 'ntfy.check_certificate', kind: 'flag', default: true, group: 'sign-in' },
  {
    key: 'ntfy.ca',
    kind: 'longtext',
    default: '',
    group: 'sign-in',
    placeholder: '-----BEGIN CERTIFICATE-----',
    read: byNotices('ntfy.ca'),
  },
]

/** Push messages to phones. A topic that is left empty is made up on saving. */
export const NTFY: Section = {
  name: 'ntfy',
  group: 'channels',
  icon: 'snooze',
  who: 'administrator',
  fields: [...SERVER_FIELDS, ...policyFields('ntfy'), ...SIGN_IN_FIELDS],
  page: {
    template: 'pages/channels/ntfy',
    async model(house, visit) {
      return {
        topic: house.notices.topic(),
        hasPublicUrl: house.settings.publicUrl !== '',
        lacks: lacking(house, visit, 'ntfy'),
        trial: lastTrial(house, visit, 'ntfy'),
        last: await lastDelivered(house, visit, 'ntfy'),
      }
    },
    complete(form, house) {
      if ((form.get('ntfy.topic') ?? '').trim() === '') form.set('ntfy.topic', house.notices.newTopic())
    },
  },
}
