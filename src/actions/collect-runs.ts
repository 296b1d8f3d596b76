import type { Collected, CollectNeeds, CollectProgress } from './collect-needs.ts'
import { collectServer } from './collect-server.ts'

/** So many servers at once: what a page of each needs in memory stays small. */
const AT_ONCE = 3

export interface CollectRequest {
  readonly serverIds: readonly string[]
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: CollectProgress) => void
}

/**
 * Fetches from Duplicati servers what was not reported. Several at once, each server by one collection at a time:
 * who asks for one that is being collected from waits for that and is given its result. Gives one result a server,
 * in the order asked for.
 */
export function collectRuns(needs: CollectNeeds): (request: CollectRequest) => Promise<readonly Collected[]> {
  const going = new Map<string, Promise<Collected>>()

  function once(serverId: string, request: CollectRequest): Promise<Collected> {
    const before = going.get(serverId)
    if (before !== undefined) return before
    const signal = request.signal ?? new AbortController().signal
    const onProgress = request.onProgress ?? (() => undefined)
    const collected = collectServer(needs, serverId, { signal, onProgress }).finally(() =>
      going.delete(serverId),
    )
    going.set(serverId, collected)
    return collected
  }

  return async (request) => {
    const waiting = [...new Set(request.serverIds)]
    const results = new Map<string, Collected>()
    const worker = async () => {
      for (let serverId = waiting.shift(); serverId !== undefined; serverId = waiting.shift()) {
        results.set(serverId, request.signal?.aborted ? notBegun(serverId) : await once(serverId, request))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return [...new Set(request.serverIds)].map((serverId) => results.get(serverId) ?? notBegun(serverId))
  }
}

function notBegun(serverId: string): Collected {
  return { serverId, recorded: 0, known: 0, failed: [], stopped: true }
}
