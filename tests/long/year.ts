// A year of twenty machines with five jobs each: exactly the words that are due, whatever happens to us meanwhile.
import { watchYear } from '../support/watched-year.ts'

const seed = Number(process.env['SEED'] ?? 1)
const found = watchYear({ from: '2026-01-01', days: 365, servers: 20, jobs: 5, sweepMinutes: 5, seed })
const { runs, troubles, notices, restarts, wrong, invented, twice, lost } = found
console.log(`seed ${seed}: ${runs} runs, ${troubles} troubles, ${notices} notices, ${restarts} restarts`)
console.log(`${wrong.length} wrong, ${invented.length} invented, ${twice.length} twice, ${lost.length} lost`)
for (const problem of [...wrong, ...invented, ...twice, ...lost].slice(0, 20)) console.log(`  ${problem}`)
process.exitCode = wrong.length + invented.length + twice.length + lost.length === 0 ? 0 : 1
