import type { addServer } from '../actions/add-server.ts'
import type { collectRuns } from '../actions/collect-runs.ts'
import type { ManagePeople } from '../actions/manage-people.ts'
import type { createOneUseLinks } from '../actions/one-use-links.ts'
import type { probeServer } from '../actions/probe-server.ts'
import type { Arrived, ReceivedReport } from '../actions/receive-report.ts'
import type { RunNow } from '../actions/run-now.ts'
import type { SignInTry } from '../actions/sign-in.ts'
import type { Events } from '../domain/events.ts'
import type { History } from '../domain/history.ts'
import type { RunningNow } from '../domain/job.ts'
import type { Run, RunLog } from '../domain/run.ts'
import type { ChoreOutcome, Session, State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Bus } from '../kit/bus.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Assets } from './assets.ts'
import type { Limits } from './limits.ts'
import type { View } from './view.ts'

/**
 * What the pages and APIs may use; `app.ts` furnishes it. Reading is from memory, but for a run's own line and
 * log. Each feature adds its group of actions here and nowhere else.
 */
export interface House {
  readonly clock: Clock
  readonly log: Log
  readonly bus: Bus<Events>
  readonly view: View
  readonly assets: Assets
  readonly settings: WebSettings
  readonly store: HouseStore
  /** Sentences and formats for a reader; null for English in the process zone. */
  words(reader: Partial<Reader> | null): Words
  readonly languages: readonly string[]
  /** Rank of a Home Assistant user, looked up there; `viewer` where it cannot be. */
  homeAssistantRank(userId: string): Promise<'administrator' | 'viewer'>
  readonly secrets: Secrets
  readonly limits: Limits
  readonly actions: Actions
  readonly collecting: CollectingDesk
  readonly mqtt: MqttDesk
  readonly notices: NoticesDesk
  /** Scheduled work: last outcome of each, and doing one now. */
  readonly calendar: CalendarDesk
}

/** Asking Duplicati servers; see `wiring/collecting.ts`. */
export interface CollectingDesk {
  readonly collect: ReturnType<typeof collectRuns>
  readonly probe: ReturnType<typeof probeServer>
  readonly add: ReturnType<typeof addServer>
  readonly jobs: RunNow
  /** What runs now, fresher than the state by up to half a minute. */
  readonly watch: { current(jobId: string): RunningNow | null }
}

/** The connection to the MQTT broker, for its settings page. */
export interface MqttDesk {
  status(): MqttStatus
  /** Throws a Failure that says which step failed. */
  test(): Promise<void>
  publishAgain(): Promise<void>
  /** After a change of its settings. */
  restart(): Promise<void>
}

export interface MqttStatus {
  readonly state: 'off' | 'connecting' | 'connected' | 'waiting' | 'refused'
  readonly address: string | null
  readonly from: 'environment' | 'home-assistant' | 'settings' | null
  readonly lastError: Text | null
  readonly lastErrorAt: string | null
  readonly connectedAt: string | null
  readonly publishedAt: string | null
  readonly published: number
  readonly topics: number
}

/** Notices and the links in them. */
export interface NoticesDesk {
  readonly links: Pick<ReturnType<typeof createOneUseLinks>, 'look' | 'use'>
  /** What each channel still lacks before it can send; null for nothing. */
  readonly channels: readonly { readonly name: string; ready(): Text | null }[]
  /** Sends what is due, now. */
  wake(): void
  /** Sends a test through a channel to its own receivers, or to `to`; throws a Failure in words to act on. */
  test(channel: string, to: string | null, by: string): Promise<void>
}

export interface CalendarDesk {
  now(name: ChoreName): Promise<ChoreOutcome>
  outcomes(): Readonly<Record<string, ChoreOutcome>>
}

export type ChoreName =
  | 'overdue'
  | 'notices'
  | 'digest'
  | 'live'
  | 'collect'
  | 'retention'
  | 'compaction'
  | 'copy'
  | 'trash'

/** Secrets that people type: sealed at rest, never shown again. */
export interface Secrets {
  /** null forgets it. */
  set(name: string, value: string | null): Promise<void>
  /** Whether the key file changed or was lost, so that all must be typed again. */
  isKeyLost(): boolean
}

/** What the doors need to know of the start settings. */
export interface WebSettings {
  readonly port: number
  readonly host: string
  readonly basePath: string
  readonly publicUrl: string
  readonly trustProxy: readonly string[]
  readonly ingressPort: number
  readonly ingressPeer: readonly string[]
  readonly maxBodyBytes: number
  readonly zone: string
  /** Product settings that the environment fixes, by key, with the variable's name. */
  readonly locked: Readonly<Record<string, string>>
}

export interface HouseStore {
  state(): State
  /** Resolves when `state()` has everything that was recorded before; nearly always at once. */
  settled(): Promise<void>
  readonly history: History
  run(no: number): Promise<Run | null>
  log(no: number): Promise<RunLog | null>
  logState(no: number): 'kept' | 'gone' | 'damaged' | 'none'
  change(step: (state: State) => State): Promise<State>
  health(): StoreHealth
  journal(name: 'audit' | 'incidents' | 'notices'): HouseJournal
}

/** An append-only log, read newest first. */
export interface HouseJournal {
  read(page: {
    readonly limit: number
    readonly after?: string
    readonly filter?: (entry: JournalEntry) => boolean
  }): Promise<{ readonly entries: readonly JournalEntry[]; readonly next: string | null }>
}

export interface JournalEntry {
  readonly at: string
  readonly [name: string]: unknown
}

export interface StoreHealth {
  readonly mode: 'ok' | 'read-only' | 'full'
  readonly since: string | null
}

/** Verbs that pages and APIs may call; each is made from `actions/` by `app.ts`. */
export interface Actions {
  receiveReport(arrived: Arrived): Promise<ReceivedReport>
  /** Takes a live status post; gives the id of the job, null where it is not known yet. */
  receiveLiveStatus(body: Uint8Array, sender: string): Promise<string | null>
  signIn(attempt: SignInTry): Promise<{ readonly secret: string; readonly session: Session }>
  readonly people: ManagePeople
  /** Writes a line of the audit log. Never throws: what is done is done. */
  audit(entry: AuditEntry): Promise<void>
}

/** Who did what, from where, to what end. Secrets are masked by whoever writes the entry. */
export interface AuditEntry {
  readonly action: string
  readonly who: string
  readonly from: string
  readonly result: 'done' | 'refused' | 'failed'
  readonly target?: string
  readonly reason?: string
  /** Old and new values, for changes. */
  readonly changes?: Readonly<Record<string, readonly [unknown, unknown]>>
}
