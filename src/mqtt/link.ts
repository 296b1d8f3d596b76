import type { MqttClient } from 'mqtt'
import type { Failure } from '../domain/failure.ts'
import type { Broker } from './broker.ts'
import { brokerTrouble, topicRefused } from './trouble.ts'

/** One connection to a broker, from CONNACK until it is lost or ended. */
export interface Link {
  /** How many messages the broker takes before it has answered the first (MQTT 5 says so). */
  readonly atOnce: number
  /**
   * Resolves when the broker has it (QoS 1). Rejects when the connection is gone, and with Failure `forbidden` where
   * the broker says that this topic is not for us: MQTT 5 does, 3.1.1 cannot.
   */
  publish(topic: string, payload: string, options: { retain: boolean }): Promise<void>
  /** Filters the broker does not allow are left out. */
  subscribe(filters: readonly string[]): Promise<void>
  unsubscribe(filters: readonly string[]): Promise<void>
  /** Says good-bye, so that the will is not published. */
  end(): Promise<void>
}

export interface LinkOptions {
  readonly clientId: string
  /** Published by the broker, retained, when we vanish. */
  readonly will: { readonly topic: string; readonly payload: string } | null
  readonly onMessage: (topic: string, payload: string, retained: boolean) => void
  /** Once, when a connection that stood is gone without our doing. */
  readonly onLost: (failure: Failure) => void
}

const LARGEST_MESSAGE = 1024 * 1024
const MOST_AT_ONCE = 50
/** How long a broker that answers nothing may hold up our good-bye. */
const PATIENCE_MS = 2000

/** Connects once; throws Failure `forbidden` (refused) or `unavailable`. Trying again is the caller's. */
export async function openLink(broker: Broker, options: LinkOptions): Promise<Link> {
  const client = await dial(broker, options)
  return new Promise((resolve, reject) => {
    let phase: 'opening' | 'open' | 'over' = 'opening'
    let reason: unknown = null
    const over = () => {
      const was = phase
      phase = 'over'
      client.end(true)
      if (was === 'opening') reject(brokerTrouble(broker, reason))
      if (was === 'open') options.onLost(brokerTrouble(broker, reason))
    }
    client.on('error', (error) => {
      reason = error
      if (phase === 'opening') over()
    })
    client.on('close', over)
    client.on('message', (topic, payload, packet) => {
      if (phase === 'over' || payload.length > LARGEST_MESSAGE) return
      options.onMessage(topic, payload.toString('utf8'), packet.retain)
    })
    client.on('connect', ({ properties }) => {
      phase = 'open'
      const ending = () => {
        phase = 'over'
      }
      resolve(linkOver(client, broker, properties?.receiveMaximum ?? MOST_AT_ONCE, ending))
    })
  })
}

/** A certificate or key that cannot be read is noticed here, before anything is sent. */
async function dial(broker: Broker, options: LinkOptions): Promise<MqttClient> {
  const { connect } = await import('mqtt')
  try {
    return connect(broker.url, {
      clientId: options.clientId,
      protocolVersion: broker.protocol,
      clean: true,
      keepalive: 30,
      connectTimeout: 15_000,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      timerVariant: 'native',
      rejectUnauthorized: broker.verify,
      ...(broker.username === '' ? {} : { username: broker.username, password: broker.password }),
      ...(broker.ca === '' ? {} : { ca: broker.ca }),
      ...(broker.certificate === '' ? {} : { cert: broker.certificate, key: broker.key }),
      ...(options.will === null
        ? {}
        : { will: { ...options.will, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }),
    })
  } catch (error) {
    throw brokerTrouble(broker, error)
  }
}

/** What waits for the broker is rejected by `client.end(true)` when the connection goes. */
function linkOver(client: MqttClient, broker: Broker, taken: number, ending: () => void): Link {
  return {
    atOnce: Math.max(1, Math.min(MOST_AT_ONCE, taken)),
    async publish(topic, payload, { retain }) {
      if (!client.connected) throw new Error('not connected')
      await client.publishAsync(topic, payload, { qos: 1, retain }).catch((error: unknown) => {
        throw topicRefused(broker, topic, error) ?? error
      })
    },
    async subscribe(filters) {
      for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 }).catch(() => undefined)
    },
    async unsubscribe(filters) {
      await client.unsubscribeAsync([...filters]).catch(() => undefined)
    },
    async end() {
      ending()
      const force = setTimeout(() => client.end(true), PATIENCE_MS)
      await client.endAsync().catch(() => undefined)
      clearTimeout(force)
    },
  }
}
