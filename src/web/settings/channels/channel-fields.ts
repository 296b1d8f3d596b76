import type { House } from '../../house.ts'
import type { Field } from '../field.ts'

/** Reads a field by the rules of the notices, which know what each value has to be. */
export function byNotices(key: string): (typed: string, house: House) => unknown {
  return (typed, house) => house.notices.readField(key, typed)
}

/** What a channel is told: runs of which weight, silence, recoveries. The rule of each job has to agree. */
export function policyFields(channel: string): readonly Field[] {
  return [
    {
      key: `notices.${channel}.on`,
      kind: 'choice',
      default: 'all',
      choices: ['all', 'warnings', 'errors', 'off'],
      said: 'channel.on',
      group: 'policy',
    },
    {
      key: `notices.${channel}.overdue`,
      kind: 'flag',
      default: true,
      said: 'channel.overdue',
      group: 'policy',
    },
    {
      key: `notices.${channel}.recovery`,
      kind: 'flag',
      default: true,
      said: 'channel.recovery',
      group: 'policy',
    },
  ]
}
