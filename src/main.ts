import { type App, createApp } from './app.ts'
import { Failure } from './domain/failure.ts'
import { systemClock } from './kit/clock.ts'
import type { Log } from './kit/log.ts'
import { createLog } from './kit/log.ts'
import { VERSION } from './kit/package-facts.ts'
import { readSettings, type Settings } from './settings/read.ts'
import { views } from './wiring/views.ts'

/** sysexits: 75 another process has the folder or port, 78 a setting is wrong, 70 a bug. */
const EXIT = { conflict: 75, setting: 78, bug: 70 } as const

await main()

async function main(): Promise<void> {
  let log: Log = createLog({ level: 'info' })
  const signal = stopSignal()
  process.on('uncaughtException', (error) => {
    log.error('The program met an error that nobody foresaw and stops; nothing acknowledged is lost', {
      error,
    })
    process.exit(EXIT.bug)
  })
  process.on('unhandledRejection', (error) => {
    log.error('Some work failed unseen; the program goes on', { error })
  })
  try {
    const settings = readSettings(process.env)
    // Zones in schedules and logs follow the setting, wherever it came from.
    process.env['TZ'] = settings.zone
    log = createLog({ level: settings.logLevel })
    const running = {
      app: await createApp(settings, { log, restart: () => void again(settings, log, running) }),
    }
    log.info(`duplistatus ${VERSION} listens on ${running.app.urls.public}`, { data: settings.dataDir })
    void signal.then((name) => stop(name, running, log))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    log.error(inWords(error))
    process.exit(error.code === 'conflict' ? EXIT.conflict : EXIT.setting)
  }
}

/** Starts again inside this process: a restored archive takes its place while the database is closed. */
async function again(settings: Settings, log: Log, running: { app: App }): Promise<void> {
  try {
    log.info('Starting again with the restored archive')
    await running.app.stop()
    running.app = await createApp(settings, { log, restart: () => void again(settings, log, running) })
    log.info(`duplistatus ${VERSION} listens on ${running.app.urls.public}`, { data: settings.dataDir })
  } catch (error) {
    log.error('Starting again failed; the program ends, and what was there before stands in backups', {
      error,
    })
    process.exit(EXIT.bug)
  }
}

/** The first signal that asks us to stop, also one that comes while the database is being opened. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT']) {
      process.on(name, () => {
        // Whatever hangs, a stop takes less than the ten seconds that containers are given.
        setTimeout(() => process.exit(0), 9000).unref()
        resolve(name)
      })
    }
  })
}

async function stop(signal: string, running: { readonly app: App }, log: Log): Promise<void> {
  log.info(`${signal}: finishing what was begun`)
  try {
    await running.app.stop()
    process.exit(0)
  } catch (error) {
    log.error('Stopping failed; what was acknowledged is on disk', { error })
    process.exit(1)
  }
}

function inWords(failure: Failure): string {
  const { words } = views(systemClock, createLog({ level: 'error' }), 'UTC')
  return words(null).say(failure.text)
}
