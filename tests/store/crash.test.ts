import { cp } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { arrival, runLog } from '../support/arrivals.ts'
import { compiled } from '../support/compiled.ts'
import { freshFolder, open } from '../support/open-store.ts'
import { nthArrival, type Told, toldNothing, writeUntilKilled } from '../support/store-writer.ts'
import { verifyTold } from '../support/verify-told.ts'

const entry = compiled('tests/support/store-writer.ts')
const CYCLES = 10

t.test(
  'Killed at any moment, nothing that was acknowledged is lost, and nothing is there twice',
  async (t) => {
    const dir = await freshFolder(t)
    const told = toldNothing()
    let seed = 11
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const { child, first, gone } = writeUntilKilled(entry, dir, cycle * 100_000, told)
      await first
      seed = (seed * 1103515245 + 12345) % 2147483648
      await pause(seed % 250)
      child.kill('SIGKILL')
      t.equal(await gone, '', 'it did not die of itself')
      const store = await open(t, dir)
      t.same(await verifyTold(store, told), [], `cycle ${cycle + 1}: ${told.runs.size} acknowledged`)
      await store.close()
    }
    t.ok(
      told.runs.size > CYCLES,
      `${told.runs.size} acknowledged, ${told.deleted.size} deleted, ${told.counter} changes`,
    )
  },
)

t.test('A second process is refused while the first lives, and not once it was killed', async (t) => {
  const dir = await freshFolder(t)
  const { child, first, gone } = writeUntilKilled(entry, dir, 0, toldNothing())
  await first
  await t.rejects(open(t, dir), { message: /store.open.inUse/ })
  child.kill('SIGKILL')
  await gone
  const store = await open(t, dir)
  const { gone: refused } = writeUntilKilled(entry, dir, 0, toldNothing())
  t.match(await refused, /store.open.inUse/)
  await store.record(arrival(1), null)
})

t.test(
  'A copy taken while reports come in opens, with everything acknowledged before it began',
  async (t) => {
    const dir = await freshFolder(t)
    const store = await open(t, dir)
    const told = toldNothing()
    const copies: { copy: string; before: Told }[] = []
    let n = 0
    const writer = async () => {
      while (copies.length < 4 && n < 2000) {
        const own = n++
        const { no } = await store.record(nthArrival(own), own % 3 === 0 ? null : runLog((own % 20) + 1))
        told.runs.set(own, no)
      }
    }
    const writers = Array.from({ length: 8 }, writer)
    while (copies.length < 4) {
      await pause(30)
      if (copies.length === 2) await store.hold()
      const before: Told = { ...toldNothing(), runs: new Map(told.runs) }
      const copy = await freshFolder(t)
      const filter = (path: string) => !/\.lock|\/tmp\//.test(path.slice(dir.length))
      await cp(dir, copy, { recursive: true, filter })
      copies.push({ copy, before })
    }
    await Promise.all(writers)
    for (const { copy, before } of copies) {
      const copied = await open(t, copy)
      const wrong = await verifyTold(copied, before, 'copy')
      // A log that was half copied, and a fold whose line was not, belong to runs that came later.
      const earlier = wrong.filter((what) => !/bad logs|folds/.test(what))
      t.same(earlier, [], `${before.runs.size} acknowledged before`)
      await copied.close()
    }
  },
)
