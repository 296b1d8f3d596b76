import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import type { LineHead } from './run-line.ts'
import type { SegmentMark } from './segment-file.ts'

/**
 * What opening reads of a sealed segment, as numbers: parsing fifty thousand lines of JSON takes most of a start. An
 * index is made from a segment without damage and counts only for the very same bytes (`size` and `crc` of the whole
 * file), so that it may be lost, old or broken at any time: the segment is read line by line then.
 *
 * `DSI1`, the length of the header (32 bits), the header as JSON filled up with blanks to a multiple of 8 bytes, 25
 * numbers (64 bits, in the order of this machine) for each line of a run, and the CRC-32 of all before.
 */
export interface SegmentIndex {
  readonly size: number
  readonly crc: number
  /** Goes through marks and heads in the order of their lines. `head` is only good during the call. */
  replay(visit: IndexVisitor): void
}

export interface IndexVisitor {
  mark(mark: SegmentMark): void
  head(head: LineHead, offset: number, length: number): void
}

interface Header {
  readonly order: string
  readonly size: number
  readonly crc: number
  readonly rows: number
  readonly names: readonly string[]
  /** Each with the number of heads before it. */
  readonly marks: readonly (readonly [number, SegmentMark])[]
}

const MAGIC = Buffer.from('DSI1')
const START = MAGIC.length + 4
/** Numbers of a head's `row` (see `rowOf`). */
const OF_ROW = 17
const BEFORE_ROW = 8
const WIDTH = BEFORE_ROW + OF_ROW

/** Gathers what an index holds while a segment is read. */
export class IndexWriter {
  readonly #numbers: number[] = []
  readonly #marks: [number, SegmentMark][] = []
  readonly #names = new Map<string, number>()
  #rows = 0
  #regular = true

  mark(mark: SegmentMark): void {
    this.#marks.push([this.#rows, mark])
  }

  head(head: LineHead, offset: number, length: number): void {
    if (head.row.length !== OF_ROW) this.#regular = false
    this.#rows++
    const { no, rev, seq, server, job, op } = head
    this.#numbers.push(offset, length, no, rev, seq, this.#name(server), this.#name(job), this.#name(op))
    for (const value of head.row) this.#numbers.push(value ?? Number.NaN)
  }

  /** The bytes of the index; null where a line was written by another version than this one. */
  finish(file: { readonly size: number; readonly crc: number }): Buffer | null {
    if (!this.#regular) return null
    const names = [...this.#names.keys()]
    const header: Header = { order: endianness(), ...file, rows: this.#rows, names, marks: this.#marks }
    const json = Buffer.from(JSON.stringify(header))
    const padded = Buffer.alloc(START + json.length + ((8 - ((START + json.length) % 8)) % 8), 0x20)
    MAGIC.copy(padded)
    padded.writeUInt32LE(padded.length - START, MAGIC.length)
    json.copy(padded, START)
    const numbers = Buffer.from(new Float64Array(this.#numbers).buffer)
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(numbers, crc32(padded)))
    return Buffer.concat([padded, numbers, sum])
  }

  #name(name: string): number {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    this.#names.set(name, this.#names.size)
    return this.#names.size - 1
  }
}

/** Reads an index; null where the bytes are none, or none of this machine. */
export function readIndex(bytes: Buffer): SegmentIndex | null {
  const end = bytes.length - 4
  if (end < START || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return null
  const begin = START + bytes.readUInt32LE(MAGIC.length)
  const header = JSON.parse(bytes.toString('utf8', START, begin)) as Header
  if (header.order !== endianness() || end - begin !== header.rows * WIDTH * 8) return null
  // A copy, because numbers must begin at a multiple of 8 bytes.
  const numbers = new Float64Array(header.rows * WIDTH)
  bytes.copy(Buffer.from(numbers.buffer), 0, begin, end)
  return { size: header.size, crc: header.crc, replay: (visit) => replay(header, numbers, visit) }
}

function replay({ rows, names, marks }: Header, numbers: Float64Array, visit: IndexVisitor): void {
  const row: (number | null)[] = new Array<number | null>(OF_ROW).fill(null)
  let nextMark = 0
  for (let line = 0; line <= rows; line++) {
    for (let mark = marks[nextMark]; mark?.[0] === line; mark = marks[++nextMark]) visit.mark(mark[1])
    if (line === rows) break
    const at = line * WIDTH
    for (let i = 0; i < OF_ROW; i++) {
      const value = numbers[at + BEFORE_ROW + i] ?? Number.NaN
      row[i] = Number.isNaN(value) ? null : value
    }
    const head = {
      no: numbers[at + 2] ?? 0,
      rev: numbers[at + 3] ?? 0,
      seq: numbers[at + 4] ?? 0,
      server: names[numbers[at + 5] ?? -1] ?? '',
      job: names[numbers[at + 6] ?? -1] ?? '',
      op: names[numbers[at + 7] ?? -1] ?? '',
      row,
    }
    visit.head(head, numbers[at] ?? 0, numbers[at + 1] ?? 0)
  }
}
