import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import { isBrokerUrl } from './broker.ts'
import { topicPrefix } from './presence.ts'

/** What is wrong with a value of the settings page, by its key; what has no row takes any text. */
const FAULTS: ReadonlyMap<string, (value: string) => Text | null> = new Map([
  ['mqtt.url', urlFault],
  ['mqtt.prefix', prefixFault],
  ['mqtt.discovery', (value: string) => (isOff(value) ? null : prefixFault(value))],
  ['mqtt.ca', pemFault],
  ['mqtt.certificate', pemFault],
])

const LONGEST = 100_000

/**
 * Reads one field of a form; what comes back is what `State.settings` keeps. Empty is always allowed.
 * @throws Failure `invalid`, its `field` the name of the setting
 */
export function readMqttField(key: string, raw: string): string {
  const value = raw.trim()
  const fault =
    value.length > LONGEST
      ? text('mqtt.setting.too-long')
      : value === ''
        ? null
        : (FAULTS.get(key)?.(value) ?? null)
  if (fault !== null) throw new Failure('invalid', fault, { field: key })
  return key === 'mqtt.url' ? value.replace(/\/+$/, '') : value
}

function urlFault(value: string): Text | null {
  if (!isBrokerUrl(value)) return text('mqtt.setting.url')
  const { username, password } = new URL(value)
  return username === '' && password === '' ? null : text('mqtt.setting.url-password')
}

function prefixFault(value: string): Text | null {
  return topicPrefix(value) === null ? text('mqtt.setting.prefix') : null
}

function isOff(value: string): boolean {
  return /^off$/i.test(value)
}

function pemFault(value: string): Text | null {
  if (/PRIVATE KEY-----/.test(value)) return text('mqtt.setting.pem-key')
  const whole = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.test(value)
  return whole ? null : text('mqtt.setting.pem')
}
