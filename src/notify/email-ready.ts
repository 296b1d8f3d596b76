import { type Text, text } from '../domain/text.ts'
import { badAddress, badHost } from './check-setting.ts'
import type { EmailSettings, Secret } from './settings.ts'

/** What is missing before mail can be sent; null when nothing is. */
export function emailReady(settings: EmailSettings, secret: Secret, to: string | null): Text | null {
  if (!settings.enabled) return text('notify.email.off')
  if (settings.host === '' || badHost(settings.host) !== null) return text('notify.email.no-host')
  if (badAddress(senderOf(settings)) !== null) return text('notify.email.no-sender')
  if (to === null && settings.to.length === 0) return text('notify.email.no-receiver')
  if (to !== null && badAddress(to) !== null)
    return text('notify.email.bad-receiver', { to: to.slice(0, 100) })
  if (!settings.signIn) return null
  if (settings.user === '') return text('notify.email.no-user')
  return (secret('email.password') ?? '') === '' ? text('notify.email.no-password') : null
}

/** The address mail comes from: the one that was set, else the user where it is an address. */
export function senderOf(settings: Pick<EmailSettings, 'from' | 'user'>): string {
  return settings.from === '' ? settings.user : settings.from
}
