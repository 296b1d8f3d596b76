// 300 times: eight writers, kill -9 at a random moment, open, look for everything that was acknowledged.
// `SEED` and `CYCLES` in the environment change what is done; both are printed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/kit/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import { seededRandom } from '../support/random.ts'
import { toldNothing, writeUntilKilled } from '../support/store-writer.ts'
import { tinyLedger } from '../support/tiny-ledger.ts'
import { verifyTold } from '../support/verify-told.ts'

const cycles = Number(process.env['CYCLES'] ?? 300)
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
/** Folders are begun anew, so that looking at everything stays quick. */
const CYCLES_A_FOLDER = 15
const entry = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url))
const log = { info: () => undefined, warn: () => undefined, error: console.error }

const random = seededRandom(seed)
const sum = { acknowledged: 0, deleted: 0, changes: 0, tornTails: 0, wrong: 0 }
console.log(`${cycles} kills, seed ${seed}`)
for (let done = 0; done < cycles; done += CYCLES_A_FOLDER)
  await folder(Math.min(CYCLES_A_FOLDER, cycles - done))
console.log(
  `${sum.acknowledged} runs acknowledged, ${sum.deleted} deleted, ${sum.changes} changes confirmed, ` +
    `${sum.tornTails} torn tails set aside: ${sum.wrong} wrong`,
)
if (sum.wrong > 0 || sum.acknowledged === 0) process.exitCode = 1

async function folder(kills: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'duplistatus-kills-'))
  const told = toldNothing()
  for (let kill = 0; kill < kills; kill++) {
    const { child, first, gone } = writeUntilKilled(entry, dir, kill * 100_000, told)
    await first
    await pause(random.between(0, 400))
    child.kill('SIGKILL')
    const errors = await gone
    const store = await openStore({ dir, disk: realDisk, clock: systemClock, ledger: tinyLedger, log })
    const wrong = [...(errors === '' ? [] : [errors]), ...(await verifyTold(store, told))]
    for (const what of wrong) console.error(what)
    sum.wrong += wrong.length
    sum.tornTails += store.health().damage.tornTails
    await store.close()
  }
  sum.acknowledged += told.runs.size
  sum.deleted += told.deleted.size
  sum.changes += told.counter
  await rm(dir, { recursive: true, force: true })
}
