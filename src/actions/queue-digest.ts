import { type DigestPlan, latestDigest } from '../domain/digest-schedule.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'

export interface QueueDigestNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  plan(state: State): DigestPlan
  zone(state: State): string | null
  /** Channels that are on. */
  channels(state: State): readonly string[]
}

const FEATURE = 'digest'
const HOUR_MS = 3_600_000

interface Told {
  readonly every: DigestPlan['every']
  /** When the last one was made, and the one before. */
  readonly lastAt: string
  readonly previousAt: string | null
}

/** Queues a summary for every channel when its time has come; true where it did. Called every few minutes. */
export async function queueDigest(needs: QueueDigestNeeds): Promise<boolean> {
  const now = needs.clock.now()
  let queued = false
  const step = (state: State): State => {
    const next = withDigest(state, needs, now)
    queued = next.queued
    return next.state
  }
  if (step(needs.state()) === needs.state()) return false
  await needs.change(step)
  return queued
}

/** From when to when a summary speaks: since the one before it, else for one day, week or month. */
export function digestPeriod(state: State, notice: Pick<Notice, 'createdAt'>): { from: Date; to: Date } {
  const to = new Date(notice.createdAt)
  const told = toldOf(state)
  const days = told?.every === 'monthly' ? 31 : told?.every === 'weekly' ? 7 : 1
  const before = told?.lastAt === notice.createdAt ? told.previousAt : null
  return { from: before === null ? new Date(to.getTime() - days * 86_400_000) : new Date(before), to }
}

function withDigest(state: State, needs: QueueDigestNeeds, now: Date): { state: State; queued: boolean } {
  const plan = needs.plan(state)
  const due = latestDigest(plan, now, needs.zone(state))
  const told = toldOf(state)
  if (due === null) return { state, queued: false }
  const at = now.toISOString()
  // Switched on or changed just now: the first one comes at its next time, not at once.
  // And one that was made in the future by a clock that was ahead does not hold back all until then.
  if (told === null || told.every !== plan.every || Date.parse(told.lastAt) - now.getTime() > HOUR_MS) {
    return { state: withTold(state, { every: plan.every, lastAt: at, previousAt: null }), queued: false }
  }
  if (Date.parse(told.lastAt) >= due) return { state, queued: false }
  const notices = Object.fromEntries(
    needs.channels(state).map((channel) => {
      const notice = digestNotice(channel, at)
      return [notice.id, notice]
    }),
  )
  const noted = withTold(state, { every: plan.every, lastAt: at, previousAt: told.lastAt })
  return { state: { ...noted, notices: { ...noted.notices, ...notices } }, queued: true }
}

function digestNotice(channel: string, at: string): Notice {
  return {
    id: `ntc_digest_${Date.parse(at).toString(36)}_${channel}`,
    kind: 'digest',
    channel,
    to: null,
    incidentIds: [],
    jobIds: [],
    runNo: null,
    createdAt: at,
    dueAt: at,
    attempts: 0,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
  }
}

function toldOf(state: State): Told | null {
  return (state.features[FEATURE] as Told | undefined) ?? null
}

function withTold(state: State, told: Told): State {
  return { ...state, features: { ...state.features, [FEATURE]: told } }
}
