import { type Columns, type PackedRows, WHOLES } from './columns.ts'

/** Finds the rows of runs by their numbers; rows stand in the order of numbers but for a while of loading. */
export class RowNumbers {
  /**
   * Only while loading and once a number came out of order: compaction drops the first line of a revised run, so
   * that an older number can stand in a later file.
   */
  #rows: Map<number, number> | null = null

  /** Whether the rows stand in another order than their numbers. */
  get mixed(): boolean {
    return this.#rows !== null
  }

  find(columns: Columns, no: number): number | null {
    return this.#rows === null ? searchRow(columns, no) : (this.#rows.get(no) ?? null)
  }

  /** Notes that the last row of the columns will have this number. */
  add(columns: Columns, no: number): void {
    const row = columns.size - 1
    if (this.#rows === null && row > 0 && no <= columns.whole(WHOLES.no, row - 1)) {
      this.#rows = new Map()
      for (let i = 0; i < row; i++) this.#rows.set(columns.whole(WHOLES.no, i), i)
    }
    this.#rows?.set(no, row)
  }

  /** Whether the rows `[from, to)` of an index are new here and in the order of their numbers. */
  follows(columns: Columns, { rows, wholes }: PackedRows, from: number, to: number): boolean {
    if (this.#rows !== null) return false
    let last = columns.size === 0 ? -1 : columns.whole(WHOLES.no, columns.size - 1)
    for (let at = WHOLES.no * rows + from; at < WHOLES.no * rows + to; at++) {
      const no = wholes[at] ?? 0
      if (no <= last) return false
      last = no
    }
    return true
  }

  /** Says that the rows stand in order again. */
  sorted(): void {
    this.#rows = null
  }
}

/** Row of a run by its number, where rows stand in the order of numbers; null where there is none. */
function searchRow(columns: Columns, no: number): number | null {
  let low = 0
  let high = columns.size - 1
  // Opening asks for each line whether it is known: most are newer than all before.
  if (high < 0 || no > columns.whole(WHOLES.no, high)) return null
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = columns.whole(WHOLES.no, middle)
    if (found === no) return middle
    if (found < no) low = middle + 1
    else high = middle - 1
  }
  return null
}
