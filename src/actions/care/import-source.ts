import type { ImportNote } from '../../domain/import-share.ts'
import type { Override } from '../../domain/job.ts'
import type { Arrival, Identity, RunLog } from '../../domain/run.ts'
import type { SealedSecret, State } from '../../domain/state.ts'
import type { Text } from '../../domain/text.ts'

/** What is brought in; `reference-import` reads it from the file. */
export interface ImportSource {
  readonly servers: readonly SourceServer[]
  readonly survey: {
    readonly runs: number
    /** More of them, that have no place in time. */
    readonly timeless: number
    readonly withLog: number
    readonly withVersions: number
    readonly jobs: readonly SourceJob[]
    /** When the runs began, in milliseconds, in order. */
    readonly times: Float64Array
  }
  readonly users: readonly { readonly name: string; readonly isAdministrator: boolean }[]
  readonly auditRows: number
  readonly settings: {
    readonly parts: readonly SourceSettings[]
    readonly overrides: readonly { readonly key: string; readonly override: Override }[]
  }
  readonly notes: readonly ImportNote[]
  /** In the order of their times; of one that cannot be read, why. */
  eachRun(): Iterable<SourceRun | Text>
  eachAudit(): Iterable<AuditEntry>
}

export interface SourceServer {
  readonly id: string
  readonly name: string
  readonly alias: string
  readonly note: string
  readonly address: string
  readonly createdAt: string | null
  readonly password: string | null
  readonly isPasswordLost: boolean
}

export interface SourceJob {
  readonly server: string
  readonly name: string
  readonly backupId: string
  readonly newestMs: number
}

export interface SourceSettings {
  readonly kind: 'monitoring' | 'ntfy' | 'email' | 'templates'
  readonly values: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
  /** Settings that say whose these are: with another value here, or none that can be kept, all stay as they are here. */
  readonly anchors: readonly string[]
}

export interface SourceRun {
  readonly oldId: string
  readonly report: unknown
  readonly receivedAt: Date
  readonly versionTimes: readonly string[]
  readonly weight: number
}

export interface AuditEntry {
  readonly at: string
  readonly who: string
  readonly from: string
  readonly agent: string
  readonly action: string
  readonly target: string
  readonly status: string
  readonly error: string
  /** Old and new values by name. */
  readonly details: Readonly<Record<string, readonly [unknown, unknown]>>
}

export interface ImportNeeds {
  state(): State
  change(step: (state: State) => State): Promise<State>
  read(report: unknown, receivedAt: Date): { readonly arrival: Arrival; readonly log: RunLog }
  /** Ids and names as they come out of a report that says them so. */
  identify(said: Readonly<Record<string, string>>): Identity
  record(
    arrival: Arrival,
    log: RunLog,
  ): Promise<{ readonly no: number; readonly duplicate: boolean; readonly committed: Promise<void> }>
  /** A setting as it may be kept, or what is wrong with it; and what should be known of it. */
  check(key: string, value: unknown): { readonly value: unknown; readonly notes: readonly Text[] } | Text
  seal(secret: string): SealedSecret
  newId(kind: string): string
  now(): Date
  appendAudit(entry: { readonly at: string }): Promise<void>
  /** Entries of the audit log that came by an import before. */
  importedAudit(): Promise<readonly { readonly at: string; readonly [name: string]: unknown }[]>
  /** Old ids of runs and our numbers. */
  remember(pairs: readonly (readonly [string, number])[]): Promise<void>
}
