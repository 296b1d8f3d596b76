import type { Expectation } from './expectation-shape.ts'
import type { Quota, RunResult } from './run.ts'
import type { PauseEnd } from './server.ts'
import type { Turns } from './turns.ts'
import type { MutedWarning } from './warning-kinds.ts'

/** State of a job right now; the first that holds is shown: see `jobState`. */
export type JobState =
  | 'paused'
  | 'running'
  | 'failed'
  | 'overdue'
  | 'unknown'
  | 'late'
  | 'warning'
  | 'ok'
  | 'new'

export const JOB_STATES: readonly JobState[] = [
  'paused',
  'running',
  'failed',
  'overdue',
  'unknown',
  'late',
  'warning',
  'ok',
  'new',
]

/** One backup configuration on a server, known by (server, backup id), else by (server, name). */
export interface Job {
  readonly id: string
  readonly serverId: string
  readonly backupId: string | null
  readonly name: string
  readonly note: string
  readonly tags: readonly string[]
  readonly createdAt: string
  /** Earlier backup ids of the same job (deleted and imported again in Duplicati). */
  readonly formerBackupIds: readonly string[]
  readonly archivedAt: string | null
  readonly pausedUntil: PauseEnd | null
  readonly overrides: Override
  /** The schedule as last read from Duplicati; null where it was never read. */
  readonly schedule: DuplicatiSchedule | null
  /** `next-scheduled-run` of the newest report that carried one. */
  readonly nextScheduled: string | null
  readonly status: JobStatus
  readonly expectation: Expectation | null
  /** Where its incidents came and went lately; missing for nowhere. */
  readonly turns?: Turns
  /** Warnings that somebody knows and does not want to hear of; missing for none. */
  readonly muted?: readonly MutedWarning[]
}

/** What the fold of runs knows of a job: enough to judge it without reading history. */
export interface JobStatus {
  /** Newest backup run by begin time. */
  readonly lastRun: RecentRun | null
  /** Newest good backup run. */
  readonly lastGood: RecentRun | null
  /** Newest run of any other operation. */
  readonly lastOther: (RecentRun & { readonly operation: string }) | null
  /** The newest backup runs (`RECENT_RUNS`), oldest first; what expectation and incidents learn from. */
  readonly recent: readonly RecentRun[]
  /** What is going on now, by live status or progress; null when nothing is. */
  readonly running: RunningNow | null
  /** Room at the destination as the newest backup run told it. */
  readonly quota?: Quota | null
  /** Kinds of the warnings of the newest backup run; null where something else is wrong with it too. */
  readonly warned?: { readonly no: number; readonly kinds: readonly string[] | null }
}

export interface RecentRun {
  readonly no: number
  /** Begin, else arrival, ISO UTC. */
  readonly at: string
  readonly received: string
  readonly result: RunResult
  readonly interrupted: boolean
  readonly durationS: number | null
  readonly sourceBytes: number | null
  readonly sourceFiles: number | null
  readonly storedBytes: number | null
  readonly uploadedBytes: number | null
  readonly versions: number | null
  readonly warnings: number
  readonly errors: number
  /** First error or warning, for the sentence that says why. */
  readonly reason: string | null
  /** Whether Duplicati's own scheduler started it (the report carried a next run). */
  readonly scheduled: boolean
}

export interface RunningNow {
  readonly operation: string
  readonly startedAt: string
  readonly heardAt: string
  readonly phase: string | null
  /** 0 to 1; null while unknown. */
  readonly progress: number | null
  readonly bytesPerSecond: number | null
  readonly filesDone: number | null
  readonly filesTotal: number | null
  readonly bytesDone: number | null
  readonly bytesTotal: number | null
  readonly source: 'live' | 'progress'
  readonly status: 'running' | 'stalled' | 'finished-without-report'
  readonly taskId: number | null
}

/** A schedule of Duplicati: `repeat` in its interval grammar, `time` the next planned start. */
export interface DuplicatiSchedule {
  /** null: the job is started by hand only. */
  readonly repeat: string | null
  readonly time: string | null
  /** 0 = Sunday ... 6 = Saturday; empty means every day. */
  readonly weekdays: readonly number[]
  readonly zone: string | null
  readonly readAt: string
}

export type NotifyOn = 'all' | 'warnings' | 'errors' | 'off'
export type Repeat = 'never' | 'daily' | 'weekly' | 'monthly' | `${number}h`

/** What a job, or a server for its jobs, sets apart from the default; undefined inherits. */
export interface Override {
  readonly watch?: boolean
  readonly expect?: UserExpectation
  readonly toleranceMinutes?: number
  readonly notifyOn?: NotifyOn
  readonly overdueNotices?: boolean
  readonly recoveryNotices?: boolean
  readonly repeat?: Repeat
  readonly channels?: Readonly<Record<string, boolean>>
  readonly extraEmails?: readonly string[]
  readonly extraEmailsOn?: NotifyOn
  readonly extraTopic?: string
  readonly extraTopicOn?: NotifyOn
}

/** When the owner says the next run is due. */
export type UserExpectation =
  | {
      readonly kind: 'interval'
      /** Duplicati's grammar: `1D`, `12h`, `1D12h`, `1M`. */
      readonly interval: string
      /** 0 = Sunday ... 6 = Saturday; empty means every day. */
      readonly weekdays: readonly number[]
      /** `HH:MM` in `zone`; null: counted from the last run. */
      readonly timeOfDay: string | null
      readonly zone: string | null
    }
  /** A laptop: it may run whenever it likes as long as one comes within so many days. */
  | { readonly kind: 'within'; readonly days: number }
  | { readonly kind: 'manual' }

export const NEVER_RAN: JobStatus = {
  lastRun: null,
  lastGood: null,
  lastOther: null,
  recent: [],
  running: null,
}
