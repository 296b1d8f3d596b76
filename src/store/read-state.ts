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
  refuseNewer(current.state, known)
  if (isState(current.state)) return { state: current.state, fromBackup: false, broken: null }
  const before = await tryRead(disk, folders.stateBefore)
  refuseNewer(before.state, known)
  if (isState(before.state)) return { state: before.state, fromBackup: true, broken: current.bytes }
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

/** JSON that is no database, or not whole, is as broken as none: half a database must not be gone on with. */
function isState(value: unknown): value is RawState {
  if (!isMap(value) || !Number.isInteger(value['schemaVersion'])) return false
  const { foldedUpTo } = value
  if (!Number.isSafeInteger(foldedUpTo) || Number(foldedUpTo) < 0) return false
  const isWhole = (name: string) => value[name] === undefined || isMap(value[name])
  const isFilled = (name: string) => Object.values(value[name] ?? {}).every(isMap)
  return [...THINGS, ...WORDS].every(isWhole) && THINGS.every(isFilled)
}

/** Members of the state that are maps: of things, and of whatever. */
const THINGS = ['users', 'sessions', 'tokens', 'servers', 'jobs', 'incidents', 'notices']
const WORDS = ['settings', 'secrets', 'chores', 'features']

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Before anything else is asked of it: nobody knows what a later version looks like. */
function refuseNewer(value: unknown, known: number): void {
  const version = isMap(value) ? value['schemaVersion'] : null
  if (!Number.isInteger(version) || Number(version) <= known) return
  throw new Failure(
    'unavailable',
    text('store.open.newer', { file: 'db.json', version: Number(version), known }),
  )
}
