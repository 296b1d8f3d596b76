import { isTrashId } from '../domain/trash.ts'
import { JobRows } from './job-rows.ts'
import { Names } from './names.ts'

/** The jobs that have runs: their ids, the server each belongs to, and their rows in order. */
export class JobTable {
  readonly #ids = new Names()
  readonly #servers: string[] = []
  readonly #rows: JobRows[] = []
  readonly #trash: boolean[] = []
  readonly #atOf: (row: number) => number

  constructor(atOf: (row: number) => number) {
    this.#atOf = atOf
  }

  /** Number of a job, given on first sight; its server is the one named last. */
  number(serverId: string, jobId: string): number {
    const number = this.#ids.number(jobId)
    this.#servers[number] = serverId
    this.#rows[number] ??= new JobRows(this.#atOf)
    this.#trash[number] ??= isTrashId(jobId)
    return number
  }

  ids(number: number): { readonly serverId: string; readonly jobId: string } {
    return { serverId: this.#servers[number] ?? '', jobId: this.#ids.name(number) }
  }

  id(number: number): string {
    return this.#ids.name(number)
  }

  /** Whether a job is one of the trash; asked for every run, so looked up rather than read from the id. */
  isTrash(number: number): boolean {
    return this.#trash[number] === true
  }

  rowsOf(jobId: string): JobRows | null {
    return this.#rows[this.#ids.find(jobId) ?? -1] ?? null
  }

  rowsAt(number: number): JobRows {
    const rows = this.#rows[number]
    if (rows === undefined) throw new RangeError(`job ${number} of ${this.#rows.length}`)
    return rows
  }

  sort(): void {
    for (const rows of this.#rows) rows.sort()
  }

  clearRows(): void {
    for (const rows of this.#rows) rows.clear()
  }
}
