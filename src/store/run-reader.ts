import { crc32 } from 'node:zlib'
import type { Run } from '../domain/run.ts'
import { BYTES, FLAGS, WHOLES } from './columns.ts'
import { type LogPlace, runOf } from './run-line.ts'
import type { RunTable } from './run-table.ts'
import type { Segment, Shelf } from './shelf.ts'
import type { LogState } from './store-shape.ts'

/** A log block as it lies on disk. */
export interface Block {
  readonly bytes: Buffer
  readonly lines: number
}

/** Whole runs and their logs, read from disk as they are asked for. */
export class RunReader {
  /** Runs whose line or log turned out to be damaged. */
  readonly badLines = new Set<number>()
  readonly badLogs = new Set<number>()
  readonly #table: RunTable
  readonly #shelf: Shelf

  constructor(table: RunTable, shelf: Shelf) {
    this.#table = table
    this.#shelf = shelf
  }

  async run(no: number): Promise<Run | null> {
    const line = await this.#line(no)
    const row = this.#table.rowOf(no)
    if (line === null || row === null) return null
    return runOf(line, this.#table.idsOf(row))
  }

  /** The block of a run's log, checked; null where it cannot be read. */
  async block(no: number): Promise<Block | null> {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (this.logState(no) !== 'kept') return null
      const place = ((await this.#line(no))?.['log'] ?? null) as LogPlace | null
      const segment = this.#segmentOf(no)
      if (place === null || segment === null) break
      const bytes = await this.#shelf.readBlock(segment, place)
      if (bytes !== null && crc32(bytes) === place[2]) return { bytes, lines: place[3] }
      await segment.rewriting
    }
    if (this.logState(no) === 'kept') this.badLogs.add(no)
    return null
  }

  logState(no: number): LogState {
    const row = this.#table.rowOf(no)
    if (row === null || (this.#table.columns.byte(BYTES.flags, row) & FLAGS.hasLog) === 0) return 'none'
    const segment = this.#segmentOf(no)
    if (segment === null || segment.packMissing || this.badLogs.has(no)) return 'damaged'
    return segment.packBytes === 0 ? 'gone' : 'kept'
  }

  /** A new line of the run was written: what was damaged no longer counts. */
  forget(no: number): void {
    this.badLines.delete(no)
    this.badLogs.delete(no)
  }

  /** Twice, because a file can be rewritten between finding the place and reading it. */
  async #line(no: number): Promise<Record<string, unknown> | null> {
    for (let attempt = 0; attempt < 2; attempt++) {
      const row = this.#table.rowOf(no)
      if (row === null) return null
      const line = await this.#shelf.readLine(this.#table.location(row))
      if (line !== null && line['no'] === no) return line
      await this.#segmentOf(no)?.rewriting
    }
    this.badLines.add(no)
    return null
  }

  #segmentOf(no: number): Segment | null {
    const row = this.#table.rowOf(no)
    return row === null
      ? null
      : (this.#shelf.segments[this.#table.columns.whole(WHOLES.segment, row)] ?? null)
  }
}
