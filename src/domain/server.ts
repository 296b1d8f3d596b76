import type { Override } from './job.ts'
import type { Turns } from './turns.ts'

/** A machine running Duplicati, known by its machine id, else by name, else by the address that reports. */
export interface Server {
  readonly id: string
  readonly machineId: string | null
  /** Name as Duplicati gives it; follows renames. */
  readonly name: string
  /** Name the owner prefers; '' for none. */
  readonly alias: string
  readonly note: string
  readonly tags: readonly string[]
  readonly createdAt: string
  readonly lastReportAt: string | null
  /** Where we reach its API, '' where we do not. */
  readonly address: string
  /** Where people reach its page, '' for the same. */
  readonly publicAddress: string
  readonly operatingSystem: string | null
  readonly duplicatiVersion: string | null
  readonly newerVersion: string | null
  /** Its clock less ours, in seconds, as last measured. */
  readonly clockSkewS: number | null
  readonly archivedAt: string | null
  /** Other names seen with this machine id: a cloned machine is kept apart by name. */
  readonly nameIsIdentity: boolean
  /** Names it had before, newest last; one that comes back shows a cloned machine. */
  readonly formerNames?: readonly string[]
  /** Same name, new machine id: ask whether it is the same machine as this server. */
  readonly maybeSameAs: string | null
  readonly pausedUntil: PauseEnd | null
  readonly overrides: Override
  readonly connection: Connection | null
  /** Where incidents of the whole server came and went lately; missing for nowhere. */
  readonly turns?: Turns
}

/** `forever`, or the ISO moment at which watching goes on. */
export type PauseEnd = 'forever' | (string & {})

/** How we sign in to a server's API. Secrets stand sealed in `State.secrets` under `server:<id>:...`. */
export interface Connection {
  readonly collect: boolean
  readonly allowRunNow: boolean
  readonly tls: 'verify' | 'own-ca' | 'pinned' | 'none'
  readonly pinnedSha256: string | null
  readonly caPem: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly auth: 'password' | 'preauth-token' | 'forever-token' | 'none'
  readonly lastContactAt: string | null
  readonly lastError: import('./text.ts').Text | null
  /** Whether the scheduler of the server is paused, as last read. */
  readonly schedulerPaused: boolean
}

/** The name a person sees. */
export function serverName(server: Pick<Server, 'alias' | 'name'>): string {
  return server.alias === '' ? server.name : server.alias
}
