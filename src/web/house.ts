import type { Actor, AuditLine } from '../actions/actor.ts'
import type { AddMany } from '../actions/add-many.ts'
import type { addServer } from '../actions/add-server.ts'
import type { ChangeMonitoring } from '../actions/change-monitoring.ts'
import type { ChangeServer } from '../actions/change-server.ts'
import type { CollectDesk } from '../actions/collect-desk.ts'
import type { collectRuns } from '../actions/collect-runs.ts'
import type { ManagePeople } from '../actions/manage-people.ts'
import type { MuteWarnings } from '../actions/mute-warnings.ts'
import type { Probed, probeServer } from '../actions/probe-server.ts'
import type { Arrived, ReceivedReport } from '../actions/receive-report.ts'
import type { remoteLogFile } from '../actions/remote-log-file.ts'
import type { RunNow } from '../actions/run-now.ts'
import type { SignedIn, SignInTry } from '../actions/sign-in.ts'
import type { takeFile } from '../actions/take-file.ts'
import type { TendIncidents } from '../actions/tend-incidents.ts'
import type { Events } from '../domain/events.ts'
import type { History } from '../domain/history.ts'
import type { RunningNow } from '../domain/job.ts'
import type { Run, RunLog } from '../domain/run.ts'
import type { ChoreOutcome, State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Bus } from '../kit/bus.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Assets } from './assets.ts'
import type { CareDesk } from './care-desk.ts'
import type { HomeAssistantDesk, MqttDesk, NoticesDesk, Trial } from './channel-desks.ts'
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
  /** The best of them for an `Accept-Language` header. */
  chooseLanguage(acceptLanguage: string): string
  /** Each language in its own words, by code. */
  readonly languageNames: ReadonlyMap<string, string>
  /** Rank of a Home Assistant user, looked up there; `viewer` where it cannot be. */
  homeAssistantRank(userId: string): Promise<'administrator' | 'viewer'>
  readonly secrets: Secrets
  readonly limits: Limits
  readonly actions: Actions
  readonly collecting: CollectingDesk
  readonly care: CareDesk
  readonly mqtt: MqttDesk
  readonly notices: NoticesDesk
  readonly homeAssistant: HomeAssistantDesk
  /** What came of the last test of each channel, by its name; `mqtt` for the broker. */
  readonly trials: Map<string, Trial>
  /** Scheduled work: last outcome of each, and doing one now. */
  readonly calendar: CalendarDesk
}

/** Asking Duplicati servers; see `wiring/collecting.ts`. */
export interface CollectingDesk {
  readonly collect: ReturnType<typeof collectRuns>
  /** What people asked for by hand, and how far it is. */
  readonly desk: CollectDesk
  readonly probe: ReturnType<typeof probeServer>
  /** Tries a server as it is stored. */
  check(serverId: string, by: Actor): Promise<Probed>
  readonly add: ReturnType<typeof addServer>
  readonly adding: AddMany
  readonly change: ChangeServer
  readonly logFile: ReturnType<typeof remoteLogFile>
  readonly takeFile: ReturnType<typeof takeFile>
  readonly jobs: RunNow
  /** What runs now, fresher than the state by up to half a minute. */
  readonly watch: { current(jobId: string): RunningNow | null }
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
  /** Names of those that cannot be opened any more. */
  lost(): readonly string[]
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
  signIn(attempt: SignInTry): Promise<SignedIn>
  readonly people: ManagePeople
  /** What is expected of jobs and who is told; and what is wrong with an address or an ntfy topic, null for nothing. */
  readonly monitoring: ChangeMonitoring & {
    addressFault(value: string): Text | null
    topicFault(value: string): Text | null
  }
  readonly incidents: TendIncidents
  readonly warnings: MuteWarnings
  /** Writes a line of the audit log, with secrets masked. Never throws: what is done is done. */
  audit(line: AuditLine): Promise<void>
}
