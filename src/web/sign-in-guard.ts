import { isIPv6 } from 'node:net'

/** Holds back guessing. Counts by the clock that never goes back, so zones and changed clocks do not matter. */
export interface SignInGuard {
  /** null where a try may be made now. */
  held(who: Guesser): Held | null
  failed(who: Guesser): void
  succeeded(who: Guesser): void
  /** Forgets everything. */
  forgive(): void
}

export interface Guesser {
  readonly name: string
  readonly address: string
  /** A browser that this user signed in with before: it is held back for its own slips only. */
  readonly device: string | null
}

export interface Held {
  readonly seconds: number
  /** The first try that this wait turns away: worth a line in the audit log, unlike a flood of them. */
  readonly isFirst: boolean
  /** The answer is kept back so long, longer each time: a flood then takes few turns of this process. */
  readonly answerAfterMs: number
}

interface Tries {
  readonly count: number
  /** Moment until which nothing is tried, in ms of the clock that never goes back. */
  readonly until: number
  readonly last: number
}

/**
 * Free tries, first wait and longest wait. A pair is one name from one address; a name is slowed far less, so that
 * a stranger elsewhere cannot keep its owner out.
 */
const RULES = {
  pair: { free: 5, firstMs: 2000, longestMs: 15 * 60_000 },
  address: { free: 20, firstMs: 2000, longestMs: 15 * 60_000 },
  name: { free: 50, firstMs: 500, longestMs: 4000 },
} as const
const FORGET_MS = 60 * 60_000
const REMEMBERED = 20_000
const SLOWER_MS = 10
const SLOWEST_MS = 500

export function createSignInGuard(elapsedMs: () => number): SignInGuard {
  const tries = new Map<string, Tries>()
  /** The wait that somebody was told of last, and how often they were turned away. */
  const told = new Map<string, { readonly until: number; readonly count: number }>()
  const known = (key: string): Tries | undefined => {
    const found = tries.get(key)
    return found !== undefined && elapsedMs() - found.last < FORGET_MS ? found : undefined
  }
  const put = (key: string, one: Tries) => {
    tries.delete(key) // the oldest stand first
    tries.set(key, one)
  }

  return {
    held(who) {
      const waits = keys(who).map(([, key]) => [key, known(key)?.until ?? 0] as const)
      const [key, until] = waits.reduce((most, one) => (one[1] > most[1] ? one : most))
      const seconds = Math.ceil((until - elapsedMs()) / 1000)
      if (seconds <= 0) return null
      const before = told.get(key)
      if (told.size > REMEMBERED) told.clear()
      const count = (before?.count ?? 0) + 1
      told.set(key, { until, count })
      const answerAfterMs = Math.min(SLOWEST_MS, (count - 1) * SLOWER_MS)
      return { seconds, isFirst: before?.until !== until, answerAfterMs }
    },
    failed(who) {
      const now = elapsedMs()
      for (const [rule, key] of keys(who)) {
        const { free, firstMs, longestMs } = RULES[rule]
        const count = (known(key)?.count ?? 0) + 1
        const waitMs = count < free ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(count - free, 20))
        put(key, { count, until: now + waitMs, last: now })
      }
      // Bounded: in a flood of names the oldest go.
      for (const key of tries.keys()) {
        if (tries.size <= REMEMBERED) break
        tries.delete(key)
      }
    },
    succeeded(who) {
      for (const [rule, key] of keys(who)) {
        const found = tries.get(key)
        told.delete(key)
        if (rule !== 'name') tries.delete(key)
        // The try that was right was counted too; those of strangers stay.
        else if (found !== undefined) put(key, { ...found, count: found.count - 1, until: 0 })
      }
    },
    forgive() {
      tries.clear()
      told.clear()
    },
  }
}

function keys({ name, address, device }: Guesser): readonly (readonly [keyof typeof RULES, string])[] {
  if (device !== null) return [['pair', `d ${device}`]]
  const called = name.trim().toLowerCase().slice(0, 200)
  const from = neighbourhood(address)
  return [
    ['pair', `p ${called} ${from}`],
    ['address', `a ${from}`],
    ['name', `n ${called}`],
  ]
}

/** Whoever has one IPv6 address has 2^64 of them: they count as one. */
export function neighbourhood(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: gap }, () => '0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
