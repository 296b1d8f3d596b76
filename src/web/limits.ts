import { RateLimiterMemory } from 'rate-limiter-flexible'
import { Failure } from '../domain/failure.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'

/** Generous limits that only floods meet. */
export interface Limits {
  /** For senders outside the local network: throws Failure `too-many` where one address sends more reports a minute than the setting says. */
  upload(address: string): Promise<void>
  /** Whether one more machine that was never seen may come in now. */
  admitNewServer(): Promise<boolean>
}

/** Made anew where the setting changed; counts start again then. */
export function createLimits(state: () => State): Limits {
  let uploads = limiter(600, 60)
  let servers = limiter(500, 3600)
  return {
    async upload(address) {
      const points = setting(state(), 'access.uploads_per_minute', 600)
      if (uploads.points !== points) uploads = limiter(points, 60)
      if (!(await admits(uploads, address))) throw new Failure('too-many', text('report.too-many-reports'))
    },
    async admitNewServer() {
      const points = setting(state(), 'access.new_servers_per_hour', 500)
      if (servers.points !== points) servers = limiter(points, 3600)
      return admits(servers, 'all')
    },
  }
}

function limiter(points: number, duration: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration })
}

async function admits(one: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await one.consume(key)
    return true
  } catch (error) {
    if (error instanceof Error) throw error
    return false
  }
}

function setting(state: State, key: string, otherwise: number): number {
  const value = state.settings[key]
  return typeof value === 'number' && value > 0 ? value : otherwise
}
