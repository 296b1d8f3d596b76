import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings, type Settings } from '../../src/settings/read.ts'
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

/** `days` of the demonstration's history up to `now`, or to when the first such house was made; 0 for an empty folder. */
export async function smallHouse(options: {
  days: number
  now?: Date
  env?: NodeJS.ProcessEnv
  clock?: Clock
  /** Settings that cannot be put into the environment. */
  more?: Partial<Settings>
}): Promise<SmallHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-api-'))
  if (options.days > 0)
    cpSync(await filledFolder(options.days, options.now ?? null), dir, { recursive: true })
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dir, TZ: 'UTC', ...options.env }
  const settings = { ...readSettings(env, '/none'), ...options.more }
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

const filled = new Map<number, Promise<string>>()

/** A folder that nobody opens: filled once for each number of days, and copied for each house of a test. */
function filledFolder(days: number, now: Date | null): Promise<string> {
  if (now !== null) return fill(days, now)
  const known = filled.get(days) ?? fill(days, new Date())
  filled.set(days, known)
  return known
}

async function fill(days: number, now: Date): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-filled-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const since = new Date(now.getTime() - days * 86_400_000)
  const reports = demoReports({ now, since, zone: 'UTC' })
  await fillFolder(dir, { reports, until: now, notes: DEMO_NOTES })
  return dir
}
