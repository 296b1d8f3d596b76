import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { TestCertificate } from './certificate.ts'

/** A mail as it stood on the wire. */
export interface Letter {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly secure: boolean
  readonly user: string | null
}

/** What goes wrong, and where; null lets mail through. `only` is for one receiver. */
export type MailMood =
  | null
  | 'hang'
  | 'cut'
  | {
      readonly at: 'connect' | 'auth' | 'sender' | 'receiver' | 'message'
      readonly code: number
      readonly only?: string
    }

export interface MailServer {
  readonly port: number
  readonly letters: readonly Letter[]
  readonly connections: number
  mood: MailMood
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

export interface MailServerOptions {
  /** `tls` from the first byte, `starttls` offered, or neither. */
  readonly security?: 'plain' | 'starttls' | 'tls'
  readonly certificate?: TestCertificate
  /** `user:password` that is asked for; without it nobody has to sign in. */
  readonly account?: string
}

/** A mail server that keeps what it takes, and fails as told. */
export async function startMail(options: MailServerOptions = {}): Promise<MailServer> {
  const letters: Letter[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const told: { mood: MailMood; connections: number } = { mood: null, connections: 0 }
  const failAt = (at: string, address: string | null = null) => {
    const { mood } = told
    if (mood === null || typeof mood === 'string' || mood.at !== at) return null
    if (mood.only !== undefined && mood.only !== address) return null
    return Object.assign(new Error(WORDS[mood.code] ?? 'refused by the stand-in'), {
      responseCode: mood.code,
    })
  }
  const security = options.security ?? 'plain'
  const server = new SMTPServer({
    secure: security === 'tls',
    ...(options.certificate ?? {}),
    authOptional: options.account === undefined,
    allowInsecureAuth: true,
    disabledCommands: [
      ...(security === 'starttls' ? [] : ['STARTTLS']),
      ...(options.account === undefined ? ['AUTH'] : []),
    ],
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(session, callback) {
      told.connections += 1
      if (told.mood === 'hang') return
      if (told.mood === 'cut') return void cut(server, session.id)
      callback(failAt('connect'))
    },
    onAuth(auth, _session, callback) {
      const fails = failAt('auth')
      if (fails !== null) return callback(fails)
      if (`${auth.username}:${auth.password}` !== options.account) {
        return callback(Object.assign(new Error('authentication credentials invalid'), { responseCode: 535 }))
      }
      callback(null, { user: auth.username })
    },
    onMailFrom: (address, _session, callback) => callback(failAt('sender', address.address)),
    onRcptTo: (address, _session, callback) => callback(failAt('receiver', address.address)),
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const fails = failAt('message')
        if (fails !== null) return callback(fails)
        letters.push({
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          secure: session.secure,
          user: session.user === undefined ? null : String(session.user),
        })
        callback()
        for (const one of waiting) if (letters.length >= one.count) one.resolve()
      })
    },
  } satisfies SMTPServerOptions)
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return Object.assign(told, {
    port: (server.server.address() as AddressInfo).port,
    letters,
    arrived: (count: number) =>
      new Promise<void>((resolve) =>
        letters.length >= count ? resolve() : waiting.push({ count, resolve }),
      ),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  })
}

const WORDS: Readonly<Record<number, string>> = {
  421: 'service not available, closing channel',
  450: 'greylisted, try again in five minutes',
  452: 'insufficient system storage',
  454: 'temporary authentication failure',
  550: 'no such user here',
  552: 'message size exceeds limit',
  554: 'message looks like spam',
}

/** The library keeps its connections in a set; ours is the one with this session. */
function cut(server: SMTPServer, sessionId: string): void {
  const connections = (
    server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> }
  ).connections
  for (const connection of connections) if (connection.id === sessionId) connection._socket.destroy()
}

/** Headers of a letter, unfolded, by lower case name. */
export function headersOf(letter: Letter): Map<string, string> {
  const [head = ''] = letter.raw.split('\r\n\r\n')
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** The parts of a letter by type, decoded. */
export function partsOf(letter: Letter): Map<string, string> {
  const boundary = /boundary="([^"]+)"/.exec(letter.raw)?.[1] ?? ''
  const parts = new Map<string, string>()
  for (const piece of letter.raw.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = piece.replace(/^\r\n/, '').split('\r\n\r\n')
    const body = rest.join('\r\n\r\n')
    const type = /content-type:\s*([a-z/]+)/i.exec(head)?.[1] ?? ''
    if (/quoted-printable/i.test(head)) parts.set(type, quotedPrintable(body))
    else parts.set(type, /base64/i.test(head) ? Buffer.from(body, 'base64').toString() : body)
  }
  return parts
}

function quotedPrintable(body: string): string {
  const joined = body.replace(/=\r\n/g, '')
  const bytes: number[] = []
  for (let index = 0; index < joined.length; index++) {
    const code = joined[index] === '=' ? Number.parseInt(joined.slice(index + 1, index + 3), 16) : Number.NaN
    if (Number.isNaN(code)) bytes.push(...Buffer.from(joined[index] ?? ''))
    else {
      bytes.push(code)
      index += 2
    }
  }
  return Buffer.from(bytes).toString()
}
