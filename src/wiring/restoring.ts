import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type Actor, type AuditLine, mustAdminister, signed } from '../actions/actor.ts'
import { Failure } from '../domain/failure.ts'
import { createLedger } from '../domain/ledger.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import type { Disk } from '../store/disk.ts'
import { foldersIn } from '../store/folders.ts'
import { openStore } from '../store/open.ts'
import { markReady, PENDING, unpackArchive } from '../store/restore.ts'
import type { Store } from '../store/store-shape.ts'
import type { Staged } from '../web/care-desk.ts'
import type { DataSteps } from './outside.ts'

/**
 * Restoring in two steps: an archive is unpacked beside the database and opened there as the program would open it;
 * once somebody agrees, a mark makes the next opening put it in place. Until then nothing in use is touched.
 */
export function restoring(needs: {
  store: Store
  clock: Clock
  disk: Disk
  data: DataSteps
  dir: string
  audit(line: AuditLine): Promise<void>
  /** Starts the program again; null where only its owner can. */
  restart: (() => void) | null
}) {
  const { store, clock, disk } = needs
  const folders = foldersIn(needs.dir)
  let staged: Staged | null = null
  let busy = false
  const discard = async () => {
    staged = null
    await disk.remove(join(needs.dir, PENDING))
  }
  async function stage(archive: Readable): Promise<Staged> {
    if (busy) throw new Failure('conflict', text('care.task.busy'))
    busy = true
    staged = null
    try {
      staged = await look(await unpackArchive(disk, folders, archive))
      return staged
    } catch (error) {
      await discard()
      throw refusalOf(error)
    } finally {
      busy = false
    }
  }
  /** Opens what was unpacked: versions are brought up, lines and logs checked, everybody is signed out. */
  async function look(dir: string): Promise<Staged> {
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const other = await openStore({ ...needs.data, dir, disk, clock, ledger: createLedger(), log: quiet })
    try {
      const checked = await other.check()
      const usage = await other.usage()
      const state = await other.change((before) => ({
        ...before,
        sessions: {},
        // The copy that an upgrade made in here goes with the folder; the archive itself is the copy.
        remarks: before.remarks.filter((one) => !String(one.text.values?.['copy'] ?? '').startsWith(dir)),
      }))
      return {
        instance: state.instance,
        isOwn: state.instance === store.state().instance,
        servers: Object.keys(state.servers).length,
        jobs: Object.keys(state.jobs).length,
        runs: usage.runs,
        logs: usage.logs,
        users: Object.values(state.users).map((user) => user.name),
        oldest: usage.oldest,
        newest: usage.newest,
        damaged: checked.badLines + checked.badLogs + checked.missingPacks,
      }
    } finally {
      await other.close()
    }
  }
  async function restore(by: Actor): Promise<'now' | 'later'> {
    mustAdminister(by)
    if (staged === null || busy) throw new Failure('conflict', text('care.restore.nothing'))
    const now = clock.now().toISOString()
    const backup = `before-restore-${now.slice(0, 19).replace(/:/g, '-')}-${randomBytes(2).toString('hex')}`
    await needs.audit({ action: 'care.restore', ...signed(by), result: 'done', target: backup })
    await markReady(disk, folders, backup)
    staged = null
    if (needs.restart === null) return 'later'
    // The answer goes out first.
    setTimeout(needs.restart, 500).unref()
    return 'now'
  }
  return { stage, staged: () => staged, discard, restore }
}

/** What is wrong with an archive, said of the archive and not of our own database. */
function refusalOf(error: unknown): Failure {
  const damaged = new Failure('invalid', text('care.restore.damaged'), { cause: error })
  if (!(error instanceof Failure)) return damaged
  if (error.text.key === 'store.open.broken') return damaged
  if (error.text.key !== 'store.open.newer') return error
  return new Failure('invalid', text('care.restore.newer', { ...error.text.values }), { cause: error })
}
