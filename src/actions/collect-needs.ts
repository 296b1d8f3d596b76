import type { RemoteServers } from '../domain/remote-shape.ts'
import type { Arrival, Identity, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'

export interface CollectNeeds {
  readonly clock: Clock
  readonly log: { info(message: string, facts?: object): void; error(message: string, facts?: object): void }
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  /** Resolves when the run is on disk. */
  record(arrival: Arrival, log: RunLog): Promise<{ readonly duplicate: boolean }>
  /** Reads a row of a job's log; null where it is no result. Throws Failure `invalid` where it cannot be read. */
  readRow(row: unknown, about: RowAbout): { readonly arrival: Arrival; readonly log: RunLog } | null
  readonly servers: RemoteServers
  /** A secret in clear, by its name in `State.secrets`; null where there is none. */
  secret(name: string): string | null
  newId(kind: 'job'): string
}

export interface RowAbout {
  readonly identity: Identity
  readonly receivedAt: Date
  /** Zone of the server, for times without one; null where it is not known. */
  readonly zone: string | null
}

/** How far collecting from one server has come; told again whenever it changes. */
export interface CollectProgress {
  readonly serverId: string
  readonly step: 'waiting' | 'connecting' | 'jobs' | 'rows' | 'done' | 'failed' | 'stopped'
  /** Name of the job being read. */
  readonly job: string | null
  readonly jobsDone: number
  /** null until the jobs are known. */
  readonly jobsOf: number | null
  /** Rows read so far. */
  readonly rows: number
  readonly recorded: number
  readonly known: number
  readonly failed: number
}

/** What came of collecting from one server. */
export interface Collected {
  readonly serverId: string
  /** Runs that are new. */
  readonly recorded: number
  /** Runs that we had, whether or not this copy told more. */
  readonly known: number
  /** What could not be read, with the job's name; null where it is the server itself. */
  readonly failed: readonly { readonly job: string | null; readonly reason: Text }[]
  /** It was called off. What was recorded until then is kept, and the next time goes on. */
  readonly stopped: boolean
}
