import type { State } from '../domain/state.ts'
import { FIELDS, type FieldKey } from './setting-fields.ts'
import { TEMPLATE_KINDS, type Template, type TemplateKind } from './template-variables.ts'

export interface NtfySettings {
  readonly enabled: boolean
  /** With base path where there is one. */
  readonly server: string
  readonly topic: string
  /** With a user the password is used, else the token, else nothing. */
  readonly user: string
  readonly checkCertificate: boolean
  readonly ca: string
}

export interface EmailSettings {
  readonly enabled: boolean
  readonly host: string
  readonly port: number
  readonly security: 'plain' | 'starttls' | 'tls'
  readonly checkCertificate: boolean
  /** Own certificate authority in PEM, '' for those of the system. */
  readonly ca: string
  readonly signIn: boolean
  readonly user: string
  readonly senderName: string
  readonly from: string
  readonly to: readonly string[]
}

export interface TemplateSettings {
  /** '' for the language and zone of the installation. */
  readonly language: string
  readonly zone: string
  readonly logCharacters: number
  /** Only those that were changed; the others follow the language. */
  readonly own: ReadonlyMap<TemplateKind, Template>
}

export interface DigestSettings {
  readonly every: 'never' | 'daily' | 'weekly' | 'monthly'
  readonly timeOfDay: string
  /** 0 = Sunday. */
  readonly weekday: number
  /** In a shorter month its last day. */
  readonly dayOfMonth: number
}

export interface NotifySettings {
  readonly ntfy: NtfySettings
  readonly email: EmailSettings
  readonly templates: TemplateSettings
  readonly digest: DigestSettings
}

/** Opens a sealed secret by its name; null where it was never set. */
export type Secret = (name: 'ntfy.token' | 'ntfy.password' | 'email.password') => string | null

/** The settings of notices as they hold now. A stored value that cannot be read counts as not set. */
export function notifySettings(state: Pick<State, 'settings'>): NotifySettings {
  const get = <K extends FieldKey>(key: K) => stored(state.settings, key)
  return {
    ntfy: {
      enabled: get('notices.ntfy.enabled'),
      server: get('ntfy.server'),
      topic: get('ntfy.topic'),
      user: get('ntfy.user'),
      checkCertificate: get('ntfy.check_certificate'),
      ca: get('ntfy.ca'),
    },
    email: {
      enabled: get('notices.email.enabled'),
      host: get('email.host'),
      port: get('email.port'),
      security: get('email.security'),
      checkCertificate: get('email.check_certificate'),
      ca: get('email.ca'),
      signIn: get('email.sign_in'),
      user: get('email.user'),
      senderName: get('email.sender_name'),
      from: get('email.from'),
      to: get('email.to'),
    },
    templates: {
      language: get('templates.language'),
      zone: get('templates.zone'),
      logCharacters: get('templates.log_characters'),
      own: ownTemplates(state.settings),
    },
    digest: {
      every: get('digest.every'),
      timeOfDay: get('digest.time_of_day'),
      weekday: get('digest.weekday'),
      dayOfMonth: get('digest.day_of_month'),
    },
  }
}

type Value<K extends FieldKey> = ReturnType<(typeof FIELDS)[K]['read']>

function stored<K extends FieldKey>(settings: State['settings'], key: K): Value<K> {
  const field = FIELDS[key]
  const value = Object.hasOwn(settings, key) ? settings[key] : undefined
  if (value !== undefined) {
    try {
      return field.read(value) as Value<K>
    } catch {
      // Written by another version or by hand: the default holds, and the page shows that.
    }
  }
  return field.default as Value<K>
}

function ownTemplates(settings: State['settings']): Map<TemplateKind, Template> {
  const own = new Map<TemplateKind, Template>()
  for (const kind of TEMPLATE_KINDS) {
    const value = settings[`templates.${kind}`]
    if (isTemplate(value)) own.set(kind, value)
  }
  return own
}

function isTemplate(value: unknown): value is Template {
  if (typeof value !== 'object' || value === null) return false
  const { title, message, priority, tags } = value as Record<string, unknown>
  const texts = typeof title === 'string' && typeof message === 'string' && typeof tags === 'string'
  return texts && typeof priority === 'string' && ['min', 'low', 'default', 'high', 'max'].includes(priority)
}
