/**
 * The rows of one job in the order of `atOf`, oldest first; equal moments in the order of arrival. Rows may be
 * pushed out of order while loading, `sort` then puts them right once.
 */
export class JobRows {
  #rows = new Uint32Array(4)
  #count = 0
  #sorted = true
  readonly #atOf: (row: number) => number

  constructor(atOf: (row: number) => number) {
    this.#atOf = atOf
  }

  get count(): number {
    return this.#count
  }

  at(position: number): number {
    return this.#rows[position] ?? 0
  }

  push(row: number): void {
    this.#makeRoom(this.#count + 1)
    if (this.#count > 0 && !this.#before(this.at(this.#count - 1), row, this.#atOf(row))) this.#sorted = false
    this.#rows[this.#count++] = row
  }

  insert(row: number): void {
    this.#makeRoom(this.#count + 1)
    const position = this.#position(row)
    this.#rows.copyWithin(position + 1, position, this.#count)
    this.#rows[position] = row
    this.#count++
  }

  delete(row: number): void {
    const from = this.#sorted ? this.firstAtOrAfter(this.#atOf(row)) : 0
    const position = this.#rows.subarray(0, this.#count).indexOf(row, from)
    if (position < 0) return
    this.#rows.copyWithin(position, position + 1, this.#count)
    this.#count--
  }

  /** Position of the first row that is not before this moment. */
  firstAtOrAfter(ms: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#atOf(this.at(middle)) < ms) low = middle + 1
      else high = middle
    }
    return low
  }

  sort(): void {
    if (this.#sorted) return
    this.#rows.subarray(0, this.#count).sort((a, b) => this.#atOf(a) - this.#atOf(b) || a - b)
    this.#sorted = true
  }

  clear(): void {
    this.#count = 0
    this.#sorted = true
  }

  #position(row: number): number {
    let position = this.#count
    const at = this.#atOf(row)
    if (position === 0 || this.#before(this.at(position - 1), row, at)) return position
    position = this.firstAtOrAfter(at)
    while (position < this.#count && this.#before(this.at(position), row, at)) position++
    return position
  }

  #before(other: number, row: number, at: number): boolean {
    const otherAt = this.#atOf(other)
    return otherAt < at || (otherAt === at && other < row)
  }

  #makeRoom(count: number): void {
    if (count <= this.#rows.length) return
    const wider = new Uint32Array(this.#rows.length * 2)
    wider.set(this.#rows)
    this.#rows = wider
  }
}
