import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Disk, type DiskFile, readFully, writeAll } from './disk.ts'
import type { Folders } from './folders.ts'
import { type IndexWriter, readIndex, type SegmentIndex } from './segment-index.ts'
import { type SegmentName, segmentText } from './segment-name.ts'

/** A segment that was read line by line and found sound up to `end`. */
export interface Unindexed {
  readonly name: SegmentName
  readonly writer: IndexWriter
  readonly end: number
}

/** Finds indexes, one after another, in the same few buffers: all of them at once would be memory for nothing. */
export class IndexFinder {
  readonly #disk: Disk
  readonly #folders: Folders
  readonly #pieces = newPieces()
  #bytes = Buffer.alloc(0)

  constructor(disk: Disk, folders: Folders) {
    this.#disk = disk
    this.#folders = folders
  }

  /**
   * The index of a segment, good until the next one is looked for; null where there is none that is made from the very
   * bytes of the segment, but for `added` bytes at most that came at its end since.
   */
  async find({
    name,
    added,
  }: {
    readonly name: SegmentName
    readonly added: number
  }): Promise<SegmentIndex | null> {
    const bytes = await this.#read(indexPath(this.#folders, name)).catch(() => null)
    const index = bytes === null ? null : readIndex(bytes)
    const path = this.#folders.segment(name)
    const since = ((await this.#disk.stat(path))?.size ?? 0) - (index?.size ?? 0)
    if (index === null || since < 0 || since > added) return null
    return (await sumOf(this.#disk, path, index.size, this.#pieces)).crc === index.crc ? index : null
  }

  async #read(path: string): Promise<Buffer | null> {
    const size = (await this.#disk.stat(path))?.size ?? 0
    if (size === 0) return null
    if (size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(size)
    const file = await this.#disk.open(path, 'r')
    try {
      return this.#bytes.subarray(0, await readFully(file, this.#bytes.subarray(0, size), 0))
    } finally {
      await file.close()
    }
  }
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
    for (const { name, writer, end } of found.unindexed) {
      const bytes = writer.finish(await sumOf(disk, folders.segment(name), end, newPieces()))
      if (bytes !== null) await writeFile(disk, indexPath(folders, name), bytes)
    }
  } catch {
    // A full or failing disk shows itself where it matters.
  }
}

const CHUNK = 1024 * 1024

function newPieces(): [Buffer, Buffer] {
  return [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)]
}

/** The sum of the first `length` bytes of a file; both are less where the file is shorter. */
async function sumOf(
  disk: Disk,
  path: string,
  length: number,
  pieces: readonly [Buffer, Buffer],
): Promise<{ size: number; crc: number }> {
  const file = await disk.open(path, 'r')
  try {
    return await sumOfFile(file, length, pieces)
  } finally {
    await file.close()
  }
}

/** Reads the next piece while it adds up the one before. */
async function sumOfFile(
  file: DiskFile,
  length: number,
  pieces: readonly [Buffer, Buffer],
): Promise<{ size: number; crc: number }> {
  const piece = (into: Buffer, at: number) => readFully(file, into.subarray(0, Math.max(0, length - at)), at)
  let [now, next] = pieces
  let size = 0
  let crc = 0
  for (let read = await piece(now, 0); read > 0; ) {
    const reading = piece(next, size + read)
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
