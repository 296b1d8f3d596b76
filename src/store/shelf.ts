import { join } from 'node:path'
import { AppendFile } from './append-file.ts'
import { type Disk, readExactly } from './disk.ts'
import type { Folders } from './folders.ts'
import { isSound, parseLine } from './line.ts'
import type { LogPlace } from './run-line.ts'
import type { Location } from './run-table.ts'
import { headerLine, SegmentFile } from './segment-file.ts'
import { isPastMonth, nextSegment, packFile, type SegmentName, segmentText } from './segment-name.ts'

/** From here on a new segment is begun: offsets stay small and a rewrite short. */
const FULL_BYTES = 32 * 1024 * 1024
const FULL_PACK_BYTES = 1024 * 1024 * 1024

/** A month's file and its pack. */
export interface Segment {
  readonly name: SegmentName
  /** File name in `logs/`. */
  pack: string
  bytes: number
  /** Bytes of lines that were revised or deleted. */
  deadBytes: number
  packBytes: number
  /** The pack should be there and is not. */
  packMissing: boolean
  /** Newest arrival in it, in milliseconds: the pack goes when this is past retention. */
  newestMs: number
  /** Nothing is appended to it any more. */
  sealed: boolean
  /** Ends when a rewrite of it, which moves its lines and log blocks, is over. */
  rewriting: Promise<unknown> | null
}

interface Active {
  readonly segment: Segment
  readonly lines: AppendFile
  readonly blocks: AppendFile
}

/** All segments in the order of writing; the last one grows. Removed ones leave a hole, so that numbers stay. */
export class Shelf {
  readonly segments: (Segment | null)[] = []
  readonly disk: Disk
  readonly folders: Folders
  /** Version that the headers of new segments name. */
  readonly schemaVersion: number
  #active: Active | null = null

  constructor(disk: Disk, folders: Folders, schemaVersion: number) {
    this.disk = disk
    this.folders = folders
    this.schemaVersion = schemaVersion
  }

  get last(): Segment | null {
    return this.segments.findLast((segment) => segment !== null) ?? null
  }

  file(segment: Segment): SegmentFile {
    const draft = join(this.folders.tmp, `${segmentText(segment.name)}.ndjson`)
    return new SegmentFile(this.disk, this.folders.segment(segment.name), draft)
  }

  packPath(segment: Segment): string {
    return join(this.folders.logs, segment.pack)
  }

  /** The files that grow; made anew for the first run of a month and where the last ones are full. */
  async active(now: Date, from: number): Promise<Active & { readonly index: number }> {
    const last = this.#active?.segment ?? this.last
    const full = last !== null && (last.bytes >= FULL_BYTES || last.packBytes >= FULL_PACK_BYTES)
    const closed = last === null || full || last.sealed || last.packMissing || isPastMonth(last.name, now)
    if (closed) await this.#begin(last, now, from)
    else if (this.#active === null) await this.#goOn(last)
    if (this.#active === null) throw new Error('no segment to write to')
    return { ...this.#active, index: this.segments.indexOf(this.#active.segment) }
  }

  /** Closes the file that grows, so that the next run begins a new one. */
  async seal(now: Date, from: number): Promise<void> {
    const last = this.last
    if (last !== null) await this.#begin(last, now, from)
  }

  /** Notes that the line at a place no longer counts. */
  bury(at: Location | null): void {
    const segment = at === null ? null : this.segments[at.segment]
    if (at !== null && segment) segment.deadBytes += at.length
  }

  /** The line at a place, parsed; null where it is damaged. */
  async readLine(at: Location): Promise<Record<string, unknown> | null> {
    const segment = this.segments[at.segment] ?? null
    if (segment === null) return null
    const bytes = await this.#read(this.folders.segment(segment.name), at.offset, at.length)
    return bytes !== null && isSound(bytes, 0, at.length - 1) ? parseLine(bytes, 0, at.length - 1) : null
  }

  /** A log block as it lies in the pack; null where the pack ends before. */
  async readBlock(segment: Segment, place: LogPlace): Promise<Buffer | null> {
    return this.#read(this.packPath(segment), place[0], place[1])
  }

  async close(): Promise<void> {
    const active = this.#active
    this.#active = null
    await active?.lines.close()
    await active?.blocks.close()
  }

  async #read(path: string, offset: number, length: number): Promise<Buffer | null> {
    const file = await this.disk.open(path, 'r').catch(() => null)
    if (file === null) return null
    try {
      return await readExactly(file, offset, length).catch(() => null)
    } finally {
      await file.close()
    }
  }

  async #begin(last: Segment | null, now: Date, from: number): Promise<void> {
    const name = nextSegment(last?.name ?? null, now)
    const pack = packFile(name, 1)
    const packPath = join(this.folders.logs, pack)
    const path = this.folders.segment(name)
    const made: AppendFile[] = []
    try {
      const blocks = await AppendFile.create(this.disk, packPath)
      made.push(blocks)
      const lines = await AppendFile.create(this.disk, path)
      made.push(lines)
      await lines.append(headerLine({ v: this.schemaVersion, pack, from, now }))
      await this.disk.syncFolder(this.folders.logs)
      await this.disk.syncFolder(this.folders.runs)
      await this.close()
      if (last !== null) last.sealed = true
      const segment: Segment = { name, pack, ...NOTHING_YET, bytes: lines.length }
      this.segments.push(segment)
      this.#active = { segment, lines, blocks }
    } catch (error) {
      for (const file of made) await file.close().catch(() => undefined)
      for (const half of [path, packPath]) await this.disk.remove(half).catch(() => undefined)
      throw error
    }
  }

  async #goOn(segment: Segment): Promise<void> {
    const lines = await this.file(segment).appender(segment.bytes)
    try {
      this.#active = { segment, lines, blocks: await AppendFile.open(this.disk, this.packPath(segment)) }
    } catch (error) {
      await lines.close()
      throw error
    }
  }
}

export const NOTHING_YET = {
  bytes: 0,
  deadBytes: 0,
  packBytes: 0,
  packMissing: false,
  newestMs: 0,
  sealed: false,
  rewriting: null,
}
