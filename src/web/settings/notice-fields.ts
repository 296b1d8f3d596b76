import { repeatFrom } from '../../domain/monitoring-settings.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import { NOTIFY_ON } from '../watching/choices.ts'
import type { Field } from './field.ts'

const ON: readonly string[] = ['', ...NOTIFY_ON]

/** Who is told of what where nothing is set apart; quiet hours are read by hand. See `domain/monitoring-settings.ts`. */
export function noticeFields(house: House): readonly Field[] {
  const { addressFault, topicFault } = house.actions.monitoring
  return [
    { key: 'notices.on', kind: 'choice', default: 'warnings', choices: NOTIFY_ON },
    { key: 'notices.overdue', kind: 'flag', default: true },
    { key: 'notices.recovery', kind: 'flag', default: true },
    {
      key: 'monitoring.repeat',
      kind: 'text',
      default: 'daily',
      check: (value) =>
        repeatFrom(value) === null ? text('setting.fault.number', { low: 1, high: 9_999 }) : null,
    },
    { key: 'notices.quiet_errors', kind: 'flag', default: false },
    { key: 'notices.gather_seconds', kind: 'number', default: 3, range: [0, 600], unit: 'unit.seconds' },
    {
      key: 'notices.extra_emails',
      kind: 'lines',
      default: [],
      placeholder: 'office@example.org',
      check: (value) =>
        (value as readonly string[]).map(addressFault).find((fault) => fault !== null) ?? null,
    },
    { key: 'notices.extra_emails_on', kind: 'choice', default: '', choices: ON },
    {
      key: 'notices.extra_topic',
      kind: 'text',
      default: '',
      check: (value) => (value === '' ? null : topicFault(String(value))),
    },
    { key: 'notices.extra_topic_on', kind: 'choice', default: '', choices: ON },
    ...house.notices.channels.flatMap(({ name }) => channelFields(name)),
  ]
}

function channelFields(name: string): readonly Field[] {
  return [
    { key: `notices.${name}.enabled`, kind: 'flag', default: false },
    { key: `notices.${name}.on`, kind: 'choice', default: '', choices: ON },
    { key: `notices.${name}.overdue`, kind: 'flag', default: true },
    { key: `notices.${name}.recovery`, kind: 'flag', default: true },
  ]
}
