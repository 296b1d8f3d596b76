import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import type { AppendQueue } from './append-queue.ts'
import { loadBallast } from './ballast.ts'
import { compactSegment, worthCompacting } from './compact.ts'
import { deleteRuns } from './delete-runs.ts'
import type { DurableJsonFile } from './durable.ts'
import { failureOf, readOnly } from './fault.ts'
import { Holding } from './holding.ts'
import type { Mode } from './mode.ts'
import { pruneLogs, pruneRuns } from './prune.ts'
import type { RunTable } from './run-table.ts'
import type { Shelf } from './shelf.ts'
import type { StateBox } from './state-box.ts'
import type { Compacted, Pruned, StoreLog } from './store-shape.ts'

const PAGE = 256 * 1024

interface Parts {
  readonly shelf: Shelf
  readonly table: RunTable
  readonly queue: AppendQueue
  readonly box: StateBox
  readonly file: DurableJsonFile<State>
  readonly clock: Clock
  readonly log: StoreLog
  readonly mode: Mode
  readonly makeRoom: () => Promise<boolean>
}

interface Limits {
  readonly runsBefore: Date | null
  readonly logsBefore: Date | null
}

/** Everything that makes files vanish or shrink: one piece of work after another, none while the folder is held. */
export class Maintenance {
  readonly #parts: Parts
  readonly #holding: Holding
  /** Exports that are being read. */
  #readers = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#holding = new Holding((error) => parts.log.error({ error }, 'Deferred deleting failed.'))
  }

  get held(): boolean {
    return this.#holding.held || this.#readers > 0
  }

  async hold(): Promise<void> {
    this.#holding.hold(() => void this.release())
    await this.#last.catch(() => undefined)
    const { file, box, mode } = this.#parts
    file.roundTo = PAGE
    if (!mode.readOnly) await box.rewrite()
  }

  async release(): Promise<void> {
    this.#parts.file.roundTo = 0
    await this.#holding.release()
  }

  /** Nothing vanishes until the function it gives is called. */
  pauseDeletes(): () => void {
    this.#readers++
    let over = false
    return () => {
      if (!over) this.#readers--
      over = true
    }
  }

  prune(limits: Limits): Promise<Pruned> {
    return this.#alone(async () => {
      if (this.held) {
        this.#holding.defer('prune', () => this.prune(limits))
        return { runs: 0, logPacks: 0, deferred: true }
      }
      await this.#parts.box.flush().catch(() => undefined)
      const parts = { ...this.#parts, remove: (nos: readonly number[]) => deleteRuns(this.#parts, nos) }
      const runs = limits.runsBefore === null ? 0 : await pruneRuns(parts, limits.runsBefore)
      const logPacks = limits.logsBefore === null ? 0 : await pruneLogs(parts, limits.logsBefore)
      await loadBallast(this.#parts.shelf.disk, this.#parts.shelf.folders)
      return { runs, logPacks, deferred: false }
    })
  }

  compact(): Promise<Compacted> {
    return this.#alone(async () => {
      if (this.held) {
        this.#holding.defer('compact', () => this.compact())
        return { segments: 0, freedBytes: 0, deferred: true }
      }
      const { shelf, table, box, clock } = this.#parts
      // A revision that is not folded in yet must still be found on the next opening.
      await box.flush()
      const worth = worthCompacting(shelf)
      let freedBytes = 0
      for (const index of worth) freedBytes += await compactSegment(shelf, table, index, clock)
      return { segments: worth.length, freedBytes, deferred: false }
    })
  }

  close(): void {
    this.#holding.close()
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last
      .catch(() => undefined)
      .then(async () => {
        if (this.#parts.mode.readOnly) throw readOnly()
        try {
          return await work()
        } catch (error) {
          this.#parts.mode.failed(error)
          throw failureOf(error)
        }
      })
    this.#last = next.catch(() => undefined)
    return next
  }
}
