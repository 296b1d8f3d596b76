/**
 * Tables of numbers that grow by chunks of typed arrays: a run costs about 114 bytes and the garbage collector
 * never looks inside. Rows are numbered from 0 and keep their number.
 */
const CHUNK = 4096
const SHIFT = 12

/** Numbers that may be fractions, beyond 2^32 or unknown (NaN). */
export const FLOATS = {
  begin: 0,
  received: 1,
  duration: 2,
  sourceBytes: 3,
  sourceFiles: 4,
  uploadedBytes: 5,
  storedBytes: 6,
} as const

/** Whole numbers; `UNKNOWN` stands for NaN. Greater ones are kept as the greatest (the line has them in full). */
export const WHOLES = {
  no: 0,
  job: 1,
  operation: 2,
  segment: 3,
  offset: 4,
  length: 5,
  hash: 6,
  versions: 7,
  warnings: 8,
  errors: 9,
  messages: 10,
  addedFiles: 11,
  modifiedFiles: 12,
  deletedFiles: 13,
} as const

export const BYTES = { result: 0, flags: 1 } as const

/** Bits of the column `flags`. */
export const FLAGS = { interrupted: 1, partial: 2, dryRun: 4, hasLog: 8, dead: 16 } as const

export type FloatColumn = (typeof FLOATS)[keyof typeof FLOATS]
export type WholeColumn = (typeof WHOLES)[keyof typeof WHOLES]
export type ByteColumn = (typeof BYTES)[keyof typeof BYTES]

export const UNKNOWN = 0xffffffff

interface Chunk {
  readonly floats: Float64Array
  readonly wholes: Uint32Array
  readonly bytes: Uint8Array
}

/** So many rows, column after column, as they are kept in a file. */
export interface PackedRows extends Chunk {
  readonly rows: number
}

export class Columns {
  #chunks: Chunk[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** A new row of zeros; gives its number. */
  grow(): number {
    if (this.#size >> SHIFT === this.#chunks.length) this.#chunks.push(newChunk(CHUNK))
    return this.#size++
  }

  /**
   * Fills a row with the numbers of a line's head (see `rowOf` in `run-line.ts`): result, flags, the floats, the counts,
   * the hash; `first` are the whole numbers before the hash, `no` to `length`. In one go and without calls, because a
   * start does it for every run before anything is compiled.
   */
  fill(row: number, values: readonly (number | null)[], first: readonly number[]): void {
    const { floats, wholes, bytes } = this.#chunk(row)
    const at = row & (CHUNK - 1)
    bytes[at] = values[0] ?? 0
    bytes[CHUNK + at] = values[1] ?? 0
    for (let column = 0; column < first.length; column++) wholes[(column << SHIFT) | at] = first[column] ?? 0
    let next = 2
    for (let to = at; to < floats.length; to += CHUNK) floats[to] = values[next++] ?? Number.NaN
    for (let column = WHOLES.versions as number; column <= WHOLES.deletedFiles; column++) {
      const value = values[next++] ?? -1
      wholes[(column << SHIFT) | at] = value >= 0 ? Math.min(Math.round(value), UNKNOWN - 1) : UNKNOWN
    }
    wholes[(WHOLES.hash << SHIFT) | at] = values[next] ?? 0
  }

  float(column: FloatColumn, row: number): number {
    return this.#chunk(row).floats[(column << SHIFT) | (row & (CHUNK - 1))] ?? Number.NaN
  }

  setFloat(column: FloatColumn, row: number, value: number): void {
    this.#chunk(row).floats[(column << SHIFT) | (row & (CHUNK - 1))] = value
  }

  /** A whole number that is always known. */
  whole(column: WholeColumn, row: number): number {
    return this.#chunk(row).wholes[(column << SHIFT) | (row & (CHUNK - 1))] ?? 0
  }

  /** A whole number that may be unknown: NaN then. */
  count(column: WholeColumn, row: number): number {
    const value = this.whole(column, row)
    return value === UNKNOWN ? Number.NaN : value
  }

  setWhole(column: WholeColumn, row: number, value: number): void {
    this.#chunk(row).wholes[(column << SHIFT) | (row & (CHUNK - 1))] = value
  }

  byte(column: ByteColumn, row: number): number {
    return this.#chunk(row).bytes[(column << SHIFT) | (row & (CHUNK - 1))] ?? 0
  }

  setByte(column: ByteColumn, row: number, value: number): void {
    this.#chunk(row).bytes[(column << SHIFT) | (row & (CHUNK - 1))] = value
  }

  /** All rows, to be kept in a file. */
  pack(): PackedRows {
    const packed = newChunk(this.#size)
    for (const [at, chunk] of this.#chunks.entries()) {
      const rows = Math.min(CHUNK, this.#size - at * CHUNK)
      copyRows({ ...chunk, rows: CHUNK }, 0, { ...packed, rows: this.#size }, at * CHUNK, rows)
    }
    return { ...packed, rows: this.#size }
  }

  /** Takes in the rows `[from, to)` of packed ones, column by column: a start has no time for each number. */
  append(packed: PackedRows, from: number, to: number): void {
    for (let row = from; row < to; ) {
      const at = this.#size & (CHUNK - 1)
      const rows = Math.min(CHUNK - at, to - row)
      this.grow()
      copyRows(packed, row, { ...this.#chunk(this.#size - 1), rows: CHUNK }, at, rows)
      this.#size += rows - 1
      row += rows
    }
  }

  /** Copies a row of another table to the end of this one. */
  copyFrom(other: Columns, row: number): void {
    const to = this.grow()
    for (const column of Object.values(FLOATS)) this.setFloat(column, to, other.float(column, row))
    for (const column of Object.values(WHOLES)) this.setWhole(column, to, other.whole(column, row))
    for (const column of Object.values(BYTES)) this.setByte(column, to, other.byte(column, row))
  }

  #chunk(row: number): Chunk {
    const chunk = this.#chunks[row >> SHIFT]
    if (chunk === undefined) throw new RangeError(`row ${row} of ${this.#size}`)
    return chunk
  }
}

function newChunk(rows: number): Chunk {
  return {
    floats: new Float64Array(rows * FLOAT_COLUMNS),
    wholes: new Uint32Array(rows * WHOLE_COLUMNS),
    bytes: new Uint8Array(rows * BYTE_COLUMNS),
  }
}

export const FLOAT_COLUMNS = Object.keys(FLOATS).length
export const WHOLE_COLUMNS = Object.keys(WHOLES).length
export const BYTE_COLUMNS = Object.keys(BYTES).length

function copyRows(from: PackedRows, start: number, to: PackedRows, at: number, rows: number): void {
  for (const kind of ['floats', 'wholes', 'bytes'] as const) {
    const [source, target] = [from[kind], to[kind]]
    for (let begin = 0, end = 0; begin < target.length; begin += to.rows, end += from.rows)
      target.set(source.subarray(end + start, end + start + rows), begin + at)
  }
}
