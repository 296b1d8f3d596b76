import { serversDue } from '../domain/collect-plan.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import type { Collected } from './collect-needs.ts'
import type { CollectRequest } from './collect-runs.ts'

export interface CollectDueNeeds {
  readonly clock: Clock
  state(): State
  collect(request: CollectRequest): Promise<readonly Collected[]>
}

export interface CollectDue {
  /** A run has ended at this server: its row is fetched in a while, unless it is reported by then anyway. */
  soon(serverId: string): void
  /** Once a minute: collects from the servers whose time has come. Resolves with what came of it. */
  tick(signal: AbortSignal): Promise<readonly Collected[]>
}

/** Duplicati writes the row when the run has ended, and reports it, tries included, within a minute. */
const SOON_MS = 60_000

/** Collecting that nobody asked for: by the clock, for what is late, and for what has just ended. */
export function collectDue(needs: CollectDueNeeds): CollectDue {
  const ended = new Map<string, number>()
  return {
    soon(serverId) {
      ended.set(serverId, needs.clock.elapsedMs() + SOON_MS)
    },
    async tick(signal) {
      const now = needs.clock.elapsedMs()
      const ready = [...ended].flatMap(([serverId, at]) => (at <= now ? [serverId] : []))
      for (const serverId of ready) ended.delete(serverId)
      const serverIds = [...new Set([...serversDue(needs.state(), needs.clock.now()), ...ready])]
      return serverIds.length === 0 ? [] : await needs.collect({ serverIds, signal })
    },
  }
}
