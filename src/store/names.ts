/** Small numbers for texts that repeat. Texts are foreign, so they are never keys of an object. */
export class Names {
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()

  /** In the order of their numbers. */
  get all(): readonly string[] {
    return this.#names
  }

  /** The number of a text, given on first sight. */
  number(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  find(name: string): number | null {
    return this.#numbers.get(name) ?? null
  }

  name(number: number): string {
    return this.#names[number] ?? ''
  }
}
