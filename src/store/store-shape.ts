import type { Readable } from 'node:stream'
import type { History } from '../domain/history.ts'
import type { Arrival, Run, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'

/**
 * Everything that is kept: the state (`db.json`), the history of runs with their logs, and journals. Whatever a
 * promise of this interface resolves with is on disk (fsync); what it rejects with is a `Failure`, and memory is
 * then equal to disk.
 */
export interface Store {
  /** The state as committed; never one that is only on its way to disk. */
  state(): State
  /**
   * Resolves when `state()` has everything that was recorded before: at once where nothing waits. Also where the
   * state cannot be written now.
   */
  settled(): Promise<void>
  /**
   * Changes the state. Changes come one after another; those that arrive during a write share the next one. `fn`
   * is pure and may be called again; giving back the same object means that there is nothing to write.
   */
  change(fn: (state: State) => State): Promise<State>
  /** Keeps a run, once: resolves when its line (and log) is on disk. A repeat gives the number of the first. */
  record(arrival: Arrival, log: RunLog | null): Promise<Recorded>
  readonly history: History
  /** The whole run from disk; null where there is none, or its line was damaged. */
  run(no: number): Promise<Run | null>
  /** Log and document of a run; null where `logState` is not `kept`. */
  log(no: number): Promise<RunLog | null>
  logState(no: number): LogState
  journal(name: JournalName): Journal
  /** Runs of one job, or just some, become runs of another (merging, trash); lines are not rewritten. */
  move(
    from: { readonly jobId: string } | { readonly nos: readonly number[] },
    to: { readonly serverId: string; readonly jobId: string },
  ): Promise<void>
  /** Deletes runs; gives how many there were. Works on a full disk too. */
  remove(nos: readonly number[]): Promise<number>
  /** Retention: runs older than `runsBefore` by begin, logs in packs whose newest is older than `logsBefore`. */
  prune(limits: { readonly runsBefore: Date | null; readonly logsBefore: Date | null }): Promise<Pruned>
  /** Rewrites files of which more than a fifth is dead. */
  compact(): Promise<Compacted>
  /** Reads everything and says what is damaged. */
  check(onProgress?: (done: number, of: number) => void): Promise<Checked>
  /** Nothing vanishes from the folder until `release` (or two hours): for a backup of the folder by others. */
  hold(): Promise<void>
  release(): Promise<void>
  /** A tar of everything as it stands now, except keys and what can be done without. */
  exportTar(): Readable
  usage(): Promise<Usage>
  health(): StoreHealth
  /** Notes that the program runs. The store does so itself once a minute. */
  touchAlive(): Promise<void>
  /** Keeps a bounded copy of a document that could not be read. The caller has masked secrets. Never fails. */
  reject(bytes: Uint8Array, reason: Text): Promise<void>
  rejected(): Promise<readonly Rejected[]>
  /** Told after the state commit that contains these runs. Gives the function that ends it. */
  onCommitted(listener: (event: { readonly nos: readonly number[] }) => void): () => void
  /** Commits and lets go of the folder. */
  close(): Promise<void>
}

export interface Recorded {
  readonly no: number
  /** Public id, `run_...`. */
  readonly runId: string
  readonly serverId: string
  readonly jobId: string
  /** We had this run already. */
  readonly duplicate: boolean
  /** The repeat told more than what we had, and was kept. */
  readonly revised: boolean
  /** A server was made for it. */
  readonly newServer: boolean
  /** Resolves when the state that contains the run is on disk too. Needs no handler of its own. */
  readonly committed: Promise<void>
}

/** `none`: it came without. `gone`: past log retention. `damaged`: it was there and cannot be read. */
export type LogState = 'kept' | 'gone' | 'damaged' | 'none'

export type JournalName = 'audit' | 'incidents' | 'notices'

/** One entry: a JSON object with the ISO moment `at`. */
export interface JournalEntry {
  readonly at: string
  readonly [name: string]: unknown
}

export interface Journal {
  /** Resolves after fsync. */
  append(entry: JournalEntry): Promise<void>
  /** Newest first. `after` is the `next` of the page before; `next` is null on the last page. */
  read(page: {
    readonly limit: number
    readonly after?: string
    readonly filter?: (entry: JournalEntry) => boolean
  }): Promise<{ readonly entries: readonly JournalEntry[]; readonly next: string | null }>
  /** Deletes whole months that ended before this moment; gives how many. */
  prune(before: Date): Promise<number>
}

export interface Pruned {
  readonly runs: number
  readonly logPacks: number
  /** Nothing was deleted now because of `hold`; it is done on release. */
  readonly deferred: boolean
}

export interface Compacted {
  readonly segments: number
  readonly freedBytes: number
  readonly deferred: boolean
}

export interface Checked {
  readonly runs: number
  readonly logs: number
  readonly badLines: number
  readonly badLogs: number
  readonly missingPacks: number
}

export interface Usage {
  readonly runs: number
  readonly logs: number
  /** Bytes by part: `state runs logs journals backups quarantine rejected other`. */
  readonly bytes: Readonly<Record<string, number>>
  readonly totalBytes: number
  /** Room left on the disk; null where it cannot be asked. */
  readonly freeBytes: number | null
  readonly oldest: string | null
  readonly newest: string | null
}

export interface StoreHealth {
  /** `full`: the last write found no room, the next is tried. `read-only`: until restart. */
  readonly mode: 'ok' | 'read-only' | 'full'
  readonly held: boolean
  readonly since: string | null
  /** What the system said, for a machine or a developer; null while all is well. */
  readonly note: string | null
  readonly damage: Damage
}

/** What was found damaged since opening, in counts. */
export interface Damage {
  readonly badLines: number
  readonly tornTails: number
  readonly missingPacks: number
  readonly badLogs: number
  /** `db.json` was broken and the version before was taken. */
  readonly stateFromBackup: boolean
}

export interface Rejected {
  readonly name: string
  readonly at: string
  readonly reason: Text
  /** Length of the document as it came; the copy may be shorter. */
  readonly bytes: number
}

/** Where the store tells what it does, in sentences; pino fits. */
export interface StoreLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Time in which the program did not run: from its last sign of life to this opening. */
export interface Downtime {
  readonly from: Date
  readonly to: Date
}
