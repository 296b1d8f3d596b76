import { startLoad } from './load.ts'
import type { LoadResult } from './load-client.ts'
import { type Bench, FIRST_PASSWORD, withProgram } from './measure.ts'
import { signIn } from './sign-in.ts'

/** What a flood of wrong sign-ins from one address does to everybody else. */
export interface Guessing {
  readonly attempts: number
  readonly perSecond: number
  /** Uploads of 20 lines from 8 clients: before, while somebody guesses, and after. */
  readonly before: LoadResult
  readonly meanwhile: LoadResult
  readonly after: LoadResult
  /** Milliseconds until the owner was in from another address; null where that was refused. */
  readonly ownerMs: number | null
}

const CONNECTIONS = 64
const STRANGER = '203.0.113.7'
const OWNER = '198.51.100.20'

export async function measureGuessing(bench: Bench, attempts: number): Promise<Guessing> {
  const flood = startLoad()
  const size = bench.sizes[1] ?? 0
  // Each follows at a distance, so that every report is a run of its own.
  let from = 5_000_000
  const work = (port: number) => async (milliseconds: number) => {
    from += 100_000
    return bench.load.run({
      kind: 'upload',
      port,
      clients: 8,
      lines: 20,
      from,
      warmUp: 100,
      count: 1e6,
      milliseconds,
    })
  }
  try {
    return await withProgram(
      bench,
      size,
      async ({ port }) => {
        bench.say(`${attempts} wrong sign-ins beside uploads at ${size} runs`)
        const upload = work(port)
        const before = await upload(bench.milliseconds * 2)
        const guesses = flood.run({
          kind: 'guess',
          port,
          address: STRANGER,
          clients: CONNECTIONS,
          warmUp: 0,
          count: attempts,
          milliseconds: 300_000,
        })
        const [meanwhile, ownerMs] = await Promise.all([upload(bench.milliseconds * 2), ownerSignsIn(port)])
        const { count, perSecond } = await guesses
        const after = await upload(bench.milliseconds * 2)
        return { attempts: count, perSecond, before, meanwhile, after, ownerMs }
      },
      { TRUST_PROXY: '127.0.0.1' },
    )
  } finally {
    flood.end()
  }
}

async function ownerSignsIn(port: number): Promise<number | null> {
  const begin = performance.now()
  const headers = await signIn(port, 'admin', FIRST_PASSWORD, { 'X-Forwarded-For': OWNER })
  return headers['Cookie'] === undefined ? null : performance.now() - begin
}
