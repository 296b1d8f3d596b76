import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import {
  BYTE_COLUMNS,
  Columns,
  FLOAT_COLUMNS,
  type PackedRows,
  UNKNOWN,
  WHOLE_COLUMNS,
  WHOLES,
} from './columns.ts'
import { Names } from './names.ts'
import type { LineHead } from './run-line.ts'
import type { SegmentMark } from './segment-file.ts'

/**
 * What opening reads of a segment, as numbers: parsing fifty thousand lines of JSON takes most of a start. An index is
 * made from a segment without damage and counts only for the very same bytes (`size` and `crc` of the file up to
 * there), so that it may be lost, old or broken at any time: the segment is read line by line then.
 *
 * `DSI2`, the length of the header (32 bits), the header as JSON filled up with blanks to a multiple of 8 bytes; the
 * columns of the table of runs as they lie in memory (`Columns`), in the order of this machine, with a column `seq`
 * after the whole numbers; the CRC-32 of all before.
 */
export interface SegmentIndex extends Contents {
  readonly size: number
  readonly crc: number
}

export interface Contents {
  /** One for each line of a run. The columns `job` and `operation` are positions in the lists below. */
  readonly rows: PackedRows
  readonly seqs: Uint32Array
  /** Server and job; a job stands here anew when its server changed. */
  readonly jobs: readonly (readonly [serverId: string, jobId: string])[]
  readonly operations: readonly string[]
  /** Each with the number of rows before it. */
  readonly marks: readonly (readonly [number, SegmentMark])[]
}

interface Header extends Pick<Contents, 'jobs' | 'operations' | 'marks'> {
  readonly order: string
  readonly size: number
  readonly crc: number
  readonly rows: number
}

const MAGIC = Buffer.from('DSI2')
const START = MAGIC.length + 4
/** Numbers of a head's `row` (see `rowOf`). */
const OF_ROW = 17

/** Gathers what an index holds while a segment is read. */
export class IndexWriter {
  readonly #columns = new Columns()
  readonly #seqs: number[] = []
  readonly #jobs: [string, string][] = []
  /** Position in `jobs` of each job's newest server. */
  readonly #newest = new Map<string, number>()
  readonly #operations = new Names()
  readonly #marks: [number, SegmentMark][] = []
  #regular = true

  mark(mark: SegmentMark): void {
    this.#marks.push([this.#columns.size, mark])
  }

  head(head: LineHead, offset: number, length: number): void {
    if (head.row.length !== OF_ROW) this.#regular = false
    const first = [head.no, this.#job(head), this.#operations.number(head.op), 0, offset, length]
    this.#columns.fill(this.#columns.grow(), head.row, first)
    this.#seqs.push(head.seq)
  }

  /** The bytes of the index; null where a line was written by another version than this one. */
  finish(file: { readonly size: number; readonly crc: number }): Buffer | null {
    if (!this.#regular) return null
    const { rows, floats, wholes, bytes } = this.#columns.pack()
    const [jobs, operations, marks] = [this.#jobs, this.#operations.all, this.#marks]
    const header: Header = { order: endianness(), ...file, rows, jobs, operations, marks }
    const json = Buffer.from(JSON.stringify(header))
    const padded = Buffer.alloc(START + json.length + ((8 - ((START + json.length) % 8)) % 8), 0x20)
    MAGIC.copy(padded)
    padded.writeUInt32LE(padded.length - START, MAGIC.length)
    json.copy(padded, START)
    const columns = [floats, wholes, Uint32Array.from(this.#seqs), bytes].map(
      (column) => new Uint8Array(column.buffer),
    )
    const whole = Buffer.concat([padded, ...columns, Buffer.alloc(4)])
    whole.writeUInt32LE(crc32(whole.subarray(0, -4)), whole.length - 4)
    return whole
  }

  #job({ server, job }: LineHead): number {
    const newest = this.#newest.get(job) ?? -1
    if (this.#jobs[newest]?.[0] === server) return newest
    this.#newest.set(job, this.#jobs.length)
    return this.#jobs.push([server, job]) - 1
  }
}

/** Reads an index; null where the bytes are none, or none of this machine. */
export function readIndex(bytes: Buffer): SegmentIndex | null {
  const end = bytes.length - 4
  if (end < START || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return null
  const begin = START + bytes.readUInt32LE(MAGIC.length)
  const header = JSON.parse(bytes.toString('utf8', START, begin)) as Header
  const { order, rows, ...said } = header
  const ofRow = FLOAT_COLUMNS * 8 + (WHOLE_COLUMNS + 1) * 4 + BYTE_COLUMNS
  if (order !== endianness() || end - begin !== rows * ofRow) return null
  const columns = aligned(bytes.subarray(begin, end))
  const floats = new Float64Array(columns.buffer, columns.byteOffset, rows * FLOAT_COLUMNS)
  const wholesAt = columns.byteOffset + floats.byteLength
  const wholes = new Uint32Array(columns.buffer, wholesAt, rows * WHOLE_COLUMNS)
  const seqs = new Uint32Array(columns.buffer, wholesAt + wholes.byteLength, rows)
  const flags = columns.subarray(floats.byteLength + wholes.byteLength + seqs.byteLength)
  return { ...said, rows: { rows, floats, wholes, bytes: flags }, seqs }
}

/** Numbers must begin at a multiple of 8 bytes; what is read of a large file does so as it is. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
}

/** The head of the line that a row was made from, as far as the table of runs goes by it. */
export function headAt({ rows, seqs, jobs, operations }: Contents, row: number): Omit<LineHead, 'rev'> {
  const whole = (column: number) => rows.wholes[column * rows.rows + row] ?? 0
  const [server, job] = jobs[whole(WHOLES.job)] ?? ['', '']
  const floats = Array.from({ length: FLOAT_COLUMNS }, (_, column) => rows.floats[column * rows.rows + row])
  const counts = []
  for (let column = WHOLES.versions as number; column <= WHOLES.deletedFiles; column++)
    counts.push(whole(column))
  return {
    no: whole(WHOLES.no),
    seq: seqs[row] ?? 0,
    server,
    job,
    op: operations[whole(WHOLES.operation)] ?? '',
    row: [
      rows.bytes[row] ?? 0,
      rows.bytes[rows.rows + row] ?? 0,
      ...floats.map((value = Number.NaN) => (Number.isNaN(value) ? null : value)),
      ...counts.map((value) => (value === UNKNOWN ? null : value)),
      whole(WHOLES.hash),
    ],
  }
}
