import { type Text, text } from './text.ts'

/** What an import is told of, each apart. */
export const IMPORT_KINDS = [
  'servers',
  'aliases',
  'notes',
  'addresses',
  'secrets',
  'runs',
  'logs',
  'versions',
  'monitoring',
  'overrides',
  'ntfy',
  'email',
  'templates',
  'users',
  'audit',
  'other',
] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

/** Something that does not come along as it is, and why. */
export interface ImportNote {
  readonly kind: ImportKind
  readonly text: Text
}

/** Of one kind: how many there are, come, and are here already; before an import as foreseen, after it as it went. */
export interface ImportShare {
  readonly kind: ImportKind
  readonly found: number
  readonly comes: number
  readonly here: number
  readonly notes: readonly Text[]
}

/** More sentences of one kind are only counted. */
const MOST_NOTES = 20

/** Counts what becomes of each kind. */
export class ImportShares {
  readonly #shares = new Map<ImportKind, { found: number; comes: number; here: number; notes: Text[] }>()
  readonly #left = new Map<ImportKind, number>()

  constructor(notes: readonly ImportNote[] = []) {
    for (const kind of IMPORT_KINDS) this.#shares.set(kind, { found: 0, comes: 0, here: 0, notes: [] })
    for (const one of notes) this.note(one.kind, one.text)
  }

  count(kind: ImportKind, of: { found?: number; comes?: number; here?: number }): void {
    const share = this.#shares.get(kind)
    if (share === undefined) return
    share.found += of.found ?? 0
    share.comes += of.comes ?? 0
    share.here += of.here ?? 0
  }

  /** One that is `here` already, or `comes`. */
  one(kind: ImportKind, what: 'here' | 'comes' | 'neither'): void {
    this.count(kind, { found: 1, comes: what === 'comes' ? 1 : 0, here: what === 'here' ? 1 : 0 })
  }

  note(kind: ImportKind, said: Text): void {
    const notes = this.#shares.get(kind)?.notes ?? []
    if (notes.length < MOST_NOTES) notes.push(said)
    else this.#left.set(kind, (this.#left.get(kind) ?? 0) + 1)
  }

  /** Counts in what was counted elsewhere. */
  add(others: readonly ImportShare[]): void {
    for (const { kind, notes, ...counts } of others) {
      this.count(kind, counts)
      for (const one of notes) this.note(kind, one)
    }
  }

  list(): readonly ImportShare[] {
    return [...this.#shares].map(([kind, share]) => {
      const left = this.#left.get(kind) ?? 0
      const more = left > 0 ? [text('import.note.more', { count: left })] : []
      return { kind, ...share, notes: [...share.notes, ...more] }
    })
  }
}
