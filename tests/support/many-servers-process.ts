/**
 * Duplicati servers with long logs, as a process of its own: `many-servers-process.ts COUNT ROWS`. Writes their
 * addresses as one line of JSON and stays until it is ended.
 */
import { jobWithRows, startDuplicati } from './duplicati-server.ts'
import { madeRows } from './made-rows.ts'

const JOBS = 5
const [count = 0, rowsEach = 0] = process.argv.slice(2).map(Number)

const addresses: string[] = []
for (let n = 0; n < count; n++) {
  const server = await startDuplicati({
    machineId: n.toString(16).padStart(32, 'a'),
    machineName: `server-${n}`,
  })
  addresses.push(server.address)
  for (let id = 1; id <= JOBS; id++) {
    const rows = madeRows(rowsEach / JOBS, n * JOBS + id)
    server.jobs.push({ ...jobWithRows(id, `Job ${id}`, [], new Date()), rows })
  }
}
console.log(JSON.stringify(addresses))
