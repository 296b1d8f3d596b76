import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import type { Channel, Message } from './channel.ts'
import { badServer, badTopic } from './check-setting.ts'
import { ntfyRefusal } from './ntfy-failure.ts'
import { ntfyPost } from './ntfy-post.ts'
import { cut, cutBytes } from './plain-text.ts'
import type { NtfySettings, Secret } from './settings.ts'

export interface NtfyNeeds {
  /** As they hold at the moment of sending; the test button gives those of the form. */
  settings(): NtfySettings
  readonly secret: Secret
}

/** Push messages through an ntfy server, published as JSON so that names may have any letters. */
export function createNtfy({ settings, secret }: NtfyNeeds): Channel {
  return {
    name: 'ntfy',
    ready: () => ntfyReady(settings()),
    async send(message, to, signal) {
      const now = settings()
      const topic = to ?? now.topic
      const wrong = ntfyReady({ ...now, topic })
      if (wrong !== null) throw new Failure('invalid', wrong)
      const answer = await ntfyPost({
        server: now.server,
        authorization: authorization(now, secret),
        tls: { rejectUnauthorized: now.checkCertificate, ca: now.ca },
        body: ntfyDocument(message, topic),
        signal,
      })
      if (answer.status < 200 || answer.status > 299) throw ntfyRefusal(answer, { server: now.server, topic })
    },
  }
}

/** What is missing before anything can be sent; null when nothing is. */
export function ntfyReady(settings: NtfySettings): Text | null {
  if (!settings.enabled) return text('notify.ntfy.off')
  if (settings.server === '' || badServer(settings.server) !== null) return text('notify.ntfy.no-server')
  if (settings.topic === '' || badTopic(settings.topic) !== null) return text('notify.ntfy.no-topic')
  return null
}

// A message of 4 096 bytes or more becomes an attachment, which most servers refuse, and a JSON document is read
// up to twice that (ntfy, server configuration `message-size-limit` and its JSON publishing).
const MESSAGE_BYTES = 4000
const DOCUMENT_BYTES = 8000
const MOST_ACTIONS = 3

/** The document as ntfy takes it at the root of the server, cut to the sizes it allows. */
export function ntfyDocument(message: Message, topic: string): string {
  const document = (bytes: number, title: number) =>
    JSON.stringify({
      topic,
      title: cut(message.title, title),
      message: cutBytes(message.text === '' ? message.title : message.text, bytes),
      priority: message.priority,
      tags: message.tags,
      ...(message.click === null ? {} : { click: message.click }),
      ...(message.actions.length === 0 ? {} : { actions: actionsOf(message) }),
    })
  const whole = document(MESSAGE_BYTES, 250)
  if (Buffer.byteLength(whole) <= DOCUMENT_BYTES) return whole
  // Quotes and line ends take two bytes each, a control sign six: a smaller share of the text always fits.
  const half = document(MESSAGE_BYTES / 2, 200)
  return Buffer.byteLength(half) <= DOCUMENT_BYTES ? half : document(MESSAGE_BYTES / 8, 100)
}

function actionsOf(message: Message) {
  return message.actions
    .slice(0, MOST_ACTIONS)
    .map(({ verb, label, url }) =>
      verb === 'open'
        ? { action: 'view', label: cut(label, 50), url }
        : { action: 'http', label: cut(label, 50), url, method: 'POST', clear: true },
    )
}

function authorization(settings: NtfySettings, secret: Secret): string | null {
  if (settings.user !== '') {
    const pair = `${settings.user}:${secret('ntfy.password') ?? ''}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  }
  const token = secret('ntfy.token')?.trim() ?? ''
  return token === '' ? null : `Bearer ${token}`
}
