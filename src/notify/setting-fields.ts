import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { badAddress, badHost, badPem, badServer, badTime, badTopic, badZone } from './check-setting.ts'

/** One setting: what it is by default, and how a value from a form or the database is read. */
interface Field<T> {
  readonly default: T
  /** @throws Failure `invalid` with the sentence that stands beside the field */
  read(value: unknown): T
}

/** Every setting of notices but the texts of templates, by its name in `State.settings` and in forms. */
export const FIELDS = {
  'notices.ntfy.enabled': flag(false),
  'ntfy.server': words('https://ntfy.sh', badServer),
  'ntfy.topic': words('', badTopic),
  'ntfy.user': words(''),
  'ntfy.check_certificate': flag(true),
  'ntfy.ca': words('', badPem, 100_000),
  'notices.email.enabled': flag(false),
  'email.host': words('', badHost),
  'email.port': whole(587, 1, 65_535),
  'email.security': choice('starttls', ['plain', 'starttls', 'tls']),
  'email.check_certificate': flag(true),
  'email.ca': words('', badPem, 100_000),
  'email.sign_in': flag(true),
  'email.user': words(''),
  'email.sender_name': words('duplistatus', null, 100),
  'email.from': words('', badAddress),
  'email.to': addresses(),
  'templates.language': words('', null, 20),
  'templates.zone': words('', badZone),
  'templates.log_characters': whole(2000, 0, 20_000),
  'digest.every': choice('never', ['never', 'daily', 'weekly', 'monthly']),
  'digest.time_of_day': words('08:00', badTime),
  'digest.weekday': whole(1, 0, 6),
  'digest.day_of_month': whole(1, 1, 31),
} as const

export type FieldKey = keyof typeof FIELDS

/**
 * Reads one field of a form; what comes back is what `State.settings` keeps.
 * @throws Failure `invalid`, its `field` the name of the setting
 */
export function readNotifyField(key: FieldKey, value: unknown): unknown {
  try {
    return FIELDS[key].read(value)
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.code, error.text, { field: key })
    throw error
  }
}

function flag(preset: boolean): Field<boolean> {
  return {
    default: preset,
    read(value) {
      if (typeof value === 'boolean') return value
      if (value === 'on' || value === 'true' || value === '1') return true
      if (value === '' || value === 'off' || value === 'false' || value === '0') return false
      throw new Failure('invalid', text('notify.setting.not-a-choice'))
    },
  }
}

/** Text of one line, or of several where it is PEM; `wrong` names what is wrong with one that is not empty. */
function words(
  preset: string,
  wrong: ((value: string) => string | null) | null = null,
  limit = 500,
): Field<string> {
  return {
    default: preset,
    read(value) {
      if (typeof value !== 'string') throw new Failure('invalid', text('notify.setting.not-text'))
      const trimmed = value.trim()
      if (trimmed.length > limit) throw new Failure('invalid', text('notify.setting.too-long', { limit }))
      if (wrong !== badPem && /[\0-\x1f\x7f]/.test(trimmed)) {
        throw new Failure('invalid', text('notify.setting.control-characters'))
      }
      const key = trimmed === '' ? null : (wrong?.(trimmed) ?? null)
      if (key !== null) throw new Failure('invalid', text(key, { value: trimmed.slice(0, 100) }))
      return trimmed
    },
  }
}

function whole(preset: number, least: number, most: number): Field<number> {
  return {
    default: preset,
    read(value) {
      const digits = typeof value === 'number' ? String(value) : value
      const number =
        typeof digits === 'string' && /^\s*\d{1,9}\s*$/.test(digits) ? Number(digits) : Number.NaN
      if (number >= least && number <= most) return number
      throw new Failure('invalid', text('notify.setting.not-a-number', { least, most: String(most) }))
    },
  }
}

function choice<const T extends string>(preset: T, allowed: readonly T[]): Field<T> {
  return {
    default: preset,
    read(value) {
      const found = allowed.find((one) => one === value)
      if (found === undefined) throw new Failure('invalid', text('notify.setting.not-a-choice'))
      return found
    },
  }
}

/** Addresses between commas, semicolons, spaces or line ends; each once. */
function addresses(): Field<readonly string[]> {
  return {
    default: [],
    read(value) {
      const parts = typeof value === 'string' ? value.split(/[\s,;]+/) : value
      if (!Array.isArray(parts)) throw new Failure('invalid', text('notify.setting.not-text'))
      const list = [...new Set(parts.map((part) => String(part).trim()).filter((part) => part !== ''))]
      if (list.length > 50)
        throw new Failure('invalid', text('notify.setting.too-many-addresses', { limit: 50 }))
      for (const one of list) {
        const key = badAddress(one)
        if (key !== null) throw new Failure('invalid', text(key, { value: one.slice(0, 100) }))
      }
      return list
    },
  }
}
