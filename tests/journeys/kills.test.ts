import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startClocked } from '../support/clocked-program.ts'
import { compiled } from '../support/compiled.ts'
import { jobWithRows, startDuplicati } from '../support/duplicati-server.ts'
import { madeRows } from '../support/made-rows.ts'
import { seededRandom } from '../support/random.ts'
import { tellYear } from '../support/told-year.ts'

const entry = compiled('tests/support/clocked-program.ts')

t.test(
  'Six weeks of notices reach a real topic and mailbox once, killed at random; again only after a kill',
  async (t) => {
    const plan = { from: '2026-03-01', days: 42, servers: 3, jobs: 2, sweepMinutes: 120, seed: 5 }
    const found = await tellYear(entry, plan, { restart: 0.004, kill: 0.03, killAtMessage: 0.03 })
    t.same(found.wrong, [])
    t.same(found.invented, [])
    t.same(found.twice, [])
    t.same(found.lost, [])
    t.ok(found.troubles > 4 && found.arrived.ntfy > 8 && found.kills > 3, JSON.stringify(found))
  },
)

t.test('Killed while it collects, the program loses nothing and goes on where it was', async (t) => {
  const [jobs, rowsEach] = [3, 1200]
  const server = await startDuplicati({ machineName: 'attic' })
  t.teardown(() => server.stop())
  for (let id = 1; id <= jobs; id++)
    server.jobs.push({ ...jobWithRows(id, `Job ${id}`, [], new Date()), rows: madeRows(rowsEach, id) })
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-kills-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const random = seededRandom(7)
  const pages = () => server.asked.filter((one) => one.endsWith('/log')).length
  const start = () => startClocked(entry, { dir, at: new Date().toISOString(), settings: {} })

  let known = 0
  for (let kill = 1; kill <= 3; kill++) {
    const program = await start()
    const from = pages()
    const until = random.whole(8, 22)
    const watch = setInterval(() => {
      if (pages() - from >= until) program.kill()
    }, 1)
    const collected = await program.collect(server.address, 'correct horse')
    clearInterval(watch)
    t.equal(collected, null, `kill ${kill} after ${pages() - from} pages`)
  }
  const program = await start()
  const from = pages()
  const collected = await program.collect(server.address, 'correct horse')
  await program.stop()
  for (const one of collected?.results ?? []) known += one.known
  t.same(
    collected?.results.flatMap((one) => one.failed),
    [],
  )
  t.equal(collected?.runs, jobs * rowsEach, 'every row is a run, once')
  t.ok(known <= 500 + 50, `${known} rows were read again`)
  t.ok(pages() - from < (jobs * rowsEach) / 50, `${pages() - from} pages in the last collection`)
})
