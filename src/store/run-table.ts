import { BYTES, Columns, FLAGS, FLOATS, WHOLES } from './columns.ts'
import { JobTable } from './job-table.ts'
import { Names } from './names.ts'
import { RowNumbers } from './row-numbers.ts'
import type { LineHead } from './run-line.ts'
import type { Contents } from './segment-index.ts'

/** Where a run's line lies; `segment` is the position in the shelf of segments. */
export interface Location {
  readonly segment: number
  readonly offset: number
  readonly length: number
}

/** All runs in memory: a row of numbers each, found by number and by job. */
export class RunTable {
  columns = new Columns()
  readonly jobs = new JobTable((row) => this.atMs(row))
  readonly operations = new Names()
  readonly numbers = new RowNumbers()
  /** Runs that are there; deleted rows stay in the columns. */
  alive = 0
  version = 0
  /** How far the begin of a run lay after its arrival at most: such runs are ordered by arrival. */
  mostAheadMs = 0
  backupRuns = 0
  uploadedBytes = 0
  #loading = true

  /** Takes a line in: a new run, or a later revision of one. Gives where the line was that it replaces. */
  put(head: Omit<LineHead, 'rev'>, at: Location): Location | null {
    const known = this.rowOf(head.no)
    const before = known === null ? null : this.location(known)
    if (known !== null) this.#takeOut(known)
    const row = known ?? this.columns.grow()
    if (known === null) this.numbers.add(this.columns, head.no)
    this.#write(row, head, at)
    this.#putIn(row)
    return before
  }

  /** Takes in the rows `[from, to)` of an index in one go; they must follow (`numbers.follows`). */
  append({ rows, jobs, operations }: Contents, [from, to]: readonly [number, number], segment: number): void {
    const { columns } = this
    const first = columns.size
    columns.append(rows, from, to)
    const jobNumbers: number[] = []
    const operationNumbers = operations.map((name) => this.operations.number(name))
    for (let row = first; row < columns.size; row++) {
      const job = columns.whole(WHOLES.job, row)
      jobNumbers[job] ??= this.jobs.number(...(jobs[job] ?? ['', '']))
      columns.setWhole(WHOLES.job, row, jobNumbers[job])
      columns.setWhole(WHOLES.operation, row, operationNumbers[columns.whole(WHOLES.operation, row)] ?? 0)
      columns.setWhole(WHOLES.segment, row, segment)
      this.#noteAhead(columns.float(FLOATS.begin, row), columns.float(FLOATS.received, row))
      this.#putIn(row)
    }
  }

  /** Forgets a run; gives where its line is, null where there is no such run. */
  delete(no: number): Location | null {
    const row = this.rowOf(no)
    if (row === null) return null
    this.#takeOut(row)
    this.columns.setByte(BYTES.flags, row, this.columns.byte(BYTES.flags, row) | FLAGS.dead)
    return this.location(row)
  }

  /** Makes the runs of one job those of another; with the same job, only its server changes. */
  move(from: string, to: { readonly serverId: string; readonly jobId: string }): void {
    const target = this.jobs.number(to.serverId, to.jobId)
    const rows = this.jobs.rowsOf(from)
    this.version++
    if (rows === null || from === to.jobId) return
    for (let i = 0; i < rows.count; i++) this.#moveRow(rows.at(i), target)
    rows.clear()
  }

  /** Makes these runs those of another job. */
  moveSome(nos: readonly number[], to: { readonly serverId: string; readonly jobId: string }): void {
    const target = this.jobs.number(to.serverId, to.jobId)
    this.version++
    for (const no of nos) {
      const row = this.rowOf(no)
      if (row === null) continue
      this.jobs.rowsAt(this.columns.whole(WHOLES.job, row)).delete(row)
      this.#moveRow(row, target)
    }
  }

  /** Whether a run lies in the trash: kept for a while, counted and listed nowhere. */
  isTrash(row: number): boolean {
    return this.jobs.isTrash(this.columns.whole(WHOLES.job, row))
  }

