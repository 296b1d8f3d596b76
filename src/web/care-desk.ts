import type { Readable } from 'node:stream'
import type { Actor } from '../actions/actor.ts'
import type { MergePreview, MergeWish } from '../actions/care/merge-things.ts'
import type { Scope, Selection } from '../actions/care/scope.ts'
import type { TaskView } from '../actions/care/tasks.ts'
import type { ImportShare } from '../domain/import-share.ts'
import type { Text } from '../domain/text.ts'

/** Care of the data, as its pages use it; furnished by `wiring/care.ts`. */
export interface CareDesk {
  readonly import: ImportDesk
  facts(): Promise<DatabaseFacts>
  task(name: 'check' | 'compact' | 'import'): TaskView | null
  cancel(name: 'check' | 'compact' | 'import'): void
  /** Begin, and come back at once. @throws Failure `conflict` while other long work goes on */
  beginCheck(by: string): void
  beginCompaction(by: string): void
  /** A tar of everything as it stands now; gzip it on the way. */
  archive(): Readable
  copies(): Promise<{ readonly folder: string; readonly list: readonly Copy[] }>
  /** @throws Failure `unavailable` */
  makeCopy(): Promise<Copy>
  openCopy(name: string): Readable | null
  /** Unpacks and checks an archive; nothing in use is touched. @throws Failure `invalid`, `no-room` */
  stage(archive: Readable): Promise<Staged>
  staged(): Staged | null
  discard(): Promise<void>
  /** Puts the staged archive in place. `now`: the program starts again by itself; `later`: at its next start. */
  restore(by: Actor): Promise<'now' | 'later'>
  select(scope: Scope): Selection
  remove(scope: Scope, by: Actor): Promise<Selection>
  undo(id: string, by: Actor): Promise<{ readonly label: Text }>
  previewMerge(wish: MergeWish): MergePreview
  merge(wish: MergeWish, by: Actor): Promise<void>
}

export interface DatabaseFacts {
  readonly usage: {
    readonly runs: number
    readonly logs: number
    readonly bytes: Readonly<Record<string, number>>
    readonly totalBytes: number
    readonly freeBytes: number | null
    readonly oldest: string | null
    readonly newest: string | null
  }
  readonly damage: {
    readonly badLines: number
    readonly tornTails: number
    readonly missingPacks: number
    readonly badLogs: number
    readonly stateFromBackup: boolean
  }
  readonly rejected: readonly {
    readonly name: string
    readonly at: string
    readonly reason: Text
    readonly bytes: number
  }[]
  readonly setAside: readonly string[]
  /** Why the last copy by night could not be made; null where it was, or since a restart nobody knows. */
  readonly copyTrouble: Text | null
}

export interface Copy {
  readonly name: string
  readonly at: string
  readonly bytes: number
}

/** An archive that was unpacked and checked, and waits for somebody to agree. */
export interface Staged {
  readonly instance: string
  readonly isOwn: boolean
  readonly servers: number
  readonly jobs: number
  readonly runs: number
  readonly logs: number
  readonly users: readonly string[]
  readonly oldest: string | null
  readonly newest: string | null
  /** Lines and logs of it that cannot be read. */
  readonly damaged: number
}

/** Bringing in the database of the reference product. */
export interface ImportDesk {
  /** A database that lies in the data folder; null for none. */
  found(): Promise<string | null>
  /** Keeps an upload: `file`, `wal` where a write-ahead log lies beside it, `key` where secrets shall come along. @throws Failure `invalid` */
  choose(
    parts: AsyncIterable<{
      readonly name: string
      readonly body: AsyncIterable<Buffer>
      small(): Promise<Buffer>
    }>,
  ): Promise<void>
  chooseFound(): Promise<void>
  /** What would come; null where nothing was chosen. @throws Failure `invalid` with what is wrong with the file */
  preview(): Promise<ImportPreview | null>
  begin(by: Actor): Promise<void>
  /** Kind by kind what became of the last import since the start; empty for none. */
  result(): readonly ImportShare[]
  forget(): Promise<void>
  /** Our number of a run that had this id there; null where it did not come from there. */
  oldRun(oldId: string): Promise<number | null>
}

export interface ImportPreview {
  readonly version: string
  readonly servers: readonly string[]
  readonly jobs: number
  readonly oldest: string | null
  readonly newest: string | null
  /** Kind by kind what would come, what is here, and what cannot come and why. */
  readonly shares: readonly ImportShare[]
}
