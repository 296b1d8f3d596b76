import type { Low } from 'lowdb'
import type { State } from '../domain/state.ts'
import { inTurns } from './complete-in-turns.ts'
import { closed, failureOf, faultOf, readOnly } from './fault.ts'
import { Listeners } from './listeners.ts'
import type { Mode } from './mode.ts'
import { Pace } from './pace.ts'
import { foldStep, onlyFolds, type Step, tellDone } from './state-steps.ts'

interface Parts {
  readonly low: Low<State>
  readonly mode: Mode
  /** Frees what was put by for a full disk and says whether there was anything. */
  makeRoom(): Promise<boolean>
  /** Makes up for what folds put off, for `most` jobs at a time: changes and readers find a state without gaps. */
  complete(state: State, most?: number): State
  onBug(error: unknown): void
}

/**
 * The state in memory and on disk. `committed` is what the file holds; `settled` has the steps that wait as
 * well. A write takes all steps that wait. When it fails, changes are refused and taken out of `settled`; folds
 * of runs stay, because their lines are on disk already.
 */
export class StateBox {
  #committed: State
  #settled: State
  #steps: Step[] = []
  #running: Promise<void> | null = null
  readonly #pace = new Pace()
  #changes = 0
  #closed = false
  readonly #parts: Parts
  /** Told of the runs of each commit. */
  readonly committedRuns: Listeners<{ readonly nos: readonly number[] }>

  constructor(parts: Parts) {
    this.#parts = parts
    this.committedRuns = new Listeners(parts.onBug)
    this.#committed = parts.low.data
    this.#settled = parts.low.data
  }

  get committed(): State {
    return this.#committed
  }

  get settled(): State {
    return this.#settled
  }

  /** Grows with every change that came or was refused; folds do not count. */
  get changes(): number {
    return this.#changes
  }

  change(fn: (state: State) => State): Promise<State> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      if (this.#parts.mode.readOnly) return reject(readOnly())
      const step: Step = {
        fn: (state) => fn(this.#parts.complete(state)),
        no: null,
        done: resolve,
        fail: reject,
      }
      const before = this.#settled
      if (!this.#apply(step)) return
      if (this.#settled !== before) this.#changes++
      else if (onlyFolds(this.#steps)) return resolve(this.#committed)
      this.#add(step)
    })
  }

  /** Takes the state of a start, which follows from what is on disk; resolves when it is written, or cannot be. */
  async begin(state: State): Promise<void> {
    this.#committed = state
    this.#settled = state
    if (!this.#parts.mode.readOnly) await this.rewrite().catch(() => undefined)
  }

  /** Folds a run in that is on disk; `again` does so after a write failed. The promise needs no handler of its own. */
  fold(no: number, now: (state: State) => State, again = now): Promise<void> {
    const { step, told } = foldStep(no, again)
    told.catch(() => undefined)
    if (this.#apply(step, now)) this.#add(step)
    return told
  }

  /** Resolves when nothing waits any more; rejects when what waits cannot be written. */
  async flush(): Promise<void> {
    if (this.#steps.length === 0 && this.#running === null) return
    await new Promise<void>((resolve, reject) => {
      this.#add({ fn: (state) => state, no: null, done: () => resolve(), fail: reject })
    })
  }

  /** Writes the state again although nothing changed, with everything that waits. */
  async rewrite(): Promise<void> {
    await this.change((state) => ({ ...state }))
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined)
    this.#closed = true
    for (const step of this.#steps.splice(0)) step.fail(closed())
    this.#pace.hurry()
    await this.#running
  }

  #apply(step: Step, fn = step.fn): boolean {
    try {
      this.#settled = fn(this.#settled)
      return true
    } catch (error) {
      step.fail(error)
      return false
    }
  }

  #add(step: Step): void {
    if (this.#closed) step.fail(closed())
    else if (this.#parts.mode.readOnly) step.fail(readOnly())
    else {
      this.#steps.push(step)
      this.#running ??= this.#run()
      if (step.no === null) this.#pace.hurry()
    }
  }

  async #run(): Promise<void> {
    let retry = false
    while (this.#steps.length > 0 && !this.#parts.mode.readOnly) {
      await this.#pause(retry)
      if (this.#closed) break
      await this.#completeInTurns()
      retry = !(await this.#writeAll())
    }
    if (this.#parts.mode.readOnly) for (const step of this.#steps.splice(0)) step.fail(readOnly())
    this.#running = null
  }

  /** Folds can wait for others to share the write; a change cannot. */
  async #pause(retry: boolean): Promise<void> {
    // Those who call in the same turn share the write.
    await Promise.resolve()
    if (onlyFolds(this.#steps)) await this.#pace.wait(retry)
  }

  #completeInTurns(): Promise<void> {
    return inTurns((jobs) => {
      const before = this.#settled
      if (onlyFolds(this.#steps)) this.#settled = this.#parts.complete(before, jobs)
      return this.#settled !== before
    })
  }

  async #writeAll(): Promise<boolean> {
    const steps = this.#steps
    const state = this.#parts.complete(this.#settled)
    this.#settled = state
    this.#steps = []
    const beganMs = performance.now()
    try {
      if (state !== this.#committed) await this.#write(state)
    } catch (error) {
      this.#parts.mode.failed(error)
      this.#refuse(steps, error)
      return false
    }
    this.#committed = state
    this.#pace.wrote(beganMs)
    const nos = tellDone(steps, state)
    if (nos.length > 0) this.committedRuns.tell({ nos })
    return true
  }

  async #write(state: State): Promise<void> {
    this.#parts.low.data = state
    try {
      await this.#parts.low.write()
    } catch (error) {
      this.#parts.low.data = this.#committed
      if (faultOf(error) !== 'full' || !(await this.#parts.makeRoom())) throw error
      this.#parts.low.data = state
      await this.#parts.low.write()
    }
    this.#parts.mode.worked()
  }

  #refuse(steps: readonly Step[], error: unknown): void {
    this.#changes++
    this.#parts.low.data = this.#committed
    for (const step of steps) if (step.no === null) step.fail(failureOf(error))
    const waiting = [...steps.filter((step) => step.no !== null), ...this.#steps]
    this.#settled = this.#committed
    this.#steps = waiting.filter((step) => this.#apply(step))
  }
}
