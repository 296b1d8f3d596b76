import { Failure } from '../domain/failure.ts'
import type { Job } from '../domain/job.ts'
import { jobState } from '../domain/job-state.ts'
import type { Server } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import { announcements } from './announcements.ts'
import { type Broker, shownAddress } from './broker.ts'
import type { MqttCommand } from './command.ts'
import { type Link, openLink } from './link.ts'
import { createPatience } from './patience.ts'
import type { Presence } from './presence.ts'
import { IDLE, PACE, type Publisher, type PublisherNeeds, type PublisherStatus } from './publisher-shape.ts'
import { createSession, type Memory, type Session } from './session.ts'
import { createTimers } from './timers.ts'
import { bridgeTopic } from './topics.ts'
import { tryBroker } from './try-broker.ts'
import { wantedTopics } from './wanted.ts'

/**
 * Keeps the broker equal to the state. One attempt after the other, each with credentials asked for anew; nothing
 * is published, queued or awaited while the broker is away.
 */
export function createPublisher(needs: PublisherNeeds): Publisher {
  const pace = { ...PACE, ...needs.pace }
  let memory = freshMemory()
  let timers = createTimers()
  let life = 0
  let turn: Promise<void> = Promise.resolve()
  let isOver = false
  let session: Session | null = null
  let link: { open: Link; presence: Presence } | null = null
  let patience = createPatience(pace, () => performance.now())
  /** What was written to the log last; said again only after a connection that stood. */
  let warned: string | null = null
  /** The state up to which events were told; what happens while the broker is away is not told later. */
  let told: State | null = null
  let status: PublisherStatus = IDLE
  const report = (part: Partial<PublisherStatus>) => {
    status = { ...status, ...part }
  }

  const attempt = async (mine: number): Promise<void> => {
    try {
      const [broker, presence] = await Promise.all([needs.broker(), needs.presence()])
      if (mine !== life) return
      if (broker === null) {
        report({ ...IDLE, published: status.published })
        return again(mine, pace.slowRetryMs)
      }
      report({ state: 'connecting', address: shownAddress(broker), from: broker.from })
      await meet(mine, broker, presence)
    } catch (error) {
      if (mine === life) lost(mine, error)
    }
  }

  const meet = async (mine: number, broker: Broker, presence: Presence) => {
    const availability = bridgeTopic(presence, 'availability')
    const conversation = createSession(sessionNeeds(presence), memory)
    const open = await openLink(broker, {
      clientId: `duplistatus-${presence.instance}`,
      will: { topic: availability, payload: 'offline' },
      onMessage: conversation.message,
      onLost: (failure) => {
        conversation.end()
        if (mine === life) lost(mine, failure)
      },
    })
    if (mine !== life) return open.end()
    patience.connected()
    link = { open, presence }
    session = conversation
    told = needs.state()
    report({ state: 'connected', connectedAt: needs.now().toISOString(), lastError: null, lastErrorAt: null })
    needs.log.info('Connected to the MQTT broker.', { address: shownAddress(broker), from: broker.from })
    await conversation.begin(open)
  }

  const sessionNeeds = (presence: Presence) => ({
    presence,
    pace,
    remembered: needs.remembered.read(),
    wanted: () => {
      const state = needs.state()
      const now = needs.now()
      const judge = (job: Job, server: Server) => jobState(job, server, state, now).state
      return wantedTopics({ state, judge, presence, say: needs.say })
    },
    news: () => {
      const after = needs.state()
      const before = told ?? after
      told = after
      return announcements(before, after, presence, needs.say)
    },
    arrived: () => remember(presence),
    refused: (failure: Failure) => {
      if (warned !== failure.text.key)
        needs.log.warn('The MQTT broker does not take every topic.', { reason: failure.text })
      warned = failure.text.key
      report({ lastError: failure.text, lastErrorAt: needs.now().toISOString() })
    },
    failed: (error: unknown) =>
      needs.log.error('Not everything could be told to the MQTT broker.', { error }),
    published: () => report({ published: status.published + 1, publishedAt: needs.now().toISOString() }),
    command: (command: MqttCommand) => {
      needs.act(command).catch((error: unknown) => {
        needs.log.warn('A command from the MQTT broker was not done.', { kind: command.kind, error })
      })
    },
  })

  const remember = async ({ prefix, discovery }: Presence) => {
    const known = needs.remembered.read()
    if (known?.prefix === prefix && known.discovery === discovery) return
    await needs.remembered.write({ prefix, discovery })
  }

  const lost = (mine: number, error: unknown) => {
    session = null
    link = null
    const refused = error instanceof Failure && error.code === 'forbidden'
    const reason = error instanceof Failure ? error.text : text('mqtt.trouble.unexpected')
    const { waitMs, hadStood } = patience.lost(refused)
    if (hadStood) warned = null
    if (warned !== reason.key) {
      needs.log.warn('The MQTT broker is not connected; trying again.', { reason: reason.key, error })
    }
    warned = reason.key
    report({
      state: refused ? 'refused' : 'waiting',
      lastError: reason,
      lastErrorAt: needs.now().toISOString(),
      connectedAt: null,
    })
    again(mine, waitMs)
  }

  const again = (mine: number, ms: number) => {
    void timers.wait(ms).then(() => (mine === life ? attempt(mine) : undefined))
  }

  /** For good: nothing of ours stays at this broker, since nobody could take it back later. */
  const leave = async (isForGood = false) => {
    life += 1
    timers.clear()
    const leaving = link
    if (isForGood) await session?.clear()
    session?.end()
    session = null
    link = null
    if (leaving === null) return
    const availability = bridgeTopic(leaving.presence, 'availability')
    if (!isForGood)
      await leaving.open.publish(availability, 'offline', { retain: true }).catch(() => undefined)
    await leaving.open.end()
  }

  const start = () => {
    timers = createTimers()
    patience = createPatience(pace, () => performance.now())
    warned = null
    void attempt(life)
  }

  return {
    start,
    async stop() {
      isOver = true
      await leave()
      status = { ...IDLE, published: status.published }
    },
    /** One after another: two at once would make two connections that push each other out for ever. */
    restart() {
      const anew = async () => {
        await leave((await needs.broker().catch(() => undefined)) === null)
        memory = freshMemory()
        if (!isOver) start()
      }
      turn = turn.then(anew, anew)
      return turn
    },
    changed: () => session?.changed(),
    async publishAgain() {
      memory.dismissed.clear()
      if (session === null) throw new Failure('unavailable', text('mqtt.not-connected'))
      await session.everything()
    },
    async test(candidate) {
      const broker = candidate ?? (await needs.broker())
      if (broker === null) throw new Failure('invalid', text('mqtt.not-configured'), { field: 'mqtt.url' })
      await tryBroker(broker, await needs.presence())
    },
    status: () => ({ ...status, topics: memory.standing?.size ?? 0 }),
  }
}

function freshMemory(): Memory {
  return { standing: null, dismissed: new Set(), cleared: new Set() }
}
