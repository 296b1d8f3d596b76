import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import type { Log } from '../kit/log.ts'
import type { Broker } from './broker.ts'
import type { MqttCommand } from './command.ts'
import type { Say } from './discovery.ts'
import type { Presence } from './presence.ts'
import type { Pace } from './session.ts'
import type { Remembered } from './standing.ts'

/** What the publisher needs of the house. */
export interface PublisherNeeds {
  state(): State
  say: Say
  readonly log: Log
  now(): Date
  /** Asked before every attempt, so that new credentials of Home Assistant are taken; null: none configured. */
  broker(): Promise<Broker | null>
  presence(): Promise<Presence>
  /** Does what somebody at the broker asked for; what it throws is logged. */
  act(command: MqttCommand): Promise<void>
  readonly remembered: {
    read(): Remembered | null
    write(remembered: Remembered): Promise<void>
  }
  readonly pace?: Partial<PublisherPace>
}

export interface PublisherPace extends Pace {
  /** First wait after a lost connection; doubles up to a minute. */
  readonly retryMs: number
  /** A connection that stood so long was a good one: the next loss is tried again soon. */
  readonly steadyMs: number
  /** Wait after a refusal (wrong password), and while Home Assistant offers no broker. */
  readonly slowRetryMs: number
}

export const PACE: PublisherPace = {
  quietMs: 1000,
  settleMs: 2000,
  gatherMs: 500,
  birthMs: 5000,
  retryMs: 1000,
  steadyMs: 60_000,
  slowRetryMs: 60_000,
}
/** For the settings page and `/api/health`. */
export interface PublisherStatus {
  readonly state: 'off' | 'connecting' | 'connected' | 'waiting' | 'refused'
  /** Without user and password; null while none is known. */
  readonly address: string | null
  readonly from: Broker['from'] | null
  readonly lastError: Text | null
  readonly lastErrorAt: string | null
  readonly connectedAt: string | null
  readonly publishedAt: string | null
  /** Messages since the process began. */
  readonly published: number
  /** Device documents and topics that stand at the broker. */
  readonly topics: number
}

export interface Publisher {
  start(): void
  /** Says `offline` and leaves. */
  stop(): Promise<void>
  /** After a change of the settings: leaves, and comes back with the new ones. */
  restart(): Promise<void>
  /** Something that topics show may have changed. Also once a minute, for what changes with time. */
  changed(): void
  /** Everything once more, also devices that were deleted in Home Assistant. */
  publishAgain(): Promise<void>
  /** Tries a broker from name to echo; throws a Failure that says which step failed. */
  test(broker?: Broker): Promise<void>
  status(): PublisherStatus
}

export const IDLE: PublisherStatus = {
  state: 'off',
  address: null,
  from: null,
  lastError: null,
  lastErrorAt: null,
  connectedAt: null,
  publishedAt: null,
  published: 0,
  topics: 0,
}
