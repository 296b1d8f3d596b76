import type { Message } from './channel.ts'
import { senderOf } from './email-ready.ts'
import { oneLine } from './plain-text.ts'
import type { EmailSettings } from './settings.ts'

/** A mail as the transport takes it; addresses are checked ones. */
export interface Mail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly from: { readonly name: string; readonly address: string }
  readonly to: readonly { readonly name: string; readonly address: string }[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly inReplyTo: string | null
  readonly priority: 'high' | 'normal' | 'low'
  readonly headers: Readonly<Record<string, string>>
}

/** What came of it: who was taken, who was not, and why. */
export interface MailReceipt {
  readonly accepted: readonly string[]
  readonly refused: readonly string[]
  readonly errors: readonly (Error & { readonly permanent?: boolean | undefined })[]
}

interface About {
  readonly settings: EmailSettings
  /** Everybody the message is for, and those it goes to this time. */
  readonly all: readonly string[]
  readonly only: readonly string[]
  render(template: string, model: object): string
}

/**
 * The mail of a message. Its Message-ID is the same at every attempt; messages of one incident name the first one in
 * References, so that mail programs keep them together (RFC 5322 section 3.6.4).
 */
export function mailOf(message: Message, { settings, all, only, render }: About): Mail {
  const address = senderOf(settings)
  const host = address.slice(address.lastIndexOf('@') + 1)
  const idOf = (key: string) => `<${key.replace(/[^A-Za-z0-9_]/g, '')}.duplistatus@${host}>`
  const root = message.thread === null ? null : idOf(`thread_${message.thread.key}`)
  const isRoot = message.thread?.first === true
  return {
    envelope: { from: address, to: only },
    from: { name: oneLine(settings.senderName, 100), address },
    to: all.map((one) => ({ name: '', address: one })),
    subject: oneLine(message.title, 250),
    text: textOf(message),
    html: render('notice', message.mail),
    messageId: isRoot && root !== null ? root : idOf(message.key),
    inReplyTo: isRoot ? null : root,
    priority: message.priority > 3 ? 'high' : message.priority < 3 ? 'low' : 'normal',
    // So that no holiday reply comes back (RFC 3834, and Exchange's own header).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

function textOf(message: Message): string {
  const buttons = message.actions.map(({ label, url }) => `${label}: ${url}`)
  return [
    message.text,
    ...(buttons.length === 0 ? [] : ['', ...buttons]),
    '',
    '-- ',
    message.mail.footer,
  ].join('\n')
}
