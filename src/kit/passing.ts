/**
 * A few things that come and go all the time. Not a Set: one that is refilled again and again gets a new table each time,
 * and V8 lets every table know the next. Once one of them is old, all later ones live until the next collection of
 * the old generation, with all that ever stood in them: whole reports, thousands in a flood.
 */
export class Passing<T> implements Iterable<T> {
  readonly #all: T[] = []

  get size(): number {
    return this.#all.length
  }

  add(one: T): void {
    this.#all.push(one)
  }

  delete(one: T): void {
    const at = this.#all.indexOf(one)
    if (at >= 0) this.#all.splice(at, 1)
  }

  /** The one that came last among those that are so. */
  find(isSo: (one: T) => boolean): T | undefined {
    return this.#all.findLast(isSo)
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#all[Symbol.iterator]()
  }
}
