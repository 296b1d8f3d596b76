/**
 * Removing, merging and undoing on 10 000 runs, in every way and on top of each other: whatever programs, pages and a
 * broker see is compared byte for byte with before. `node tools/run.mjs tests/long/care.ts [runs]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { careRounds } from '../support/care-rounds.ts'
import { fillFolder } from '../support/fill.ts'
import { benchReports } from '../support/generator.ts'
import { setClock } from '../support/set-clock.ts'
import { signedIn } from '../support/visitors.ts'

const count = Number(process.argv[2] ?? 10_000)
const until = new Date('2026-11-20T12:00:00Z')
const dir = mkdtempSync(join(tmpdir(), 'duplistatus-care-'))
try {
  const reports = benchReports({ count, until, servers: 5, jobs: 4, lines: 5 })
  await fillFolder(dir, { reports, until, sweepEveryS: 86_400 })
  const settings = readSettings({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dir, TZ: 'UTC' }, '/none')
  const clock = setClock(until.toISOString())
  const app = await createApp(settings, { clock, log: createLog({ level: 'error' }) })
  await app.calendar.now('overdue')
  const begin = performance.now()
  const who = await signedIn(app, 'administrator')
  const { steps, wrong } = await careRounds(app, who, { runs: 500, pages: true, days: 200 })
  const seconds = ((performance.now() - begin) / 1000).toFixed(0)
  console.log(`${app.house.store.history.size} runs, ${steps} rounds in ${seconds} s: ${wrong.length} wrong`)
  for (const one of wrong) console.log(`  ${one}`)
  await app.stop()
  if (wrong.length > 0) process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}
