import { Failure } from '../domain/failure.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { countAttempt, type Lane, type Outcome, settle, takeNext } from './due-notices.ts'
import { createLanes } from './lanes.ts'
import { afterFailure } from './retry-later.ts'
import { withinTime } from './within-time.ts'

/** What we need of a channel; `M` is a finished message. */
export interface NoticeChannel<M> {
  readonly name: string
  ready(): Text | null
  send(message: M, to: string | null, signal: AbortSignal): Promise<void>
}

export interface SendNoticesNeeds<M extends { readonly title: string }> {
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
  readonly channels: readonly NoticeChannel<M>[]
  state(): State
  change(step: (state: State) => State): Promise<State>
  /** The message of notices that go to one receiver together. */
  compose(notices: readonly Notice[], state: State): Promise<M>
  /** Notes the one-use links that the message will carry, in the change that counts the attempt. */
  mint(state: State, notices: readonly Notice[], now: Date): State
  /** Keeps what was delivered or failed for good. */
  journal(entry: NoticeEntry): Promise<void>
  /** 0 to 1, for the jitter of the back-off. */
  random(): number
  /** How long one delivery may take. */
  readonly limitMs?: number
}

/** One line of the `notices` journal. */
export interface NoticeEntry {
  readonly at: string
  readonly outcome: 'delivered' | 'failed'
  readonly channel: string
  readonly to: string | null
  readonly kind: Notice['kind']
  readonly title: string
  readonly noticeIds: readonly string[]
  readonly incidentIds: readonly string[]
  readonly jobIds: readonly string[]
  readonly runNo: number | null
  readonly attempts: number
  readonly error: Text | null
}

export interface SendNotices {
  /** Starts on everything that is due and comes back at once; safe to call at any time. */
  wake(): void
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>
  /** Lets deliveries end, up to some seconds, then breaks them off; what was not marked is sent again. */
  stop(): Promise<void>
}

const LIMIT_MS = 60_000

/**
 * Sends what `State.notices` owes: the attempt is counted on disk, the message goes out, what came of it is written
 * down. At least once: after a crash between sending and marking it goes out again. Each receiver has its own lane.
 */
export function createSendNotices<M extends { readonly title: string }>(
  needs: SendNoticesNeeds<M>,
): SendNotices {
  const { clock, log, limitMs = LIMIT_MS } = needs
  // Attempts whose outcome could not be written yet (full disk): not sent again by this process.
  const unmarked = new Map<string, Outcome>()
  const breaking = new AbortController()

  async function runLane(lane: Lane, isClosing: () => boolean): Promise<void> {
    const tried = new Set<string>()
    if (unmarked.size > 0) await mark(new Map(unmarked))
    while (!isClosing()) {
      const done = new Set([...tried, ...unmarked.keys()])
      const notices = takeNext(needs.state(), lane, clock.now(), done)
      if (notices.length === 0) return
      for (const notice of notices) tried.add(notice.id)
      await deliver(lane, notices)
    }
  }

  async function deliver(lane: Lane, taken: readonly Notice[]): Promise<void> {
    const ids = taken.map((notice) => notice.id)
    const now = clock.now()
    const state = await needs.change((old) => needs.mint(countAttempt(old, ids, now), taken, now))
    // What was withdrawn while we waited for the disk is not sent.
    const notices = ids.flatMap((id) =>
      state.notices[id]?.state === 'owed' ? (state.notices[id] ?? []) : [],
    )
    if (notices.length === 0) return
    let title = ''
    const failure = await attempt(lane, notices, state, (made) => {
      title = made
    })
    if (breaking.signal.aborted && failure !== null) return
    const outcomes = outcomesOf(notices, failure)
    await mark(outcomes)
    await keep(lane, notices, outcomes, title)
  }

  async function attempt(
    lane: Lane,
    notices: readonly Notice[],
    state: State,
    titled: (title: string) => void,
  ) {
    try {
      const channel = needs.channels.find(({ name }) => name === lane.channel)
      if (channel === undefined) {
        throw new Failure('not-found', text('notices.failure.no-channel', { channel: lane.channel }))
      }
      const missing = channel.ready()
      if (missing !== null) throw new Failure('invalid', missing)
      const message = await needs.compose(notices, state)
      titled(message.title)
      await withinTime(limitMs, breaking.signal, (signal) => channel.send(message, lane.to, signal))
      return null
    } catch (error) {
      if (error instanceof Failure) return error
      log.error(`A message for ${lane.channel} could not be made or sent`, { error, notice: notices[0]?.id })
      return new Failure('unavailable', text('notices.failure.bug'))
    }
  }

  function outcomesOf(notices: readonly Notice[], failure: Failure | null): Map<string, Outcome> {
    const now = clock.now()
    if (failure === null) {
      return new Map(notices.map(({ id }) => [id, { state: 'delivered', at: now.toISOString() }]))
    }
    const random = needs.random()
    return new Map(notices.map((one) => [one.id, afterFailure(one, failure, now, random)]))
  }

  async function mark(outcomes: ReadonlyMap<string, Outcome>): Promise<void> {
    for (const [id, outcome] of outcomes) unmarked.set(id, outcome)
    await needs.change((state) => settle(state, outcomes))
    for (const id of outcomes.keys()) unmarked.delete(id)
  }

  async function keep(lane: Lane, notices: readonly Notice[], outcomes: Map<string, Outcome>, title: string) {
    const [first] = notices
    const outcome = outcomes.get(first?.id ?? '')
    if (first === undefined || outcome === undefined || outcome.state === 'owed') return
    await needs.journal({
      at: outcome.at,
      outcome: outcome.state,
      ...lane,
      kind: notices.length > 1 ? 'bundle' : first.kind,
      title,
      noticeIds: notices.map(({ id }) => id),
      incidentIds: [...new Set(notices.flatMap(({ incidentIds }) => incidentIds))],
      jobIds: [...new Set(notices.flatMap(({ jobIds }) => jobIds))],
      runNo: notices.length > 1 ? null : first.runNo,
      attempts: first.attempts,
      error: outcome.state === 'failed' ? outcome.error : null,
    })
  }

  return createLanes({ clock, log, state: needs.state, run: runLane, unmarked, breaking })
}
