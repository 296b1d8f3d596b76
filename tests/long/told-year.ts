// A year of twenty machines with five jobs each, told by the real program to a real ntfy topic and mailbox on
// loopback, with restarts, outages of ours, channels away for a day, and kill -9 at random.
// `SEED`, `FROM`, `DAYS`, `SERVERS` and `MINUTES` (between two looks) in the environment change what is done.
import { fileURLToPath } from 'node:url'
import { tellYear } from '../support/told-year.ts'

const seed = Number(process.env['SEED'] ?? 1)
const days = Number(process.env['DAYS'] ?? 365)
const sweepMinutes = Number(process.env['MINUTES'] ?? 30)
const entry = fileURLToPath(new URL('../support/clocked-program.ts', import.meta.url))
const found = await tellYear(
  entry,
  {
    from: process.env['FROM'] ?? '2026-01-01',
    days,
    servers: Number(process.env['SERVERS'] ?? 20),
    jobs: 5,
    sweepMinutes,
    seed,
  },
  { restart: 0.001, kill: 0.01, killAtMessage: 0.01 },
)
const { wrong, invented, twice, lost, arrived, ...rest } = found
console.log(`seed ${seed}, ${days} days, a look every ${sweepMinutes} minutes`)
console.log(
  Object.entries({ ...rest, ...arrived })
    .map(([name, n]) => `${n} ${name}`)
    .join(', '),
)
console.log(`${wrong.length} wrong, ${invented.length} invented, ${twice.length} twice, ${lost.length} lost`)
for (const problem of [...wrong, ...invented, ...twice, ...lost].slice(0, 20)) console.log(`  ${problem}`)
process.exitCode = wrong.length + invented.length + twice.length + lost.length === 0 ? 0 : 1
