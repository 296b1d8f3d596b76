import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { fillFolder } from './fill.ts'
import { DEMO_NOTES, demoReports } from './generator.ts'

/** The whole program on a temporary folder and a free port. */
export interface SmallHouse {
  readonly app: App
  readonly dir: string
  /** Asks the program; the address is a path. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Sends a report as Duplicati does. */
  report(document: unknown): Promise<Response>
  close(): Promise<void>
}

/** `days` of the demonstration's history; 0 for an empty folder. */
export async function smallHouse(options: {
  days: number
  now?: Date
  env?: NodeJS.ProcessEnv
  clock?: Clock
}): Promise<SmallHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-api-'))
  const now = options.now ?? new Date()
  if (options.days > 0) {
    const since = now.getTime() - options.days * 86_400_000
    const reports = demoReports({ now, zone: 'UTC' }).filter((one) => one.received.getTime() >= since)
    await fillFolder(dir, { reports, until: now, notes: DEMO_NOTES })
  }
  const settings = readSettings(
    { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dir, TZ: 'UTC', ...options.env },
    '/none',
  )
  const app = await createApp(settings, {
    log: createLog({ level: 'error' }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  const address = app.urls.public.replace(/\/$/, '')
  return {
    app,
    dir,
    get: (path, headers = {}) => fetch(`${address}${path}`, { headers, redirect: 'manual' }),
    report: (document) =>
      fetch(`${address}/api/upload`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(document),
      }),
    async close() {
      await app.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
