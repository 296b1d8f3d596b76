/** A first report is committed soon, a flood of them four times a second. */
const SOON_MS = 25
const SHARED_MS = 240
const RETRY_MS = 2000

/** How long folds wait for others to share a write. */
export class Pace {
  #lastWriteMs = Number.NEGATIVE_INFINITY
  #hurry: (() => void) | null = null

  wrote(): void {
    this.#lastWriteMs = performance.now()
  }

  /** Waits for the moment of the next write, or until `hurry`. */
  async wait(retry: boolean): Promise<void> {
    const sinceMs = performance.now() - this.#lastWriteMs
    const ms = retry ? RETRY_MS : Math.max(SOON_MS, SHARED_MS - sinceMs)
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
