import { Failure } from '../domain/failure.ts'
import type { Message } from './channel.ts'
import { type MailStep, mailRefusal, stepOf } from './email-failure.ts'
import { mailOf } from './email-mail.ts'
import { emailReady } from './email-ready.ts'
import { connectMail } from './email-transport.ts'
import { oneLine } from './plain-text.ts'
import type { EmailSettings, Secret } from './settings.ts'

/** What the test button shows: the conversation, the step it broke at, and what that means. */
export interface MailTrial {
  readonly failure: Failure | null
  readonly step: MailStep | null
  /** At most 200 lines; passwords are left out of them. */
  readonly lines: readonly { readonly who: 'us' | 'server'; readonly line: string }[]
}

const MOST_LINES = 200

/** Sends one mail and tells how it went. Never throws. */
export async function tryEmail(
  message: Message,
  to: string | null,
  needs: {
    readonly settings: EmailSettings
    readonly secret: Secret
    render(template: string, model: object): string
    readonly signal: AbortSignal
  },
): Promise<MailTrial> {
  const { settings, secret, render, signal } = needs
  const lines: { who: 'us' | 'server'; line: string }[] = []
  const wrong = emailReady({ ...settings, enabled: true }, secret, to)
  if (wrong !== null) return { failure: new Failure('invalid', wrong), step: null, lines }
  const all = to === null ? settings.to : [to]
  try {
    const mail = mailOf(message, { settings, all, only: all, render })
    const connection = await connectMail(settings, secret, (who, line) => {
      if (lines.length < MOST_LINES) lines.push({ who, line: oneLine(line, 300) })
    })
    const receipt = await connection.send(mail, signal).finally(() => connection.close())
    const [error] = receipt.errors
    if (error === undefined) return { failure: null, step: null, lines }
    return { failure: mailRefusal(error, settings), step: 'receiver', lines }
  } catch (error) {
    const [first = error] = (error as { rejectedErrors?: unknown[] }).rejectedErrors ?? []
    return { failure: mailRefusal(first, settings, signal.aborted), step: brokenAt(error, lines), lines }
  }
}

/** A certificate that is not accepted counts as part of encrypting where that had been agreed on. */
function brokenAt(error: unknown, lines: MailTrial['lines']): MailStep {
  const step = stepOf(error)
  const isAgreed = lines.some(({ who, line }) => who === 'us' && line === 'STARTTLS')
  return step === 'connect' && isAgreed ? 'starttls' : step
}
