/** `npm run demo`: the real server on a temporary folder with half a year of made-up history. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { Failure } from '../../src/domain/failure.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { fillFolder } from './fill.ts'
import { DEMO_NOTES, demoReports } from './generator.ts'

const dir = mkdtempSync(join(tmpdir(), 'duplistatus-demo-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))

const settings = readSettings({ LOG_LEVEL: 'warn', ...process.env, DATA_DIR: dir })
const now = new Date()
const runs = await fillFolder(dir, {
  reports: demoReports({ now, zone: settings.zone }),
  until: now,
  zone: settings.zone,
  notes: DEMO_NOTES,
  sweepEveryS: 12 * 3600,
})

try {
  const app = await createApp(settings, { log: createLog({ level: settings.logLevel }) })
  console.log(`Demonstration with ${runs} runs of 8 jobs on 4 servers: ${app.urls.public}`)
  console.log('Sign in as admin with the password Duplistatus09. Ctrl+C ends it; nothing is kept.')
  const stop = () => void app.stop().finally(() => process.exit(0))
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(
    `The demonstration could not start: ${error.text.key} ${JSON.stringify(error.text.values ?? {})}`,
  )
  console.error('Another program may have the port: try PORT=9667 npm run demo.')
  process.exit(1)
}
