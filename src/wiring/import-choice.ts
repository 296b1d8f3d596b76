import { createWriteStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { randomName } from '../kit/ids.ts'
import type { Disk } from '../store/disk.ts'
import { leavingRoom } from '../store/leaving-room.ts'
import type { ImportDesk } from '../web/care-desk.ts'

/** Where people put it, or where the reference product's own data folder was given to us. */
const PLACES = ['backups.db', 'data/backups.db', 'import/backups.db']
const KEYS = ['.duplistatus.key', 'data/.duplistatus.key', 'import/.duplistatus.key']

/** A database that somebody chose. */
export interface Chosen {
  readonly path: string
  readonly key: Buffer | null
  /** An upload in our own folder: nobody else writes to it. */
  readonly isOurs: boolean
}

/** The path of a database in the data folder; null for none. */
export function foundIn(dir: string): Promise<string | null> {
  return firstThere(dir, PLACES)
}

/** @throws Failure `not-found` */
export async function chooseFound(dir: string): Promise<Chosen> {
  const path = await foundIn(dir)
  if (path === null) throw new Failure('not-found', text('import.nothing-chosen'))
  const key = await firstThere(dir, KEYS)
  return { path, key: key === null ? null : await readFile(key), isOurs: false }
}

/**
 * Keeps an upload: the database, its write-ahead log and the key file.
 * @throws Failure `invalid` where there is no database among them, `no-room`
 */
export async function keepUpload(
  parts: Parameters<ImportDesk['choose']>[0],
  disk: Disk,
  dir: string,
): Promise<Chosen> {
  const path = join(dir, 'tmp', `upload-${randomName(8)}.db`)
  const inRoom = leavingRoom(disk, dir)
  const save = (body: AsyncIterable<Buffer>, to: string) =>
    pipeline(inRoom(body), createWriteStream(to, { mode: 0o600 }))
  let [isThere, key]: [boolean, Buffer | null] = [false, null]
  try {
    for await (const part of parts) {
      if (part.name === 'key') key = await part.small()
      else if (part.name === 'wal') await save(part.body, `${path}-wal`)
      else if (part.name === 'file') {
        await save(part.body, path)
        isThere = true
      }
    }
    if (!isThere) throw new Failure('invalid', text('import.nothing-chosen'))
  } catch (error) {
    await forgetUpload(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    throw new Failure('no-room', text('store.full'), { cause: error })
  }
  return { path, key: key?.length ? key : null, isOurs: true }
}

/** @throws Failure `invalid` where it cannot be read */
export async function readKey(path: string | undefined): Promise<Buffer | null> {
  if (path === undefined) return null
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Failure('invalid', text('import.no-file', { path, reason: error.code ?? '' }))
  })
}

export async function forgetUpload(path: string): Promise<void> {
  for (const end of ['', '-wal']) await rm(`${path}${end}`, { force: true })
}

async function firstThere(dir: string, names: readonly string[]): Promise<string | null> {
  for (const name of names)
    if ((await stat(join(dir, name)).catch(() => null))?.isFile()) return join(dir, name)
  return null
}
