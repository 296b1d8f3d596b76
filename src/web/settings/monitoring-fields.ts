import { repeatFrom } from '../../domain/monitoring-settings.ts'
import { text } from '../../domain/text.ts'
import { isZone } from '../../domain/zone.ts'
import { MOST_TOLERANCE } from '../watching/choices.ts'
import type { Field } from './field.ts'

/** What holds for every job that sets nothing apart; see `domain/monitoring-settings.ts`. */
export const MONITORING: readonly Field[] = [
  { key: 'monitoring.watch', kind: 'flag', default: true },
  { key: 'monitoring.tolerance_minutes', kind: 'number', default: 120, range: [0, MOST_TOLERANCE] },
  {
    key: 'monitoring.repeat',
    kind: 'text',
    default: 'daily',
    check: (value) =>
      repeatFrom(value) === null ? text('setting.fault.number', { low: 1, high: 9_999 }) : null,
  },
  {
    key: 'monitoring.catch_up_minutes',
    kind: 'number',
    default: 30,
    range: [0, 1_440],
    unit: 'unit.minutes',
  },
  { key: 'monitoring.anomalies', kind: 'flag', default: true },
  { key: 'monitoring.unstable', kind: 'flag', default: true },
  {
    key: 'monitoring.check_minutes',
    kind: 'choice',
    default: '1',
    choices: ['1', '5', '10', '15', '20', '30', '60', '120'],
  },
  {
    key: 'monitoring.zone',
    kind: 'text',
    default: '',
    check: (value) =>
      value === '' || isZone(String(value))
        ? null
        : text('watching.fault.zone', { zone: String(value).slice(0, 60) }),
  },
]
