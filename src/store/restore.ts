import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { keepNewest } from './backup.ts'
import type { Disk } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import { failureOf } from './fault.ts'
import type { Folders } from './folders.ts'
import { leavingRoom } from './leaving-room.ts'
import { readTar } from './read-tar.ts'

/** Below the data folder: an archive that was unpacked, and waits for the next opening to take its place. */
export const PENDING = 'restore-pending'
const READY = 'READY'
/** What was there before stands aside completely. */
const ASIDE = 'ASIDE'
/** What an archive is made of; all of it is replaced together, nothing else in the data folder is touched. */
const PARTS = ['db.json', 'db.json.bak', 'runs', 'logs', 'audit', 'incidents', 'notices', 'imports']
const MEMBER = /^(db\.json|(runs|logs|audit|incidents|notices|imports)\/[\w.-]{1,100})$/
const GZIP = 0x8b1f
/** The state is read as a whole: 200 jobs with all that can be known of them are some megabytes. */
const LARGEST_STATE = 128 * 1024 * 1024
/** A century of months, and more than that. */
const MOST_MEMBERS = 20_000

/**
 * Unpacks an archive, gzip or plain tar, beside the database. Nothing that is in use is touched. Gives the folder.
 * @throws Failure `invalid` where it is no archive of ours, or damaged; `no-room`
 */
export async function unpackArchive(disk: Disk, folders: Folders, archive: Readable): Promise<string> {
  const folder = join(folders.dir, PENDING)
  await disk.remove(folder)
  for (const part of ['runs', 'logs']) await disk.makeFolder(join(folder, part))
  let files = 0
  try {
    // An error of the upload must end the unpacking too.
    const tar = (await isGzip(archive)) ? compose(archive) : archive
    const inRoom = leavingRoom(disk, folders.dir)
    let members = 0
    for await (const entry of readTar(tar)) {
      const name = entry.name.replace(/^\.\//, '')
      if (++members > MOST_MEMBERS) throw new Failure('invalid', text('care.restore.not-ours'))
      if (!entry.isFile || !MEMBER.test(name)) continue
      if (name === 'db.json') files++
      if (name === 'db.json' && entry.length > LARGEST_STATE)
        throw new Failure('invalid', text('care.restore.not-ours'))
      await keep(disk, folder, name, inRoom(entry.body))
    }
    if (files !== 1) throw new Failure('invalid', text('care.restore.not-ours'))
    return folder
  } catch (error) {
    await disk.remove(folder).catch(() => undefined)
    if (error instanceof Failure) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EROFS' || code === 'EIO') throw failureOf(error)
    throw new Failure('invalid', text('care.restore.damaged'), { cause: error })
  }
}

/** From here on the next opening puts the unpacked archive in place of the database. Durable when it resolves. */
export async function markReady(disk: Disk, folders: Folders, backup: string): Promise<void> {
  const folder = join(folders.dir, PENDING)
  const path = join(folder, READY)
  await DraftFile.write(disk, { draft: `${path}.part`, path }, Buffer.from(JSON.stringify({ backup })))
  await disk.syncFolder(folder)
  await disk.syncFolder(folders.dir)
}

/**
 * Puts a restored archive in place, before anything is opened: the present files go to `backups/<name>`, then those
 * of the archive take their places. A kill at any moment is gone on with at the next opening. Gives the folder of
 * what was before; null where nothing waits. An archive that was never agreed to is thrown away.
 */
export async function swapRestored(disk: Disk, folders: Folders): Promise<string | null> {
  const pending = join(folders.dir, PENDING)
  if ((await disk.stat(pending)) === null) return null
  const ready = await disk.readFile(join(pending, READY)).catch(() => null)
  if (ready === null) {
    await disk.remove(pending)
    return null
  }
  const { backup: name } = JSON.parse(ready.toString('utf8')) as { backup: string }
  const backup = join(folders.backups, name)
  if ((await disk.stat(join(pending, ASIDE))) === null) {
    await disk.makeFolder(backup)
    await moveAll(disk, folders.dir, backup)
    const path = join(pending, ASIDE)
    await DraftFile.write(disk, { draft: `${path}.part`, path }, Buffer.from('\n'))
    await disk.syncFolder(pending)
  }
  await moveAll(disk, pending, folders.dir)
  // The mark goes first: without it a folder left behind is only thrown away.
  await disk.remove(join(pending, READY))
  await disk.syncFolder(pending)
  await disk.remove(pending)
  await keepNewest(disk, folders.backups, name)
  return backup
}

async function moveAll(disk: Disk, from: string, to: string): Promise<void> {
  for (const part of PARTS) {
    const [source, target] = [join(from, part), join(to, part)]
    if ((await disk.stat(source)) === null) continue
    // An opening makes its folders first: an empty one beside the moved one says nothing.
    const isMoved = (await disk.stat(target))?.folder === true
    if (isMoved && (await disk.list(target)).length > 0 && (await disk.list(source)).length === 0) {
      await disk.remove(source)
      continue
    }
    if (isMoved && (await disk.list(target)).length === 0) await disk.remove(target)
    await disk.rename(source, target)
  }
  await disk.syncFolder(to)
  await disk.syncFolder(from)
}

async function keep(
  disk: Disk,
  folder: string,
  name: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  const [part] = name.split('/')
  if (part !== undefined && part !== name) await disk.makeFolder(join(folder, part))
  const path = join(folder, name)
  await pipeline(stream, createWriteStream(path, { mode: 0o600 }))
  const file = await disk.open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function compose(archive: Readable): Readable {
  const gunzip = createGunzip()
  archive.once('error', (error) => gunzip.destroy(error))
  return archive.pipe(gunzip)
}

/** Looks at the first two bytes and puts them back. */
function isGzip(stream: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const first = stream.read() as Buffer | null
      if (first === null) {
        if (stream.readableEnded) resolve(false)
        else stream.once('readable', look)
        return
      }
      stream.unshift(first)
      resolve(first.length >= 2 && first.readUInt16LE(0) === GZIP)
    }
    stream.once('error', reject)
    stream.once('end', () => resolve(false))
    look()
  })
}
