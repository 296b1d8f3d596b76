import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { type Disk, errorCode } from './disk.ts'
import type { Folders } from './folders.ts'

export type RawState = Readonly<Record<string, unknown>> & { readonly schemaVersion: number }

export interface FoundState {
  /** null where there is no database yet. */
  readonly state: RawState | null
  readonly fromBackup: boolean
  /** What stood in the broken `db.json`, to be set aside. */
  readonly broken: Buffer | null
}

/**
 * Reads `db.json`, else the version before it. Where neither can be used the start is refused and nothing is
 * touched; so it is where a later program wrote it.
 */
export async function readState(disk: Disk, folders: Folders, known: number): Promise<FoundState> {
  const current = await tryRead(disk, folders.state)
  if (isState(current.state))
    return { state: refuseNewer(current.state, known), fromBackup: false, broken: null }
  const before = await tryRead(disk, folders.stateBefore)
  if (isState(before.state)) {
    return { state: refuseNewer(before.state, known), fromBackup: true, broken: current.bytes }
  }
  if (current.bytes === null && before.bytes === null) return { state: null, fromBackup: false, broken: null }
  throw new Failure(
    'unavailable',
    text('store.open.broken', { file: folders.state, before: folders.stateBefore, backups: folders.backups }),
  )
}

async function tryRead(disk: Disk, path: string): Promise<{ bytes: Buffer | null; state: unknown }> {
  const bytes = await disk.readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  })
  try {
    return { bytes, state: bytes === null ? null : JSON.parse(bytes.toString('utf8')) }
  } catch {
    return { bytes, state: null }
  }
}

function isState(value: unknown): value is RawState {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return 'schemaVersion' in value && Number.isInteger(value.schemaVersion) && 'foldedUpTo' in value
}

function refuseNewer(state: RawState, known: number): RawState {
  if (state.schemaVersion <= known) return state
  const values = { file: 'db.json', version: state.schemaVersion, known }
  throw new Failure('unavailable', text('store.open.newer', values))
}
