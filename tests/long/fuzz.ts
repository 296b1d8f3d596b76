// 20 000 odd requests at both doors, as everybody. `SEED` and `REQUESTS` in the environment change what is sent.
import { fuzz } from '../support/fuzz.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const requests = Number(process.env['REQUESTS'] ?? 20_000)
const MOST_GROWTH_MB = 40

console.log(`${requests} requests, seed ${seed}`)
const { statuses, wrong, heap } = await fuzz({ seed, requests, say: (what) => console.log(`  ${what}`) })
const counts = [...statuses]
  .sort(([one], [other]) => one - other)
  .map(([status, count]) => `${status}: ${count}`)
console.log(counts.join(', '))
console.log(
  `live heap ${heap.map((megabytes) => megabytes.toFixed(1)).join(' MB, then ')} MB; ${wrong.length} wrong`,
)
for (const one of wrong.slice(0, 20)) console.error(one)
process.exit(wrong.length === 0 && heap[1] - heap[0] < MOST_GROWTH_MB ? 0 : 1)
