const LONGEST_MS = 2 * 60 * 60_000

/** While held nothing vanishes from the folder; what was to vanish is done on release. */
export class Holding {
  #held = false
  #timer: NodeJS.Timeout | null = null
  readonly #later = new Map<string, () => Promise<unknown>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get held(): boolean {
    return this.#held
  }

  /** Holds; again while held, the two hours begin anew. `expired` is called when they are over. */
  hold(expired: () => void): void {
    this.#held = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(expired, LONGEST_MS)
    this.#timer.unref()
  }

  /** Remembers what to do on release; of several with one name the last. */
  defer(name: string, work: () => Promise<unknown>): void {
    this.#later.set(name, work)
  }

  async release(): Promise<void> {
    this.close()
    const works = [...this.#later.values()]
    this.#later.clear()
    for (const work of works) await work().catch(this.#onError)
  }

  close(): void {
    this.#held = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
