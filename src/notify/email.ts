import { Failure } from '../domain/failure.ts'
import type { Channel } from './channel.ts'
import { mailRefusal } from './email-failure.ts'
import { type Mail, type MailReceipt, mailOf } from './email-mail.ts'
import { emailReady } from './email-ready.ts'
import { connectMail } from './email-transport.ts'
import type { EmailSettings, Secret } from './settings.ts'

export interface EmailNeeds {
  /** As they hold at the moment of sending; the test button gives those of the form. */
  settings(): EmailSettings
  readonly secret: Secret
  /** Draws a template of `views/mail` to HTML, everything escaped. */
  render(template: string, model: object): string
}

/** How many messages that reached only some of their receivers are remembered. */
const MOST_PARTIAL = 200

/**
 * Mail through an SMTP server, one connection a message. A message of which some receivers were refused for now goes
 * only to these when it is tried again.
 */
export function createEmail({ settings, secret, render }: EmailNeeds): Channel {
  const reached = new Map<string, Set<string>>()
  return {
    name: 'email',
    ready: () => emailReady(settings(), secret, null),
    async send(message, to, signal) {
      const now = settings()
      const wrong = emailReady(now, secret, to)
      if (wrong !== null) throw new Failure('invalid', wrong)
      const all = to === null ? now.to : [to]
      const key = `${message.key} ${to ?? ''}`
      const already = reached.get(key) ?? new Set<string>()
      const mail = mailOf(message, {
        settings: now,
        all,
        only: all.filter((one) => !already.has(one)),
        render,
      })
      const receipt = await deliver(now, secret, mail, signal)
      if (receipt.refused.length === 0) {
        reached.delete(key)
        return
      }
      reached.set(key, new Set([...already, ...receipt.accepted]))
      if (reached.size > MOST_PARTIAL) reached.delete([...reached.keys()][0] ?? '')
      throw mailRefusal(worst(receipt.errors, new Error('refused')), now)
    },
  }
}

async function deliver(
  settings: EmailSettings,
  secret: Secret,
  mail: Mail,
  signal: AbortSignal,
): Promise<MailReceipt> {
  const connection = await connectMail(settings, secret, null)
  try {
    return await connection.send(mail, signal)
  } catch (error) {
    throw mailRefusal(
      worst((error as { rejectedErrors?: MailReceipt['errors'] }).rejectedErrors, error),
      settings,
      signal.aborted,
    )
  } finally {
    connection.close()
  }
}

/** Of several refusals one that may pass, since it is worth another try, else the first. */
function worst(errors: MailReceipt['errors'] | undefined, otherwise: unknown): unknown {
  return errors?.find((error) => error.permanent !== true) ?? errors?.[0] ?? otherwise
}
