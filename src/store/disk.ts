import { constants } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises'

/** What the store asks of a file system. Paths are absolute. Errors are those of `node:fs`, with their `code`. */
export interface Disk {
  /** `r` read, `r+` read and write what is there, `w` begin anew, `wx` make, fails where there is one. */
  open(path: string, mode: 'r' | 'r+' | 'w' | 'wx'): Promise<DiskFile>
  readFile(path: string): Promise<Buffer>
  /** Names in a folder; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>
  /** null where there is nothing. */
  stat(
    path: string,
  ): Promise<{ readonly size: number; readonly modifiedMs: number; readonly folder: boolean } | null>
  makeFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** A second name for the same file. */
  link(from: string, to: string): Promise<void>
  /** A file or a whole folder; nothing where there is none. */
  remove(path: string): Promise<void>
  /** Makes names in a folder durable. */
  syncFolder(path: string): Promise<void>
  freeBytes(path: string): Promise<number | null>
}

export interface DiskFile {
  /** Gives how many bytes were read: fewer than asked at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Gives how many bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>
  truncate(length: number): Promise<void>
  /** Content and length on the device. */
  sync(): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

/** The real disk. Files are for the owner alone, because the database knows what people back up. */
export const realDisk: Disk = {
  open: async (path, mode) => nodeFile(await open(path, mode, 0o600)),
  readFile: (path) => readFile(path),
  list: (folder) => readdir(folder).catch(onMissing<string[]>([])),
  stat: (path) =>
    stat(path)
      .then((found) => ({ size: found.size, modifiedMs: found.mtimeMs, folder: found.isDirectory() }))
      .catch(onMissing(null)),
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  rename,
  link,
  remove: (path) => rm(path, { recursive: true, force: true }),
  syncFolder,
  freeBytes: (path) =>
    statfs(path).then(
      (found) => found.bavail * found.bsize,
      () => null,
    ),
}

/** Writes all of it, however little the system takes at a time. */
export async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const written = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done)
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
    done += written
  }
}

/** Reads exactly so many bytes; null where the file ends before. */
export async function readExactly(file: DiskFile, position: number, length: number): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafeSlow(length)
  return (await readFully(file, bytes, position)) === length ? bytes : null
}

/** Fills `into` as far as the file goes and gives how far that was. */
export async function readFully(file: DiskFile, into: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < into.length) {
    const read = await file.read(done === 0 ? into : into.subarray(done), position + done)
    if (read === 0) break
    done += read
  }
  return done
}

/** The `code` of a system error (`ENOENT` ...), '' for anything else. */
export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

function nodeFile(handle: FileHandle): DiskFile {
  return {
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    truncate: (length) => handle.truncate(length),
    sync: () => handle.datasync(),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY)
  try {
    await handle.sync()
  } catch (error) {
    // Some shared folders know no fsync of a folder; a real fault has another code.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EPERM'].includes(errorCode(error))) throw error
  } finally {
    await handle.close()
  }
}

function onMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === 'ENOENT') return instead
    throw error
  }
}
