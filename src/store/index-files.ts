import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.ts'
import type { Folders } from './folders.ts'
import { type IndexWriter, readIndex, type SegmentIndex } from './segment-index.ts'
import { type SegmentName, segmentText } from './segment-name.ts'

/** A sealed segment that was read line by line and found sound. */
export interface Unindexed {
  readonly name: SegmentName
  readonly writer: IndexWriter
}

/** The index of a segment; null where there is none that is made from the very bytes of the segment. */
export async function findIndex(
  disk: Disk,
  folders: Folders,
  name: SegmentName,
): Promise<SegmentIndex | null> {
  const bytes = await disk.readFile(indexPath(folders, name)).catch(() => null)
  const index = bytes === null ? null : readIndex(bytes)
  if (index === null) return null
  const sum = await sumOf(disk, folders.segment(name))
  return sum.size === index.size && sum.crc === index.crc ? index : null
}

/**
 * Writes the indexes that were missing and removes those whose segments are gone. Never throws and waits for no
 * fsync: what does not get there whole is made again at the next opening.
 */
export async function keepIndexes(
  disk: Disk,
  folders: Folders,
  found: { readonly names: readonly SegmentName[]; readonly unindexed: readonly Unindexed[] },
): Promise<void> {
  try {
    if (found.unindexed.length > 0) await disk.makeFolder(folders.index)
    const wanted = new Set(found.names.map((name) => indexFile(name)))
    for (const file of await disk.list(folders.index))
      if (!wanted.has(file)) await disk.remove(join(folders.index, file))
    for (const { name, writer } of found.unindexed) {
      const bytes = writer.finish(await sumOf(disk, folders.segment(name)))
      if (bytes !== null) await writeFile(disk, indexPath(folders, name), bytes)
    }
  } catch {
    // A full or failing disk shows itself where it matters.
  }
}

const CHUNK = 1024 * 1024

async function sumOf(disk: Disk, path: string): Promise<{ size: number; crc: number }> {
  const file = await disk.open(path, 'r')
  try {
    return await sumOfFile(file)
  } finally {
    await file.close()
  }
}

/** Reads the next piece while it adds up the one before. */
async function sumOfFile(file: DiskFile): Promise<{ size: number; crc: number }> {
  let [now, next] = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)]
  let size = 0
  let crc = 0
  for (let read = await readFully(file, now, 0); read > 0; ) {
    const reading = read < CHUNK ? Promise.resolve(0) : readFully(file, next, size + read)
    crc = crc32(now.subarray(0, read), crc)
    size += read
    read = await reading
    ;[now, next] = [next, now]
  }
  return { size, crc }
}

async function writeFile(disk: Disk, path: string, bytes: Buffer): Promise<void> {
  const file = await disk.open(path, 'w')
  try {
    await writeAll(file, bytes, 0)
    await file.truncate(bytes.length)
  } finally {
    await file.close()
  }
}

function indexPath(folders: Folders, name: SegmentName): string {
  return join(folders.index, indexFile(name))
}

function indexFile(name: SegmentName): string {
  return `${segmentText(name)}.idx`
}
