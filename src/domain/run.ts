import type { Text } from './text.ts'

/** What came of a run. `unknown` where the report does not say, or says something we do not know. */
export type RunResult = 'success' | 'warning' | 'error' | 'fatal' | 'unknown'

export const RUN_RESULTS: readonly RunResult[] = ['success', 'warning', 'error', 'fatal', 'unknown']

/** How we came to know of a run. */
export type RunOrigin = 'report' | 'collected' | 'file' | 'import'

/**
 * Who and what a report speaks of, in Duplicati's own words. Every part may be missing: old versions send only
 * a name, a command line run sends a hash (`reference`: Duplicati `Extra` of ReportHelper).
 */
export interface Identity {
  readonly machineId: string | null
  readonly machineName: string | null
  readonly backupId: string | null
  readonly backupName: string | null
  /** Address of the sender, only used to name a server that says nothing of itself. */
  readonly sender: string | null
}

/** Figures of a run; null where the report does not say or says something unreadable. Sizes in bytes. */
export interface Figures {
  readonly sourceBytes: number | null
  readonly sourceFiles: number | null
  readonly uploadedBytes: number | null
  readonly downloadedBytes: number | null
  /** Bytes at the destination after the run. */
  readonly storedBytes: number | null
  readonly storedFiles: number | null
  /** Restorable points at the destination after the run. */
  readonly versions: number | null
  readonly addedFiles: number | null
  readonly addedBytes: number | null
  readonly modifiedFiles: number | null
  readonly modifiedBytes: number | null
  readonly deletedFiles: number | null
  readonly openedFiles: number | null
  readonly openedBytes: number | null
  readonly addedFolders: number | null
  readonly modifiedFolders: number | null
  readonly deletedFolders: number | null
  readonly addedSymlinks: number | null
  readonly modifiedSymlinks: number | null
  readonly deletedSymlinks: number | null
  readonly notProcessedFiles: number | null
  readonly tooLargeFiles: number | null
  readonly filesWithError: number | null
  readonly timestampChangedFiles: number | null
  readonly remoteCalls: number | null
  readonly retryAttempts: number | null
  readonly unknownFiles: number | null
  readonly unknownBytes: number | null
}

/** Room at the destination as its backend tells it; null where it tells nothing (Duplicati says -1 or 0). */
export interface Quota {
  readonly totalBytes: number | null
  readonly freeBytes: number | null
  readonly assignedBytes: number | null
  readonly nearlyFull: boolean
  readonly full: boolean
}

/** A step inside a run (verification, retention, compacting ...), from its nested result. */
export interface Phase {
  readonly kind:
    | 'retention'
    | 'compact'
    | 'vacuum'
    | 'repair'
    | 'verify'
    | 'lock'
    | 'sync'
    | 'recreate'
    | 'purge'
  readonly result: RunResult
  readonly begin: string | null
  readonly end: string | null
  readonly durationS: number | null
  /** Own figures of the step under snake_case names with units, e.g. `deleted_versions`, `freed_bytes`. */
  readonly figures: Readonly<Record<string, number>>
  /** What it worked on or found, bounded: deleted versions, damaged remote files, sync destination. */
  readonly notes: readonly string[]
}

export type LogLevel =
  | 'error'
  | 'warning'
  | 'information'
  | 'retry'
  | 'dry-run'
  | 'verbose'
  | 'profiling'
  | 'other'

/** One entry of a run's log. `at` is null where the line carries no readable time. Text may have newlines. */
export interface LogLine {
  readonly level: LogLevel
  readonly at: string | null
  /** Duplicati's own tag, e.g. `Duplicati.Library.Main.Operation.BackupHandler-FatalError`. */
  readonly tag: string | null
  readonly text: string
}

/**
 * A run as a report tells of it, before we know which of our servers and jobs it belongs to.
 * Moments are ISO strings in UTC; null where missing or unreadable. Texts are already masked and shortened.
 */
export interface Arrival {
  readonly identity: Identity
  readonly origin: RunOrigin
  /** As Duplicati names it (`Backup`, `Restore`, `Sync`, ...); unknown ones are kept as they come. */
  readonly operation: string
  readonly result: RunResult
  /** Duplicati's own word, for the reader; null where there was none. */
  readonly parsedResult: string | null
  readonly interrupted: boolean
  readonly partial: boolean
  readonly dryRun: boolean
  readonly exception: string | null
  /** Usable begin of the run. A time that cannot be true (year 1, far future) is null here. */
  readonly begin: string | null
  readonly end: string | null
  readonly durationS: number | null
  /** When the report reached us, by our clock. */
  readonly received: string
  /** What in the report is not to be relied on, as texts for the run page. */
  readonly doubts: readonly Text[]
  readonly figures: Figures
  readonly quota: Quota | null
  readonly phases: readonly Phase[]
  /** Times of restorable versions where the log names them, newest first; this run's own not included. */
  readonly versionTimes: readonly string[] | null
  /** How many there were, also where only some texts are kept. */
  readonly warnings: number
  readonly errors: number
  readonly messages: number
  /** The first 20 of each, 500 characters each. */
  readonly firstWarnings: readonly string[]
  readonly firstErrors: readonly string[]
  readonly duplicatiVersion: string | null
  readonly operatingSystem: string | null
  readonly destinationType: string | null
  readonly updateChannel: string | null
  /** Next start by Duplicati's scheduler; only reports of scheduled runs carry it. */
  readonly nextScheduled: string | null
  /** Newest version at the destination as Duplicati saw it. */
  readonly lastVersionAt: string | null
  /** Figures of operations other than Backup, snake_case with units, for their own page. */
  readonly ownFigures: Readonly<Record<string, number>>
  /** SHA-256 of the body; identifies a report that carries no begin time. */
  readonly bodyHash: string
}

/** A run as kept: an arrival with our own ids. `rev` counts richer copies of the same run. */
export interface Run extends Arrival {
  readonly no: number
  readonly rev: number
  readonly serverId: string
  readonly jobId: string
}

/** Log and raw document of a run, kept beside its line for as long as log retention says. */
export interface RunLog {
  readonly lines: readonly LogLine[]
  /** Lines that were left out between head and tail because of the size cap. */
  readonly linesLeftOut: number
  /** The report as it came, masked, without its log lines; null where there is none. */
  readonly raw: unknown
}

/** Public id of a run: its number, so that it needs no index. */
export function runId(no: number): string {
  return `run_${no.toString(36)}`
}

/** Number of a run from its public id; null where it is not one of ours. */
export function runNo(id: string): number | null {
  const match = /^run_([0-9a-z]{1,10})$/.exec(id)
  return match === null ? null : Number.parseInt(match[1] ?? '', 36)
}

/** Operations that decide a job's state, lateness, strip and sizes. */
export function isBackup(run: { operation: string; dryRun: boolean }): boolean {
  return (run.operation === 'Backup' || run.operation === 'Sync') && !run.dryRun
}

/** A run after which there is something to restore: success or warning, not interrupted. */
export function isGood(run: { result: RunResult; interrupted: boolean }): boolean {
  return (run.result === 'success' || run.result === 'warning') && !run.interrupted
}

/** The moment that orders a run: its begin, else its arrival; a begin after the arrival is a clock that is wrong. */
export function orderOf(run: { begin: string | null; received: string }): string {
  return run.begin === null || run.begin > run.received ? run.received : run.begin
}
