import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { Clock } from '../kit/clock.ts'
import type { AppendFile } from './append-file.ts'
import { closed, failureOf, readOnly } from './fault.ts'
import type { Mode } from './mode.ts'
import type { LogPlace } from './run-line.ts'
import type { Location } from './run-table.ts'
import type { Segment, Shelf } from './shelf.ts'

/** A line to be appended, and its log block. */
export interface Item {
  readonly block: Buffer | null
  /** Lines in the block. */
  readonly blockLines: number
  /** Arrival in milliseconds, for the age of the pack. */
  readonly receivedMs: number
  /** Whether the line takes a number. */
  readonly numbered: boolean
  line(seq: number, log: LogPlace | null): Buffer
  /** On disk: told before any promise is resolved, in the order of the lines. */
  done(seq: number, at: Location): void
  fail(error: unknown): void
}

const BATCH_ITEMS = 256
const BATCH_BYTES = 4 * 1024 * 1024

/**
 * Appends lines to the growing segment in batches: all that wait share one fsync of the lines and one of the
 * log blocks, done at the same time. A batch is on disk as a whole, or nobody was told.
 */
export class AppendQueue {
  /** Number of the next line. */
  next: number
  readonly #shelf: Shelf
  readonly #clock: Clock
  readonly #mode: Mode
  #waiting: Item[] = []
  #running: Promise<void> | null = null
  #closed = false

  constructor(parts: { shelf: Shelf; clock: Clock; mode: Mode; next: number }) {
    this.#shelf = parts.shelf
    this.#clock = parts.clock
    this.#mode = parts.mode
    this.next = parts.next
  }

  add(item: Item): void {
    if (this.#closed) item.fail(closed())
    else if (this.#mode.readOnly) item.fail(readOnly())
    else {
      this.#waiting.push(item)
      this.#running ??= this.#run()
    }
  }

  /** Runs `work` while nothing is appended. */
  async pausedFor<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running !== null) await this.#running
    let resolve = () => {}
    this.#running = new Promise((done) => {
      resolve = done
    })
    try {
      return await work()
    } finally {
      this.#running = this.#waiting.length > 0 ? this.#run() : null
      resolve()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#running !== null) await this.#running
    await this.#shelf.close()
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What comes in the same turn, from callers that were just told among others, shares one fsync.
      await nextTurn()
      await this.#writeBatch(this.#takeBatch())
    }
    this.#running = null
  }

  #takeBatch(): Item[] {
    let bytes = 0
    let count = 0
    while (count < this.#waiting.length && count < BATCH_ITEMS && bytes < BATCH_BYTES) {
      bytes += this.#waiting[count++]?.block?.length ?? 0
    }
    return this.#waiting.splice(0, count)
  }

  async #writeBatch(batch: readonly Item[]): Promise<void> {
    let told: (() => void)[]
    try {
      told = await this.#append(batch)
    } catch (error) {
      this.#mode.failed(error)
      for (const item of batch) item.fail(failureOf(error))
      return
    }
    this.#mode.worked()
    for (const tell of told) tell()
  }

  async #append(batch: readonly Item[]): Promise<(() => void)[]> {
    const { lines, blocks, segment, index } = await this.#shelf.active(this.#clock.now(), this.next)
    const blockBytes: Buffer[] = []
    const lineBytes: Buffer[] = []
    const told: (() => void)[] = []
    let blockEnd = blocks.length
    let lineEnd = lines.length
    let seq = this.next
    for (const item of batch) {
      const place = placeOf(item, blockEnd)
      const own = seq
      const line = item.line(own, place)
      const at = { segment: index, offset: lineEnd, length: line.length }
      if (item.block !== null) blockBytes.push(item.block)
      lineBytes.push(line)
      blockEnd += item.block?.length ?? 0
      lineEnd += line.length
      if (item.numbered) seq++
      told.push(() => item.done(own, at))
    }
    await stageBoth(lines, Buffer.concat(lineBytes), blocks, Buffer.concat(blockBytes))
    this.next = seq
    count(segment, lines.length, blocks.length, batch)
    return told
  }
}

function placeOf(item: Item, offset: number): LogPlace | null {
  return item.block === null ? null : [offset, item.block.length, crc32(item.block), item.blockLines]
}

/** The blocks are written first, so that a process that is killed leaves no line without its log. */
async function stageBoth(
  lines: AppendFile,
  lineBytes: Buffer,
  blocks: AppendFile,
  blockBytes: Buffer,
): Promise<void> {
  try {
    await blocks.stage(blockBytes)
    await lines.stage(lineBytes)
    const synced = await Promise.allSettled([blocks.sync(), lines.sync()])
    for (const outcome of synced) if (outcome.status === 'rejected') throw outcome.reason
  } catch (error) {
    // If this fails too, its own error says that nothing more may be written.
    await lines.undo()
    await blocks.undo()
    throw error
  }
  lines.keep()
  blocks.keep()
}

function count(segment: Segment, bytes: number, packBytes: number, batch: readonly Item[]): void {
  segment.bytes = bytes
  segment.packBytes = packBytes
  for (const item of batch) segment.newestMs = Math.max(segment.newestMs, item.receivedMs)
}
