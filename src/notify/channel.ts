import type { Text } from '../domain/text.ts'

/**
 * One way to reach people. `send` comes back when the other side has taken the message and throws a `Failure` when
 * it has not: the codes in `TEMPORARY` are worth another try, every other one is for good.
 */
export interface Channel {
  /** As in `Notice.channel`. */
  readonly name: string
  /** What is missing before anything can be sent, in words for the page; null when nothing is. */
  ready(): Text | null
  /** @param to address or topic in place of the channel's own; null for that. */
  send(message: Message, to: string | null, signal: AbortSignal): Promise<void>
}

/** What is told to people, ready for every channel: nothing in it is markup, and no text holds control characters. */
export interface Message {
  readonly title: string
  readonly text: string
  /** The same for `views/mail/notice.eta`. */
  readonly mail: MailModel
  /** 1 (min) to 5 (max); 3 is normal. */
  readonly priority: Priority
  readonly tags: readonly string[]
  /** Path of the page that tells more. */
  readonly path: string
  /** Its absolute address; null where we do not know how people reach us. */
  readonly click: string | null
  readonly actions: readonly MessageAction[]
  /** Messages of one incident hang together; `first` is the one that opened it. */
  readonly thread: { readonly key: string; readonly first: boolean } | null
  /** What it is about: problems that began, go on or ended. */
  readonly incidentIds: readonly string[]
  /** The same for every attempt to deliver this message, so that a receiver can tell a repetition. */
  readonly key: string
}

export type Priority = 1 | 2 | 3 | 4 | 5

/** A button. `open` leads to a page; the others are one-use links that act when posted to. */
export interface MessageAction {
  readonly verb: 'open' | 'acknowledge' | 'snooze'
  readonly label: string
  readonly url: string
}

/** What the mail template draws; every text is plain and is escaped there. */
export interface MailModel {
  readonly language: string
  readonly title: string
  readonly tone: 'good' | 'warning' | 'bad' | 'calm'
  /** The tone in a word or two: "Failed". */
  readonly label: string
  readonly lines: readonly (readonly Span[])[]
  readonly buttons: readonly { readonly label: string; readonly url: string }[]
  readonly footer: string
}

/** A piece of a line. `url` is http or https, or null. */
export interface Span {
  readonly text: string
  readonly bold: boolean
  readonly italic: boolean
  readonly url: string | null
}
