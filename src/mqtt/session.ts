import type { Failure } from '../domain/failure.ts'
import { changesBetween } from './changes.ts'
import { commandFilters, commandOf, type MqttCommand } from './command.ts'
import type { Link } from './link.ts'
import type { Presence } from './presence.ts'
import { createSpeaker } from './speaker.ts'
import { createReader, type Remembered } from './standing.ts'
import { createTimers } from './timers.ts'
import { bridgeTopic, isDocumentTopic, root } from './topics.ts'

/** Delays of the conversation, in milliseconds. */
export interface Pace {
  /** So long without a retained message means that all of them have come. */
  readonly quietMs: number
  /** Between entities leaving a device and appearing on another; between two documents of one device. */
  readonly settleMs: number
  /** Between a change and its publication; what changes meanwhile goes along. */
  readonly gatherMs: number
  /** After Home Assistant's start message: at random between a fifth of this and all of it. */
  readonly birthMs: number
}

export interface SessionNeeds {
  readonly presence: Presence
  readonly pace: Pace
  readonly remembered: Remembered | null
  /** Every retained topic as it should stand now. */
  wanted(): Map<string, string>
  /** Messages to say once, since the last call. */
  news(): readonly Said[]
  /** Once everything stands. */
  arrived(): Promise<void>
  published(topic: string): void
  /** A topic that the broker does not let us write; the others go on. */
  refused(failure: Failure): void
  /** What went wrong while the connection stands. */
  failed(error: unknown): void
  command(command: MqttCommand): void
}

export interface Said {
  readonly topic: string
  readonly payload: string
}

/** What outlives a connection. */
export interface Memory {
  /** What stands at the broker as far as we know; null: to be read. */
  standing: Map<string, string> | null
  /** Documents that people deleted there: left alone until asked. */
  readonly dismissed: Set<string>
  /** Documents that we cleared ourselves and whose echo is still to come. */
  readonly cleared: Set<string>
}

/** The conversation over one connection. Everything it publishes goes through one queue, in order. */
export interface Session {
  begin(link: Link): Promise<void>
  changed(): void
  /** Everything once more, as after Home Assistant's restart. */
  everything(): Promise<void>
  /** Takes back all that stands there, and says nothing more. */
  clear(): Promise<void>
  message(topic: string, payload: string, retained: boolean): void
  end(): void
}

/** How long a broker that answers nothing may hold up our leaving for good. */
const PATIENCE_MS = 3000

export function createSession(needs: SessionNeeds, memory: Memory): Session {
  const { presence, pace } = needs
  const timers = createTimers()
  const speaker = createSpeaker(needs, memory)
  const reader = createReader(presence, needs.remembered, () => timers.wait(pace.quietMs))
  let link: Link | null = null
  let queue: Promise<void> = Promise.resolve()
  let gathering = false
  let isReborn = false

  /** One after another; a lost connection ends what is left, and the next one begins anew. */
  const inTurn = (work: (at: Link) => Promise<void>): Promise<void> => {
    queue = queue.then(async () => {
      const at = link
      if (at === null) return
      await work(at).catch((error: unknown) => {
        if (link === at) needs.failed(error)
      })
    })
    return queue
  }

  /** Brings the broker from what stands there to what is wanted; `all` repeats what stands already. */
  const pass = async (at: Link, all: boolean) => {
    // Both of the same moment: what is told once must already be in the states that went before it.
    const wanted = needs.wanted()
    const toldOnce = needs.news()
    for (const topic of memory.dismissed) wanted.delete(topic)
    const changes = changesBetween(memory.standing ?? new Map(), wanted, presence.instance)
    const held = all ? new Set<string>() : speaker.tooSoon(changes.news.keys())
    const inTime = ([topic]: readonly [string, string]) => !held.has(topic)
    const farewells = [...changes.farewells].filter(inTime)
    if (farewells.length > 0) {
      await speaker.say(at, farewells)
      await timers.wait(pace.settleMs)
    }
    await speaker.say(at, [...(all ? wanted : changes.news)].filter(inTime))
    // A document that waits may still name a topic that goes.
    const leftovers = held.size > 0 ? [] : changes.leftovers
    await speaker.say(
      at,
      leftovers.map((topic) => [topic, ''] as const),
    )
    for (const { topic, payload } of toldOnce) await speaker.tell(at, topic, payload)
    if (held.size > 0) void timers.wait(pace.settleMs).then(changed)
  }

  const changed = () => {
    if (gathering || link === null) return
    gathering = true
    void timers.wait(pace.gatherMs).then(() => {
      gathering = false
      return inTurn((at) => pass(at, false))
    })
  }

  /** However often it is said meanwhile, everything is told once: who starts now hears what comes after. */
  const reborn = () => {
    if (isReborn) return
    isReborn = true
    void timers.wait(pace.birthMs * (0.2 + 0.8 * Math.random())).then(() =>
      inTurn((at) => {
        isReborn = false
        return pass(at, true)
      }),
    )
  }

  const birth = presence.discovery === null ? [] : [`${presence.discovery}/status`]
  const heard = (topic: string, payload: string) => {
    if (birth.includes(topic)) {
      if (payload === 'online') reborn()
    } else if (topic === bridgeTopic(presence, 'availability')) {
      // The will of an earlier connection of ours, told late: we are back already.
      if (payload === 'offline') void inTurn((at) => speaker.say(at, [[topic, 'online']]))
    } else if (isDocumentTopic(presence, topic)) {
      if (payload !== '' || memory.cleared.delete(topic) || memory.standing?.delete(topic) !== true) return
      memory.dismissed.add(topic)
    } else if (topic.startsWith(`${root(presence)}/`)) {
      const command = commandOf(presence, topic, payload)
      if (command !== null) needs.command(command)
    }
  }

  return {
    begin(opened) {
      link = opened
      return inTurn(async (at) => {
        memory.standing ??= await reader.read(at)
        await at.subscribe([bridgeTopic(presence, 'availability'), ...commandFilters(presence), ...birth])
        await pass(at, true)
        if (presence.discovery !== null) await at.subscribe([`${presence.discovery}/device/+/config`])
        await needs.arrived()
      })
    },
    changed,
    everything: () => inTurn((at) => pass(at, true)),
    async clear() {
      const all = inTurn(async (at) => {
        const { farewells, leftovers } = changesBetween(
          memory.standing ?? new Map(),
          new Map(),
          presence.instance,
        )
        await speaker.say(at, [...farewells, ...leftovers.map((topic) => [topic, ''] as const)])
        link = null
      })
      await Promise.race([all, timers.wait(PATIENCE_MS)])
    },
    message(topic, payload, retained) {
      if (retained) reader.found(topic, payload)
      else heard(topic, payload)
    },
    end() {
      link = null
      timers.clear()
    },
  }
}
