import type { PublisherPace } from './publisher-shape.ts'

const LONGEST_RETRY_MS = 60_000

/** How long to wait before a broker is tried again. */
export interface Patience {
  connected(): void
  /** `hadStood`: what is over was a good connection, and what goes wrong now is news. */
  lost(isRefused: boolean): { readonly waitMs: number; readonly hadStood: boolean }
}

/**
 * Waits double up to a minute. A broker that takes us and drops us again (for our topics, or because a second program
 * has our name) counts as failing: only a connection that stood begins anew.
 */
export function createPatience(
  pace: Pick<PublisherPace, 'retryMs' | 'slowRetryMs' | 'steadyMs'>,
  elapsedMs: () => number,
): Patience {
  let failures = 0
  let since: number | null = null
  return {
    connected() {
      since = elapsedMs()
    },
    lost(isRefused) {
      const hadStood = since !== null && elapsedMs() - since > pace.steadyMs
      since = null
      if (hadStood) failures = 0
      const growing = Math.min(LONGEST_RETRY_MS, pace.retryMs * 2 ** Math.min(failures, 10))
      failures += 1
      return { waitMs: isRefused ? pace.slowRetryMs : growing * (0.8 + 0.4 * Math.random()), hadStood }
    },
  }
}
