import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { type Broker, shownAddress } from './broker.ts'
import { type Link, openLink } from './link.ts'
import type { Presence } from './presence.ts'
import { root } from './topics.ts'

const ECHO_MS = 4000

/**
 * Connects beside the real connection, publishes a message under our prefix and waits for it to come back: a
 * broker that takes the password may still forbid the topics. Throws a Failure with the step that failed.
 */
export async function tryBroker(broker: Broker, presence: Presence): Promise<void> {
  const topic = `${root(presence)}/bridge/test`
  let echo: () => void = () => undefined
  const heard = new Promise<void>((resolve) => {
    echo = resolve
  })
  const link = await openLink(broker, {
    clientId: `duplistatus-${presence.instance}-test`,
    will: null,
    onMessage: (at) => {
      if (at === topic) echo()
    },
    onLost: () => undefined,
  })
  try {
    await roundTrip(link, topic, heard, broker)
  } finally {
    await link.end()
  }
}

async function roundTrip(link: Link, topic: string, heard: Promise<void>, broker: Broker): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const values = { address: shownAddress(broker), topic }
    timer = setTimeout(() => reject(new Failure('forbidden', text('mqtt.trouble.topics', values))), ECHO_MS)
  })
  const echoed = link.subscribe([topic]).then(() => link.publish(topic, 'test', { retain: false }))
  try {
    await Promise.race([echoed.then(() => heard), late])
  } finally {
    clearTimeout(timer)
  }
}
