import { Failure, type FailureCode } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { networkFailure } from './network-failure.ts'
import { oneLine } from './plain-text.ts'
import type { EmailSettings } from './settings.ts'

/** Where in the conversation it went wrong; each has a name in the catalogue. */
export type MailStep = 'connect' | 'greeting' | 'starttls' | 'sign-in' | 'sender' | 'receiver' | 'message'

/** What the mail library puts on its errors. */
interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
  readonly recipient?: string
}

/** What a refused mail means, in words a person can act on; 4xx may pass, 5xx is for good (RFC 5321, 4.2.1). */
export function mailRefusal(error: unknown, settings: EmailSettings, aborted = false): Failure {
  const { code = '', responseCode = 0, response = '', recipient = '' } = error as SmtpError
  const server = `${settings.host}:${settings.port}`
  const kind = code === 'ENOAUTH' ? MISSING : kindOf(stepOf(error), responseCode, response)
  if (kind === null || aborted) {
    return networkFailure('email', error, { server, secure: settings.security !== 'plain', aborted })
  }
  const said = oneLine(response === '' ? (error as Error).message : response, 200)
  const values = { server, said, to: oneLine(recipient, 100), user: oneLine(settings.user, 100) }
  return new Failure(kind[0], text(`notify.email.failure.${kind[1]}`, values), { cause: error })
}

/** The step at which an error of the library came. */
export function stepOf(error: unknown): MailStep {
  const { command = 'CONN', code = '' } = error as SmtpError
  if (command === 'STARTTLS' || code === 'ETLS') return 'starttls'
  if (command.startsWith('AUTH') || code === 'EAUTH' || code === 'ENOAUTH') return 'sign-in'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'receiver'
  if (command === 'DATA') return 'message'
  return command === 'CONN' ? 'connect' : 'greeting'
}

const MISSING: [FailureCode, string] = ['invalid', 'no-password']

function kindOf(step: MailStep, status: number, response: string): [FailureCode, string] | null {
  if (status === 0) return null
  if (step === 'starttls') return ['unavailable', 'no-starttls']
  if (status < 500) return ['unavailable', step === 'receiver' ? 'receiver-later' : 'later']
  if (step === 'connect' || step === 'greeting') return ['unavailable', 'turned-away']
  if (step === 'sign-in') return ['signed-out', 'sign-in']
  if (status === 530 && /STARTTLS|TLS/i.test(response)) return ['invalid', 'needs-tls']
  if (status === 530) return ['signed-out', 'needs-sign-in']
  if (status === 552 || status === 523)
    return ['too-large', step === 'receiver' ? 'mailbox-full' : 'too-large']
  if (step === 'receiver') return ['invalid', 'receiver']
  if (step === 'sender') return ['invalid', 'sender']
  return ['invalid', 'refused']
}
