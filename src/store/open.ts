import { Low } from 'lowdb'
import { Failure } from '../domain/failure.ts'
import type { Ledger } from '../domain/ledger-shape.ts'
import { emptyState, type State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { newId, randomName } from '../kit/ids.ts'
import { lastAlive } from './alive.ts'
import { AppendQueue } from './append-queue.ts'
import { dropBallast, loadBallast } from './ballast.ts'
import { clearPacks } from './clear-packs.ts'
import { type Disk, errorCode } from './disk.ts'
import { DurableJsonFile } from './durable.ts'
import { emptyTmp, type Folders, foldersIn, makeFolders } from './folders.ts'
import { keepIndexes } from './index-files.ts'
import { type Loaded, loadRuns } from './load-runs.ts'
import { type Lock, takeLock } from './lock.ts'
import { makeStore } from './make-store.ts'
import { MIGRATIONS, type Migration, SCHEMA_VERSION } from './migrations/registry.ts'
import { Mode } from './mode.ts'
import { openState } from './open-state.ts'
import { Placing } from './placing.ts'
import { Recorder } from './recorder.ts'
import { refold } from './refold.ts'
import { remarked } from './remarks.ts'
import { swapRestored } from './restore.ts'
import { RunReader } from './run-reader.ts'
import { RunTable } from './run-table.ts'
import type { OnBug } from './settle.ts'
import { Shelf } from './shelf.ts'
import { StateBox } from './state-box.ts'
import type { Downtime, Store, StoreLog } from './store-shape.ts'

export interface StoreOutside {
  /** Absolute path of the data folder; made where there is none. */
  readonly dir: string
  readonly disk: Disk
  readonly clock: Clock
  readonly ledger: Ledger
  readonly log: StoreLog
  /** What this start makes of the state; called once, before anybody sees it. */
  readonly starting?: (state: State, downtime: Downtime | null) => State
  readonly newId?: (kind: string) => string
  readonly migrations?: readonly Migration[]
  readonly schemaVersion?: number
  readonly takeLock?: (dir: string) => Promise<Lock>
}

/**
 * Opens the database, repairs what a crash left and folds in again what was acknowledged last. Throws Failure
 * `conflict` where another process has the folder, `unavailable` where the data cannot be used as it is; nothing
 * in the folder was touched then.
 */
export async function openStore(outside: StoreOutside): Promise<Store> {
  const { disk, clock, log } = outside
  const folders = foldersIn(outside.dir)
  const mode = new Mode(clock, log)
  await prepare(disk, folders, mode)
  const lock = mode.readOnly ? null : await lockFolder(outside, mode)
  try {
    const before = mode.readOnly ? null : await swapRestored(disk, folders)
    if (before !== null) {
      await makeFolders(disk, folders)
      log.info({ before }, 'A restored archive took the place of the database; the one before is kept.')
    }
    return await openLocked(outside, { folders, mode, lock })
  } catch (error) {
    await lock?.release()
    throw error
  }
}

async function openLocked(
  outside: StoreOutside,
  { folders, mode, lock }: { folders: Folders; mode: Mode; lock: Lock | null },
): Promise<Store> {
  const { disk, clock, log, ledger } = outside
  const schemaVersion = outside.schemaVersion ?? SCHEMA_VERSION
  const now = clock.now()
  const fresh = emptyState({ schemaVersion, instance: randomName(8), now })
  const file = new DurableJsonFile<State>(disk, folders.state, folders.tmp)
  const migrations = outside.migrations ?? MIGRATIONS
  const opened = await openState(
    { disk, folders, log, mode, now },
    { file, fresh, migrations, schemaVersion },
  )
  if (!mode.readOnly) await emptyTmp(disk, folders)
  const shelf = new Shelf(disk, folders, schemaVersion)
  const table = new RunTable()
  const loaded = await loadRuns(shelf, table, opened.state.foldedUpTo, !mode.readOnly)
  if (!mode.readOnly) await clearPacks(shelf, loaded)
  const onBug: OnBug = (error, run) =>
    log.error({ error, no: run.no }, 'A run could not be folded into the state.')
  const folded = await refold({ shelf, table, ledger, onBug }, opened.state, loaded.unfolded)
  const aliveBefore = await lastAlive(disk, folders.alive)
  const downtime = aliveBefore === null ? null : { from: aliveBefore, to: now }
  const starting = outside.starting ?? ((as) => as)
  const told = remarked(ledger.complete(folded.state), { ...opened, damage: loaded.damage, now })
  const state = starting(told, downtime)
  const low = new Low<State>(file, opened.state)
  const makeRoom = () => dropBallast(disk, folders)
  const onListenerBug = (error: unknown) => log.error({ error }, 'A listener of the store failed.')
  const { complete } = ledger
  const box = new StateBox({ low, mode, makeRoom, complete, onBug: onListenerBug })
  if (opened.fresh && !mode.readOnly) await box.change(() => ({ ...state }))
  else if (state !== opened.state) {
    const written = box.begin(state)
    // What was set aside is seen by this start alone: a crash now must not take the remark.
    if (loaded.damage.length > 0 || opened.fromBackup) await written
  }
  if (!mode.readOnly) {
    await loadBallast(disk, folders)
    await keepIndexes(disk, folders, loaded)
  }
  const queue = new AppendQueue({ shelf, clock, mode, next: loaded.next })
  const reader = new RunReader(table, shelf)
  const placing = new Placing({ ledger, box, newId: outside.newId ?? newId })
  const recorder = new Recorder({ ledger, placing, table, shelf, reader, queue, box, onBug })
  for (const { run, ids } of folded.moved) recorder.correct(run, ids)
  tell(log, loaded, table)
  const damage = { loaded: loaded.damage, stateFromBackup: opened.fromBackup }
  return makeStore({
    ...outside,
    folders,
    mode,
    lock,
    file,
    shelf,
    table,
    box,
    queue,
    reader,
    recorder,
    makeRoom,
    damage,
  })
}

/** A folder on a read-only file system is served as it is; one that belongs to somebody else is refused. */
async function prepare(disk: Disk, folders: Folders, mode: Mode): Promise<void> {
  try {
    await makeFolders(disk, folders)
  } catch (error) {
    if (errorCode(error) !== 'EROFS') throw notWritable(folders, error)
    mode.failed(error)
  }
}

async function lockFolder(outside: StoreOutside, mode: Mode): Promise<Lock | null> {
  try {
    return await (outside.takeLock ?? takeLock)(outside.dir)
  } catch (error) {
    if (error instanceof Failure) throw error
    if (errorCode(error) !== 'EROFS') throw notWritable(foldersIn(outside.dir), error)
    mode.failed(error)
    return null
  }
}

function notWritable(folders: Folders, cause: unknown): Failure {
  const values = { dir: folders.dir, reason: errorCode(cause) }
  return new Failure('unavailable', text('store.open.notWritable', values), { cause })
}

function tell(log: StoreLog, loaded: Loaded, table: RunTable): void {
  for (const { kind, file, count } of loaded.damage) {
    log.warn({ file, count }, DAMAGE_TEXTS[kind])
  }
  log.info({ runs: table.alive, foldedAgain: loaded.unfolded.length }, 'The database is open.')
}

const DAMAGE_TEXTS = {
  'torn-tail': 'The end of a file of runs was damaged: it was set aside in quarantine and cut off.',
  'bad-lines': 'Damaged lines in a file of runs were skipped, with a copy in quarantine.',
  'missing-pack': 'A file of logs is missing: these runs are shown without their log.',
} as const
