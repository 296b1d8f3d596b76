import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** Holds back guessing. Counts by the clock that never goes back, so zones and changed clocks do not matter. */
export interface SignInGuard {
  /** Throws Failure `too-many` with the seconds to wait. */
  check(name: string, address: string): void
  failed(name: string, address: string): void
  succeeded(name: string, address: string): void
}

interface Tries {
  count: number
  /** Moment until which nothing is tried, in ms of the clock that never goes back. */
  until: number
  last: number
}

/** Free tries, first wait and longest wait. A pair is one name from one address; a name is slowed far less, so */
/** that a stranger elsewhere cannot keep its owner out. */
const RULES = {
  pair: { free: 5, firstMs: 2000, longestMs: 15 * 60_000 },
  address: { free: 20, firstMs: 2000, longestMs: 15 * 60_000 },
  name: { free: 50, firstMs: 500, longestMs: 4000 },
} as const
const FORGET_MS = 60 * 60_000
const REMEMBERED = 20_000

export function createSignInGuard(elapsedMs: () => number): SignInGuard {
  const tries = new Map<string, Tries>()
  const keys = (name: string, address: string) =>
    [
      ['pair', `p ${name.toLowerCase().slice(0, 200)} ${address}`],
      ['address', `a ${address}`],
      ['name', `n ${name.toLowerCase().slice(0, 200)}`],
    ] as const

  return {
    check(name, address) {
      const waits = keys(name, address).map(([, key]) => (tries.get(key)?.until ?? 0) - elapsedMs())
      const seconds = Math.ceil(Math.max(...waits) / 1000)
      if (seconds > 0) throw new Failure('too-many', text('sign-in.wait', { wait: { seconds } }))
    },
    failed(name, address) {
      const now = elapsedMs()
      forgetOld(tries, now)
      for (const [rule, key] of keys(name, address)) {
        const { free, firstMs, longestMs } = RULES[rule]
        const count = (tries.get(key)?.count ?? 0) + 1
        const waitMs = count < free ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(count - free, 20))
        tries.set(key, { count, until: now + waitMs, last: now })
      }
    },
    succeeded(name, address) {
      for (const [rule, key] of keys(name, address)) if (rule !== 'name') tries.delete(key)
    },
  }
}

/** Bounded: what is old goes, and in a flood of names the oldest do. */
function forgetOld(tries: Map<string, Tries>, now: number): void {
  if (tries.size < REMEMBERED) return
  for (const [key, one] of tries) if (now - one.last > FORGET_MS) tries.delete(key)
  for (const key of tries.keys()) {
    if (tries.size < REMEMBERED) break
    tries.delete(key)
  }
}
