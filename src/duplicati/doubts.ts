import { type Text, type TextValue, text } from '../domain/text.ts'
import { quoted } from './values.ts'

/** Collects what in a report is not to be relied on, for the run page. */
export class Doubts {
  readonly #texts: Text[] = []
  readonly #unreadable: string[] = []

  add(name: string, values?: Readonly<Record<string, TextValue>>): void {
    this.#texts.push(text(`report.doubt.${name}`, values))
  }

  /** A figure that is there but says nothing usable; all of them make one sentence. */
  unreadable(field: string): void {
    if (!this.#unreadable.includes(field)) this.#unreadable.push(field)
  }

  texts(): readonly Text[] {
    if (this.#unreadable.length === 0) return this.#texts
    const fields = this.#unreadable
      .slice(0, 12)
      .map((field) => quoted(field))
      .join(', ')
    return [...this.#texts, text('report.doubt.figures', { fields, count: this.#unreadable.length })]
  }
}
