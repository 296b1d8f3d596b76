import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { dueLanes, type Lane, laneKey, nextDue } from './due-notices.ts'

export interface LanesNeeds {
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
  state(): State
  /** Works off a lane until nothing in it is due, or until we close. */
  run(lane: Lane, isClosing: () => boolean): Promise<void>
  /** Notices that were tried and cannot be marked at the moment. */
  readonly unmarked: ReadonlyMap<string, unknown>
  /** Breaks off what is being sent. */
  readonly breaking: AbortController
}

/** So many receivers of one channel at once: one that hangs holds no other for long. */
const MOST_AT_ONCE = 4
const STOP_WAIT_MS = 5000
/** The tick wakes us every minute anyway; a timer is only for what is due before it. */
const LONGEST_NAP_MS = 60_000
const SHORTEST_NAP_MS = 1000

/** Runs a lane for every receiver with something due, each at most once at a time, some of each channel at once. */
export function createLanes(needs: LanesNeeds) {
  const busy = new Map<string, { readonly channel: string; readonly ended: Promise<void> }>()
  let timer: NodeJS.Timeout | undefined
  let closing = false

  function wake(): void {
    if (closing) return
    for (const lane of dueLanes(needs.state(), needs.clock.now(), new Set(needs.unmarked.keys()))) start(lane)
    if (needs.unmarked.size > 0 && busy.size === 0) start(MARKING)
    nap()
  }

  function start(lane: Lane): void {
    const key = laneKey(lane)
    const sameChannel = [...busy.values()].filter(({ channel }) => channel === lane.channel)
    if (busy.has(key) || sameChannel.length >= MOST_AT_ONCE) return
    const ended = needs
      .run(lane, () => closing)
      .then(() => true)
      .catch((error: unknown) => {
        // The disk refused: nothing was sent that was not counted, and the next tick tries again.
        needs.log.error(`Messages for ${lane.channel} wait: what was sent could not be written down`, {
          error,
        })
        return false
      })
      .then((fine) => {
        busy.delete(key)
        if (fine) wake()
      })
    busy.set(key, { channel: lane.channel, ended })
  }

  function nap(): void {
    clearTimeout(timer)
    const now = needs.clock.now()
    const next = nextDue(needs.state(), now)
    if (next === null) return
    const wait = Math.max(SHORTEST_NAP_MS, next - now.getTime())
    if (wait < LONGEST_NAP_MS) timer = setTimeout(wake, wait).unref()
  }

  async function idle(): Promise<void> {
    while (busy.size > 0) await Promise.all([...busy.values()].map(({ ended }) => ended))
  }

  async function stop(): Promise<void> {
    closing = true
    clearTimeout(timer)
    const limit = setTimeout(() => needs.breaking.abort(), STOP_WAIT_MS)
    await idle()
    clearTimeout(limit)
  }

  return { wake, idle, stop }
}

/** A lane without notices: it only writes down outcomes that are still to be marked. */
const MARKING: Lane = { channel: '', to: null }
