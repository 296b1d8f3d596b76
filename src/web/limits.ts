import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Failure } from '../domain/failure.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'

/** Generous limits that only floods meet. */
export interface Limits {
  /** For senders outside the local network: throws Failure `too-many` where one address sends more reports a minute than the setting says. */
  upload(address: string): Promise<void>
  /** Seconds until one more machine, or backup of a known machine, that was never seen may come in; 0 for now. */
  admitNew(what: 'server' | 'job'): Promise<number>
}

/** Made anew where the setting changed; counts start again then. */
export function createLimits(state: () => State): Limits {
  let uploads = limiter(600, 60)
  let servers = limiter(500, 3600)
  let jobs = limiter(500 * JOBS_PER_SERVER, 3600)
  return {
    async upload(address) {
      const points = setting(state(), 'access.uploads_per_minute', 600)
      if (uploads.points !== points) uploads = limiter(points, 60)
      const seconds = await secondsToWait(uploads, address)
      if (seconds > 0) throw new Failure('too-many', text('report.too-many-reports', { wait: { seconds } }))
    },
    async admitNew(what) {
      const points = setting(state(), 'access.new_servers_per_hour', 500)
      if (servers.points !== points) {
        servers = limiter(points, 3600)
        jobs = limiter(points * JOBS_PER_SERVER, 3600)
      }
      return secondsToWait(what === 'server' ? servers : jobs, 'all')
    },
  }
}

/** A machine that is new brings its backups along, each a job of its own. */
const JOBS_PER_SERVER = 10

function limiter(points: number, duration: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration })
}

/** Takes one turn; 0 where there was one left, else the seconds until there is. */
async function secondsToWait(one: RateLimiterMemory, key: string): Promise<number> {
  try {
    await one.consume(key)
    return 0
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
    throw refused
  }
}

function setting(state: State, key: string, otherwise: number): number {
  const value = state.settings[key]
  return typeof value === 'number' && value > 0 ? value : otherwise
}
