import { createWriteStream } from 'node:fs'
import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Actor, type AuditLine, mustAdminister } from '../actions/actor.ts'
import { type ImportNeeds, importReference, tallyText } from '../actions/care/import-reference.ts'
import type { Tasks, Work } from '../actions/care/tasks.ts'
import { Failure } from '../domain/failure.ts'
import { refreshExpectations } from '../domain/refresh-expectation.ts'
import type { SealedSecret } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import { readReport } from '../duplicati/report.ts'
import type { Clock } from '../kit/clock.ts'
import { newId, randomName } from '../kit/ids.ts'
import { openReference, type Reference } from '../reference-import/reference.ts'
import type { Store } from '../store/store-shape.ts'
import type { ImportDesk, ImportPreview } from '../web/care-desk.ts'
import { logLimit } from './reports.ts'

/** Where people put it, or where the reference product's own data folder was given to us. */
const PLACES = ['backups.db', 'data/backups.db', 'import/backups.db']
const KEYS = ['.duplistatus.key', 'data/.duplistatus.key', 'import/.duplistatus.key']
/** Old run ids, a tab, our numbers: part of archives. */
const MAP = 'imports/legacy-runs.tsv'

interface Chosen {
  readonly path: string
  readonly key: Buffer | null
  /** An upload in our own folder: nobody else writes to it. */
  readonly isOurs: boolean
}

/** Bringing in the database of the reference product: upload or find, look, take over, find old addresses again. */
export function importing(needs: {
  store: Store
  clock: Clock
  dir: string
  zone: string
  tasks: Tasks
  seal(secret: string): SealedSecret
  audit(line: AuditLine): Promise<void>
  changed(why: string): void
}) {
  const { store, clock, dir, tasks } = needs
  let chosen: (Chosen & { preview: ImportPreview | null }) | null = null
  const open = (file: Chosen) =>
    openReference(file, file.isOurs ? null : join(dir, 'tmp', `reference-${randomName(8)}.db`))
  const map = join(dir, MAP)
  let mapped = new Set<string>()
  const load = async () => {
    const lines = (await readFile(map, 'utf8').catch(() => '')).split('\n')
    mapped = new Set(lines.map((line) => line.slice(0, line.indexOf('\t'))))
  }
  const importNeeds: ImportNeeds = {
    state: store.state,
    change: store.change,
    read: (report, receivedAt) =>
      readReport(Buffer.from(JSON.stringify(report)), {
        contentType: 'application/json',
        receivedAt,
        sender: null,
        zone: needs.zone,
        logLimitBytes: logLimit(store),
        origin: 'import',
      }),
    record: store.record,
    seal: needs.seal,
    newId,
    now: () => clock.now(),
    appendAudit: (entry) => store.journal('audit').append(entry),
    remember: async (pairs) => {
      await mkdir(join(dir, 'imports'), { recursive: true, mode: 0o700 })
      const lines = pairs
        .filter(([oldId]) => !mapped.has(oldId))
        .map(([oldId, no]) => `${oldId.replace(/[\t\n\r]/g, ' ').slice(0, 100)}\t${no}\n`)
      await appendFile(map, lines.join(''), { mode: 0o600 })
    },
  }
  const work =
    (file: Chosen): Work =>
    async (tell, signal) => {
      const reference = await open(file)
      try {
        await load()
        return tallyText(await importReference(importNeeds, reference, tell, signal))
      } finally {
        // Also of what came before somebody called it off.
        await store.settled()
        await store.change((state) => refreshExpectations(state, clock.now()))
        await reference.close()
        mapped = new Set()
        needs.changed('import')
      }
    }
  const desk: ImportDesk = {
    found: () => firstThere(dir, PLACES),
    async choose(parts) {
      await desk.forget()
      const path = join(dir, 'tmp', `upload-${randomName(8)}.db`)
      let [isThere, key]: [boolean, Buffer | null] = [false, null]
      try {
        for await (const part of parts) {
          if (part.name === 'key') key = await part.small()
          else if (part.name === 'file') {
            await pipeline(part.body, createWriteStream(path, { mode: 0o600 }))
            isThere = true
          }
        }
        if (!isThere) throw new Failure('invalid', text('import.nothing-chosen'))
      } catch (error) {
        await rm(path, { force: true })
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        throw new Failure('no-room', text('store.full'), { cause: error })
      }
      chosen = { path, key: key?.length ? key : null, isOurs: true, preview: null }
    },
    async chooseFound() {
      const path = await firstThere(dir, PLACES)
      if (path === null) throw new Failure('not-found', text('import.nothing-chosen'))
      const key = await firstThere(dir, KEYS)
      chosen = { path, key: key === null ? null : await readFile(key), isOurs: false, preview: null }
    },
    async preview() {
      if (chosen === null || chosen.preview !== null) return chosen?.preview ?? null
      try {
        const reference = await open(chosen)
        const preview = previewOf(reference)
        await reference.close()
        chosen = { ...chosen, preview }
        return preview
      } catch (error) {
        await desk.forget()
        throw error
      }
    },
    async begin(by: Actor) {
      mustAdminister(by)
      if (chosen === null) throw new Failure('conflict', text('import.nothing-chosen'))
      const bringIn = work(chosen)
      tasks.begin('import', by.who, async (tell, signal) => {
        const said = await bringIn(tell, signal)
        // What was called off or failed is kept, to be tried again.
        await desk.forget()
        return said
      })
      await needs.audit({ action: 'import', who: by.who, from: by.from, result: 'done' })
    },
    async forget() {
      if (chosen?.isOurs === true) await rm(chosen.path, { force: true })
      chosen = null
    },
    async oldRun(oldId) {
      const lines = await readFile(map, 'utf8').catch(() => '')
      const at = `\n${lines}`.indexOf(`\n${oldId}\t`)
      return at < 0 ? null : Number.parseInt(lines.slice(at + oldId.length + 1), 10)
    },
  }
  return {
    desk,
    /** For the command line: waits for the end. */
    async take(path: string, keyPath: string | undefined): Promise<Text> {
      const key = keyPath === undefined ? null : await readFile(keyPath)
      return work({ path, key, isOurs: false })(() => undefined, new AbortController().signal)
    },
  }
}

function previewOf(reference: Reference): ImportPreview {
  const { version, servers, jobs, runs, oldest, newest, users, auditRows, settings } = reference
  const lost = servers.filter((server) => server.isPasswordLost).length
  const troubles = [
    ...settings.troubles,
    ...(lost > 0 ? [text('import.trouble.server-passwords', { count: lost })] : []),
    ...(users.length > 0 ? [text('import.trouble.passwords')] : []),
  ]
  const names = Object.keys(settings.settings)
  return {
    version,
    servers: servers.map((server) => server.alias || server.name),
    jobs,
    runs,
    oldest,
    newest,
    users: users.map((user) => user.name),
    auditRows,
    settings: names.length,
    overrides: settings.overrides.length,
    troubles,
  }
}

async function firstThere(dir: string, names: readonly string[]): Promise<string | null> {
  for (const name of names)
    if ((await stat(join(dir, name)).catch(() => null))?.isFile()) return join(dir, name)
  return null
}
