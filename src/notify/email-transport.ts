import { rootCertificates } from 'node:tls'
import type { SMTPTransportOptions } from 'nodemailer'
import type { Mail, MailReceipt } from './email-mail.ts'
import type { EmailSettings, Secret } from './settings.ts'

export interface MailConnection {
  /** @throws the library's own error where nobody was taken; `mailRefusal` reads it */
  send(mail: Mail, signal: AbortSignal): Promise<MailReceipt>
  close(): void
}

/** Told of every line of the conversation with the server; passwords are never in it. */
export type Listener = (who: 'us' | 'server', line: string) => void

const WAIT_MS = 20_000

/** The library costs 10 MB and is loaded only here, with the first mail. */
export async function connectMail(
  settings: EmailSettings,
  secret: Secret,
  listener: Listener | null,
): Promise<MailConnection> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport(optionsOf(settings, secret, listener))
  return {
    async send(mail, signal) {
      const { envelope, to, inReplyTo, ...rest } = mail
      const info = await transport.sendMail({
        ...rest,
        to: [...to],
        envelope: { from: envelope.from, to: [...envelope.to] },
        headers: { ...mail.headers },
        ...(inReplyTo === null ? {} : { inReplyTo, references: [inReplyTo] }),
        signal,
      })
      return {
        accepted: (info.accepted ?? []).map(String),
        refused: (info.rejected ?? []).map(String),
        errors: info.rejectedErrors ?? [],
      }
    },
    close: () => transport.close(),
  }
}

function optionsOf(settings: EmailSettings, secret: Secret, listener: Listener | null): SMTPTransportOptions {
  const { security, ca } = settings
  return {
    host: settings.host,
    port: settings.port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    ...(settings.signIn ? { auth: { user: settings.user, pass: secret('email.password') ?? '' } } : {}),
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: settings.checkCertificate,
      ...(ca === '' ? {} : { ca: [...rootCertificates, ca] }),
    },
    name: 'duplistatus',
    connectionTimeout: WAIT_MS,
    greetingTimeout: WAIT_MS,
    socketTimeout: WAIT_MS,
    dnsTimeout: WAIT_MS,
    allowInternalNetworkInterfaces: true,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(listener === null ? {} : { transactionLog: true, logger: loggerFor(listener) }),
  }
}

/** The library logs the lines of the conversation with `tnx: 'client' | 'server'`, secrets replaced. */
function loggerFor(listener: Listener) {
  const take = (entry: unknown, message: unknown) => {
    const tnx = typeof entry === 'object' && entry !== null ? (entry as { tnx?: unknown }).tnx : undefined
    if (tnx !== 'client' && tnx !== 'server') return
    for (const line of String(message).split(/\r?\n/)) {
      if (line !== '') listener(tnx === 'client' ? 'us' : 'server', line)
    }
  }
  return { trace: take, debug: take, info: take, warn: take, error: take, fatal: take }
}
