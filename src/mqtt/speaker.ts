import { Failure } from '../domain/failure.ts'
import type { Link } from './link.ts'
import type { Presence } from './presence.ts'
import type { Memory } from './session.ts'
import { isDocumentTopic } from './topics.ts'

interface SpeakerNeeds {
  readonly presence: Presence
  readonly pace: { readonly settleMs: number }
  published(topic: string): void
  refused(failure: Failure): void
}

/** Publishes, and keeps the memory of what stands at the broker. */
export interface Speaker {
  /** Retained, a few at once; an empty payload takes a topic back. */
  say(at: Link, topics: Iterable<readonly [string, string]>): Promise<void>
  /** Once, for whoever listens now. */
  tell(at: Link, topic: string, payload: string): Promise<void>
  /** Documents of these topics that were said a moment ago, and have to wait. */
  tooSoon(topics: Iterable<string>): ReadonlySet<string>
}

export function createSpeaker({ presence, pace, published, refused }: SpeakerNeeds, memory: Memory): Speaker {
  const documentsSaidAt = new Map<string, number>()

  /** A topic that is refused counts as said: it is tried again with the next connection, not with every change. */
  const send = async (at: Link, topic: string, payload: string, retain: boolean) => {
    try {
      await at.publish(topic, payload, { retain })
      published(topic)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      refused(error)
    }
  }

  const sayOne = async (at: Link, topic: string, payload: string) => {
    const standing = memory.standing ?? new Map<string, string>()
    memory.standing = standing
    if (payload === '') memory.cleared.add(topic)
    else {
      memory.cleared.delete(topic)
      standing.set(topic, payload)
      if (isDocumentTopic(presence, topic)) documentsSaidAt.set(topic, performance.now())
    }
    await send(at, topic, payload, true)
    if (payload === '') standing.delete(topic)
  }

  return {
    async say(at, topics) {
      const all = [...topics]
      for (let start = 0; start < all.length; start += at.atOnce) {
        const some = all.slice(start, start + at.atOnce)
        await Promise.all(some.map(([topic, payload]) => sayOne(at, topic, payload)))
      }
    },
    tell: (at, topic, payload) => send(at, topic, payload, false),
    /** Home Assistant drops the rest of a document that comes while the one before is still being set up. */
    tooSoon(topics) {
      const since = performance.now() - pace.settleMs
      return new Set([...topics].filter((topic) => (documentsSaidAt.get(topic) ?? -Infinity) > since))
    },
  }
}
