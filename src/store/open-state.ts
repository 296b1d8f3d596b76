import { basename } from 'node:path'
import type { State } from '../domain/state.ts'
import type { Disk } from './disk.ts'
import type { DurableJsonFile } from './durable.ts'
import { readOnly } from './fault.ts'
import type { Folders } from './folders.ts'
import { type Migrated, migrate } from './migrate.ts'
import type { Migration } from './migrations/registry.ts'
import type { Mode } from './mode.ts'
import { setAside } from './quarantine.ts'
import { readState } from './read-state.ts'
import type { StoreLog } from './store-shape.ts'

export interface OpenedState {
  readonly state: State
  /** There was none. */
  readonly fresh: boolean
  /** `db.json` was broken and the version before it taken. */
  readonly fromBackup: boolean
  readonly migrated: Migrated | null
}

/** The state as it is on disk, brought to this program's version; a new one where there is none. */
export async function openState(
  at: {
    readonly disk: Disk
    readonly folders: Folders
    readonly log: StoreLog
    readonly mode: Mode
    readonly now: Date
  },
  how: {
    readonly file: DurableJsonFile<State>
    readonly fresh: State
    readonly migrations: readonly Migration[]
    readonly schemaVersion: number
  },
): Promise<OpenedState> {
  const { disk, folders, log, mode } = at
  const found = await readState(disk, folders, how.schemaVersion)
  if (found.state === null) return { state: how.fresh, fresh: true, fromBackup: false, migrated: null }
  let state = found.state as unknown as State
  if (found.fromBackup) {
    log.warn({ file: folders.state }, 'db.json could not be read: the version before it was taken.')
    if (!mode.readOnly) {
      if (found.broken !== null) await setAside(disk, folders, basename(folders.state), found.broken)
      await how.file.replace(state)
    }
  }
  let migrated: OpenedState['migrated'] = null
  if (found.state.schemaVersion < how.schemaVersion) {
    if (mode.readOnly) throw readOnly()
    const done = await migrate(at, found.state, how.migrations, (it) =>
      how.file.write(it as unknown as State),
    )
    state = done.state as unknown as State
    migrated = done.migrated
  }
  // What a later build of the same version added has its first value.
  return { state: { ...how.fresh, ...state }, fresh: false, fromBackup: found.fromBackup, migrated }
}
