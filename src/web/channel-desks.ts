import type { createOneUseLinks } from '../actions/one-use-links.ts'
import type { Text } from '../domain/text.ts'

/** How messages reach people, as far as pages need it; see `wiring/notices.ts`. */
export interface NoticesDesk {
  readonly links: Pick<ReturnType<typeof createOneUseLinks>, 'look' | 'use'>
  /** What each channel still lacks before it can send; null for nothing. */
  readonly channels: readonly { readonly name: string; ready(): Text | null }[]
  /** Sends what is due, now. */
  wake(): void
  /**
   * Sends a test through a channel to its own receivers, or to `to`, also while the channel is switched off; throws
   * a Failure in words to act on.
   */
  test(channel: string, to: string | null, by: string): Promise<void>
  /** Sends a test mail and keeps what was said. Never throws. */
  tryEmail(by: string): Promise<MailConversation>
  /** Reads a field of a notice setting, by its key; throws a Failure with the sentence beside the field. */
  readField(key: string, raw: string): unknown
  /** Where to subscribe, in a browser and by phone: for the topic of the settings or another; null without one. */
  topic(other?: string): Topic | null
  /** A QR code as SVG. */
  code(content: string): Promise<string>
  newTopic(): string
  readonly templates: TemplateDesk
}

export interface MailConversation {
  readonly failure: Text | null
  /** Where in the conversation it broke: `connect`, `sign-in`, ...; null where it did not. */
  readonly step: string | null
  readonly lines: readonly SaidLine[]
}

export interface SaidLine {
  readonly who: 'us' | 'server'
  readonly line: string
}

export interface Topic {
  readonly name: string
  readonly page: string
  /** What the QR code says. The access token is not in it. */
  readonly phone: string
}

export interface TemplateText {
  readonly title: string
  readonly message: string
  readonly priority: string
  readonly tags: string
}

/** Texts of messages, by kind: `success`, `warning`, `overdue`, `recovery`, `digest`. */
export interface TemplateDesk {
  readonly kinds: readonly string[]
  readonly priorities: readonly string[]
  variables(kind: string): readonly string[]
  /** The text that holds now, and the one that holds until somebody writes another. */
  current(kind: string): TemplateText
  initial(kind: string): TemplateText
  check(kind: string, template: TemplateText): readonly { readonly field: string; readonly text: Text }[]
  /** What the template would say of a run; null where there is nothing to speak of yet. */
  preview(kind: string, template: TemplateText, runNo: number | null): Promise<PreviewedMessage | null>
  /** Sends it through every channel that is ready: what came of each. */
  send(kind: string, template: TemplateText, runNo: number | null): Promise<readonly SentTrial[]>
}

export interface PreviewedMessage {
  readonly title: string
  readonly lines: readonly (readonly PreviewedSpan[])[]
  readonly tone: 'good' | 'warning' | 'bad' | 'calm'
  readonly priority: number
  readonly tags: readonly string[]
  readonly buttons: readonly string[]
  readonly characters: number
}

export interface PreviewedSpan {
  readonly text: string
  readonly bold: boolean
  readonly italic: boolean
  readonly url: string | null
}

export interface SentTrial {
  readonly channel: string
  readonly failure: Text | null
}

/** The connection to the MQTT broker, for its settings page. */
export interface MqttDesk {
  status(): MqttStatus
  /** Throws a Failure that says which step failed. */
  test(): Promise<void>
  publishAgain(): Promise<void>
  /** After a change of its settings. */
  restart(): Promise<void>
  /** Reads a field of the MQTT settings; throws a Failure with the sentence beside the field. */
  readField(key: string, raw: string): unknown
}

export interface MqttStatus {
  readonly state: 'off' | 'connecting' | 'connected' | 'waiting' | 'refused'
  readonly address: string | null
  readonly from: 'environment' | 'home-assistant' | 'settings' | null
  readonly lastError: Text | null
  readonly lastErrorAt: string | null
  readonly connectedAt: string | null
  readonly publishedAt: string | null
  readonly published: number
  readonly topics: number
}

/** Home Assistant around us; only an add-on has it. */
export interface HomeAssistantDesk {
  readonly isAddOn: boolean
  /** Names that messages can be sent to: `notify.family`. Throws a Failure where Home Assistant does not answer. */
  notifyTargets(): Promise<readonly string[]>
  /**
   * The host and port by which other machines in the network reach us, `port` null where it is closed. null where
   * this is no add-on or Home Assistant does not answer.
   */
  reach(): Promise<{ readonly host: string; readonly port: number | null } | null>
}

/** What came of a test; kept until the next one or a restart. */
export interface Trial extends MailConversation {
  readonly at: string
  readonly by: string
}
