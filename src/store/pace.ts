/** A first report is committed soon; a flood of them shares writes, so that writing takes a fortieth of the time. */
const SOON_MS = 25
const SHARED_MS = 240
/** Pages, sensors and notices hear of a run when it is committed: no later than this. */
const LONGEST_MS = 1000
const TIMES_AS_LONG = 40
const RETRY_MS = 2000

/** How long folds wait for others to share a write. */
export class Pace {
  #lastWriteMs = Number.NEGATIVE_INFINITY
  #sharedMs = SHARED_MS
  #hurry: (() => void) | null = null

  /** Tells of a write that began then, in milliseconds of `performance.now()`. */
  wrote(beganMs: number): void {
    this.#lastWriteMs = performance.now()
    const tookMs = this.#lastWriteMs - beganMs
    this.#sharedMs = Math.min(LONGEST_MS, Math.max(SHARED_MS, tookMs * TIMES_AS_LONG))
  }

  /** Waits for the moment of the next write, or until `hurry`. */
  async wait(retry: boolean): Promise<void> {
    const sinceMs = performance.now() - this.#lastWriteMs
    const ms = retry ? RETRY_MS : Math.max(SOON_MS, this.#sharedMs - sinceMs)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#hurry = null
  }

  hurry(): void {
    this.#hurry?.()
  }
}
