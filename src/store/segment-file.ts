import type { Adapter } from 'lowdb'
import { AppendFile } from './append-file.ts'
import type { Disk } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import { parseLine, sealLine } from './line.ts'
import { type Scanned, scanLines } from './scan.ts'

/** First line of a segment. `from`: no run in it or after it has a lower number. */
export interface SegmentHeader {
  readonly op: 'hdr'
  /** Version of the data in it. */
  readonly v: number
  /** File in `logs/` that holds the log blocks of this segment. */
  readonly pack: string
  readonly from: number
  readonly at: string
}

/** Runs that are deleted; they may stand in this segment or in an older one. */
export interface Tombstone {
  readonly op: 'del'
  readonly nos: readonly number[]
  readonly at: string
}

/**
 * Runs, in this segment before this line or in an older one, that belong to another job now: all of one job, or,
 * with `nos`, just these.
 */
export interface MoveMark {
  readonly op: 'move'
  readonly from: string
  readonly nos?: readonly number[]
  readonly server: string
  readonly job: string
  readonly at: string
}

export type SegmentMark = SegmentHeader | Tombstone | MoveMark

/** A month's file of runs as a lowdb adapter, with what lowdb lacks: growing at the end and reading in pieces. */
export class SegmentFile implements Adapter<readonly Buffer[]> {
  readonly path: string
  readonly #disk: Disk
  readonly #draft: string

  /** `draft` is a path in the folder of temporary files. */
  constructor(disk: Disk, path: string, draft: string) {
    this.#disk = disk
    this.path = path
    this.#draft = draft
  }

  /** All sound lines with their newlines; null where there is no file. */
  async read(): Promise<readonly Buffer[] | null> {
    if ((await this.#disk.stat(this.path)) === null) return null
    const lines: Buffer[] = []
    await this.scan((bytes, start, end) => lines.push(Buffer.from(bytes.subarray(start, end + 1))))
    return lines
  }

  /** Replaces the file, durably and at once. */
  async write(lines: readonly Buffer[]): Promise<void> {
    await DraftFile.write(this.#disk, { draft: this.#draft, path: this.path }, Buffer.concat(lines))
  }

  scan(
    visit: (bytes: Buffer, start: number, end: number, offset: number) => void,
    from = 0,
  ): Promise<Scanned> {
    return scanLines(this.#disk, this.path, visit, from)
  }

  appender(length: number): Promise<AppendFile> {
    return AppendFile.open(this.#disk, this.path, length)
  }
}

export function markLine(mark: SegmentMark): Buffer {
  return sealLine(JSON.stringify(mark))
}

export function headerLine(header: { v: number; pack: string; from: number; now: Date }): Buffer {
  const { v, pack, from, now } = header
  return markLine({ op: 'hdr', v, pack, from, at: now.toISOString() })
}

/** The mark in a sound line; null where it is the line of a run. */
export function parseMark(bytes: Buffer, start: number, end: number): SegmentMark | null {
  return bytes[start + 2] === 0x6f ? (parseLine(bytes, start, end) as unknown as SegmentMark) : null
}
