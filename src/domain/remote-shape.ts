import type { DuplicatiSchedule } from './job.ts'
import type { Connection } from './server.ts'

/** Where a Duplicati server is and how we sign in: a connection with its address and its secret in clear. */
export interface Reach {
  /** As `readAddress` gives it: `https://nas:8200/base`, no slash at the end. */
  readonly address: string
  readonly tls: Connection['tls']
  readonly pinnedSha256: string | null
  readonly caPem: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly auth: Connection['auth']
  /** Password or token; null where there is none. Never logged, never part of a Failure. */
  readonly secret: string | null
}

/** What a connection comes to, in order. A test of a connection shows them one by one. */
export type ReachStep = 'address' | 'connect' | 'certificate' | 'answer' | 'sign-in' | 'machine' | 'jobs'

export const REACH_STEPS: readonly ReachStep[] = [
  'address',
  'connect',
  'certificate',
  'answer',
  'sign-in',
  'machine',
  'jobs',
]

/** Opens Duplicati servers. Nothing is sent before the session is asked for something. */
export interface RemoteServers {
  open(reach: Reach, options?: OpenOptions): RemoteSession
}

export interface OpenOptions {
  /** Ends whatever the session is doing, at once. */
  readonly signal?: AbortSignal
  /** Told when a step has been passed, each once. */
  readonly onStep?: (step: ReachStep) => void
}

/**
 * One signed-in conversation with a Duplicati server. Every refusal is a `Failure` whose text says which step
 * failed and what to do. Jobs are named as reports name them (`DB-3`).
 */
export interface RemoteSession {
  facts(): Promise<RemoteFacts>
  state(): Promise<RemoteState>
  /** `zone` and `state` are put into the schedules. */
  jobs(known: {
    readonly zone: string | null
    readonly state: RemoteState | null
  }): Promise<readonly RemoteJob[]>
  /** Up to `size` (10 to 500) rows of the job's log with an id below `before`, newest first. */
  rows(backupId: string, page: { readonly before: number | null; readonly size: number }): Promise<RemoteRows>
  /** Entries of the server's own error log that name a job, newest first, back to `since`. */
  errors(since: Date): Promise<readonly RemoteError[]>
  /** The last progress there was, also after its end; null where nothing ever ran. */
  progress(): Promise<RemoteProgress | null>
  /** Puts the job into the queue; gives the number of the task. */
  run(backupId: string): Promise<number>
  /** `stop` after the current file, `abort` at once. */
  stop(taskId: number, how: 'stop' | 'abort'): Promise<void>
  /** null where the server has forgotten the task. */
  task(taskId: number): Promise<RemoteTask | null>
  tasks(): Promise<readonly { readonly taskId: number; readonly backupId: string | null }[]>
  /** Signs out and lets go of the connections. Never throws. */
  close(): Promise<void>
}

export interface RemoteFacts {
  /** null before Duplicati 2.0.8. */
  readonly machineId: string | null
  readonly machineName: string | null
  /** `2.3.0.4`. */
  readonly version: string | null
  readonly operatingSystem: string | null
  /** IANA name; null where it could not be told. */
  readonly zone: string | null
  /** Its clock less ours, whole seconds. */
  readonly clockSkewS: number | null
}

export interface RemoteState {
  /** Whether its scheduler is paused. */
  readonly paused: boolean
  readonly active: { readonly taskId: number; readonly backupId: string | null } | null
  /** Next start of each scheduled job, ISO UTC. */
  readonly planned: readonly { readonly backupId: string; readonly at: string }[]
  readonly newerVersion: string | null
}

/** A job as its server lists it. The destination's address may hold credentials: only its scheme is kept. */
export interface RemoteJob {
  readonly backupId: string
  readonly name: string
  /** `Backup` or `Sync`. */
  readonly operation: string
  readonly destinationType: string | null
  readonly schedule: DuplicatiSchedule
  readonly lastFinishedAt: string | null
  readonly lastErrorAt: string | null
}

export interface RemoteRows {
  readonly rows: readonly RemoteRow[]
  /** Whether there are older ones. */
  readonly more: boolean
}

export interface RemoteRow {
  readonly id: number
  /** When it was written, by the server's clock; ISO UTC. */
  readonly at: string | null
  /** The row as it came: the parser of reports reads it. */
  readonly row: unknown
}

export interface RemoteError {
  readonly backupId: string
  readonly at: string
  readonly message: string
}

export interface RemoteProgress {
  readonly taskId: number
  readonly backupId: string | null
  /** Duplicati's own word: `Backup_ProcessingFiles`. */
  readonly phase: string | null
  /** 0 to 1. */
  readonly progress: number | null
  readonly bytesPerSecond: number | null
  readonly filesDone: number | null
  readonly filesTotal: number | null
  readonly bytesDone: number | null
  readonly bytesTotal: number | null
}

export interface RemoteTask {
  readonly taskId: number
  readonly status: 'waiting' | 'running' | 'completed' | 'failed' | 'unknown'
}