  /** Says that a run's line now lies elsewhere. */
  relocate(no: number, at: Location): void {
    const row = this.rowOf(no)
    if (row === null) return
    this.columns.setWhole(WHOLES.segment, row, at.segment)
    this.columns.setWhole(WHOLES.offset, row, at.offset)
    this.columns.setWhole(WHOLES.length, row, at.length)
  }

  /** Puts everything in order after the last line was taken in. */
  finishLoading(): void {
    if (this.numbers.mixed) this.#reorder()
    this.jobs.sort()
    this.#loading = false
  }

  /** Row of a run; null where there is none. */
  rowOf(no: number): number | null {
    const row = this.numbers.find(this.columns, no)
    return row === null || this.isDead(row) ? null : row
  }

  isDead(row: number): boolean {
    return (this.columns.byte(BYTES.flags, row) & FLAGS.dead) !== 0
  }

  location(row: number): Location {
    const columns = this.columns
    return {
      segment: columns.whole(WHOLES.segment, row),
      offset: columns.whole(WHOLES.offset, row),
      length: columns.whole(WHOLES.length, row),
    }
  }

  /** The ids that a row's run has now; empty ones where there is no such row. */
  idsOf(row: number): { readonly serverId: string; readonly jobId: string } {
    return this.jobs.ids(row < 0 ? -1 : this.columns.whole(WHOLES.job, row))
  }

  atMs(row: number): number {
    const begin = this.columns.float(FLOATS.begin, row)
    const received = this.columns.float(FLOATS.received, row)
    // A begin after the arrival is a clock that is wrong: arrival orders such a run.
    return Number.isNaN(begin) ? received : Math.min(begin, received)
  }

  #moveRow(row: number, target: number): void {
    this.#count(row, -1)
    this.columns.setWhole(WHOLES.job, row, target)
    this.#list(row)
    this.#count(row, 1)
  }

  #write(row: number, head: Omit<LineHead, 'rev'>, at: Location): void {
    const job = this.jobs.number(head.server, head.job)
    const operation = this.operations.number(head.op)
    this.columns.fill(row, head.row, [head.no, job, operation, at.segment, at.offset, at.length])
    this.#noteAhead(head.row[2] ?? Number.NaN, head.row[3] ?? Number.NaN)
  }

  #noteAhead(beginMs: number, receivedMs: number): void {
    if (beginMs - receivedMs > this.mostAheadMs) this.mostAheadMs = beginMs - receivedMs
  }

  #putIn(row: number): void {
    this.#list(row)
    this.#count(row, 1)
  }

  #takeOut(row: number): void {
    this.jobs.rowsAt(this.columns.whole(WHOLES.job, row)).delete(row)
    this.#count(row, -1)
  }

  #list(row: number): void {
    const rows = this.jobs.rowsAt(this.columns.whole(WHOLES.job, row))
    if (this.#loading) rows.push(row)
    else rows.insert(row)
  }

  #count(row: number, by: 1 | -1): void {
    this.version++
    if (this.isTrash(row)) return
    this.alive += by
    const dryRun = (this.columns.byte(BYTES.flags, row) & FLAGS.dryRun) !== 0
    if (dryRun || this.operations.name(this.columns.whole(WHOLES.operation, row)) !== 'Backup') return
    const uploaded = this.columns.float(FLOATS.uploadedBytes, row)
    this.backupRuns += by
    if (!Number.isNaN(uploaded)) this.uploadedBytes += by * uploaded
  }

  #reorder(): void {
    const old = this.columns
    const order = Array.from({ length: old.size }, (_, row) => row)
    order.sort((a, b) => old.whole(WHOLES.no, a) - old.whole(WHOLES.no, b))
    this.columns = new Columns()
    for (const row of order) this.columns.copyFrom(old, row)
    this.numbers.sorted()
    this.jobs.clearRows()
    for (let row = 0; row < this.columns.size; row++) if (!this.isDead(row)) this.#list(row)
  }
}
