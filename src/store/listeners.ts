/** Whoever wants to hear of something; one that throws hurts nobody else. */
export class Listeners<Event> {
  readonly #listeners = new Set<(event: Event) => void>()
  readonly #onBug: (error: unknown) => void

  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug
  }

  /** Gives the function that ends it. */
  add(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: Event): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#onBug(error)
      }
    }
  }
}
