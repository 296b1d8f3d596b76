import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { keepAlive, noteAlive } from './alive.ts'
import type { AppendQueue } from './append-queue.ts'
import { checkAll } from './check.ts'
import { deleteRuns, moveRuns } from './delete-runs.ts'
import type { Disk } from './disk.ts'
import type { DurableJsonFile } from './durable.ts'
import { exportTar } from './export-tar.ts'
import type { Folders } from './folders.ts'
import { JournalFiles } from './journal.ts'
import type { FileDamage } from './load-runs.ts'
import type { Lock } from './lock.ts'
import { decodeLog } from './log-block.ts'
import { Maintenance } from './maintenance.ts'
import type { Mode } from './mode.ts'
import type { Recorder } from './recorder.ts'
import { keepRejected, listRejected } from './rejects.ts'
import { historyOf } from './run-history.ts'
import type { RunReader } from './run-reader.ts'
import type { RunTable } from './run-table.ts'
import type { Shelf } from './shelf.ts'
import type { StateBox } from './state-box.ts'
import type { Damage, JournalName, Store, StoreLog } from './store-shape.ts'
import { usageOf } from './usage.ts'

const JOURNALS: readonly JournalName[] = ['audit', 'incidents', 'notices']
/** What an archive holds beside the runs. */
const KEPT_FOLDERS = [...JOURNALS, 'imports']

/** What opening found and made. */
export interface Opened {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: StoreLog
  readonly folders: Folders
  readonly mode: Mode
  readonly lock: Lock | null
  readonly file: DurableJsonFile<State>
  readonly shelf: Shelf
  readonly table: RunTable
  readonly box: StateBox
  readonly queue: AppendQueue
  readonly reader: RunReader
  readonly recorder: Recorder
  readonly makeRoom: () => Promise<boolean>
  readonly damage: { readonly loaded: readonly FileDamage[]; readonly stateFromBackup: boolean }
}

export async function makeStore(opened: Opened): Promise<Store> {
  const { disk, clock, log, folders, mode, shelf, table, box, reader, recorder } = opened
  const maintenance = new Maintenance(opened)
  const journals = new Map(
    JOURNALS.map((name) => {
      const held = () => maintenance.held
      return [name, new JournalFiles({ disk, folders, clock, mode, name, held })]
    }),
  )
  const note = async () => {
    if (!mode.readOnly) await noteAlive(disk, folders.alive, clock)
  }
  const stopBeating = keepAlive(note)
  // Only then: a start that dies before must find how long we were away once more.
  const begun = box.flush().then(note, () => undefined)
  const close = async () => {
    stopBeating()
    maintenance.close()
    await begun
    await opened.queue.close()
    await box.close()
    for (const journal of journals.values()) await journal.close()
    await note()
    await opened.lock?.release()
  }
  let closing: Promise<void> | null = null
  return {
    state: () => box.committed,
    settled: () => box.flush().catch(() => undefined),
    change: (fn) => box.change(fn),
    record: (arrival, runLog) => recorder.record(arrival, runLog),
    history: historyOf(table),
    run: (no) => reader.run(no),
    log: async (no) => {
      const block = await reader.block(no)
      return block === null ? null : decodeLog(block.bytes)
    },
    logState: (no) => reader.logState(no),
    journal: (name) => {
      const journal = journals.get(name)
      if (journal === undefined) throw new Error(`no journal ${name}`)
      return journal
    },
    move: async (from, to) => {
      await box.flush().catch(() => undefined)
      await moveRuns(opened, from, to)
    },
    remove: async (nos) => {
      // A crash must not find a run that is gone and not folded; on a full disk deleting comes first.
      await box.flush().catch(() => undefined)
      return deleteRuns(opened, nos)
    },
    prune: (limits) => maintenance.prune(limits),
    compact: () => maintenance.compact(),
    check: (onProgress) => checkAll(opened, onProgress ?? (() => undefined)),
    hold: () => maintenance.hold(),
    release: () => maintenance.release(),
    exportTar: () => {
      const letGo = maintenance.pauseDeletes()
      return exportTar(shelf, { state: box.committed, clock, journals: KEPT_FOLDERS, done: letGo })
    },
    usage: () => usageOf(shelf, table),
    health: () => ({
      mode: mode.now,
      held: maintenance.held,
      since: mode.since,
      note: mode.note,
      damage: damageOf(opened),
    }),
    touchAlive: note,
    reject: async (bytes, reason) => {
      if (mode.readOnly) return
      await keepRejected(disk, folders.rejected, { bytes, reason, now: clock.now() }).catch(
        (error: unknown) =>
          log.warn({ error }, 'A document that could not be read could not be kept either.'),
      )
    },
    rejected: () => listRejected(disk, folders.rejected),
    onCommitted: (listener) => box.committedRuns.add(listener),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function damageOf({ damage, reader }: Opened): Damage {
  const count = (kind: FileDamage['kind']) =>
    damage.loaded.reduce((sum, found) => sum + (found.kind === kind ? found.count : 0), 0)
  return {
    badLines: count('bad-lines') + reader.badLines.size,
    tornTails: count('torn-tail'),
    missingPacks: count('missing-pack'),
    badLogs: reader.badLogs.size,
    stateFromBackup: damage.stateFromBackup,
  }
}
