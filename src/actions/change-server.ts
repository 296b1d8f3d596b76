import { Failure } from '../domain/failure.ts'
import { NEW_CONNECTION } from '../domain/remote-reach.ts'
import type { Connection, Server } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'

export interface ChangeServerNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  audit(line: AuditLine): Promise<void>
}

/** What people may change of a server; what is not named stays. */
export type ServerChanges = Partial<
  Pick<Server, 'alias' | 'note' | 'tags' | 'address' | 'publicAddress'> &
    Pick<Connection, 'collect' | 'allowRunNow' | 'tls' | 'pinnedSha256' | 'caPem' | 'headers' | 'auth'>
>

export interface ChangeServer {
  /** Gives the names of what is other than before. @throws Failure `not-found` */
  save(serverId: string, changes: ServerChanges, by: Actor): Promise<readonly string[]>
  /** Put away, a server keeps its history and raises no alarm; it can be taken out again. @throws Failure `not-found` */
  archive(serverId: string, isArchived: boolean, by: Actor): Promise<void>
}

const OWN = ['alias', 'note', 'tags', 'address', 'publicAddress'] as const
const OF_CONNECTION = ['collect', 'allowRunNow', 'tls', 'pinnedSha256', 'caPem', 'headers', 'auth'] as const
/** Their values may be secrets: the audit log says only that they changed. */
const MASKED: ReadonlySet<string> = new Set(['headers', 'caPem'])

/** Changes what people decide about a server: its names, how it is reached, what we may do there. */
export function changeServer(needs: ChangeServerNeeds): ChangeServer {
  return {
    async save(serverId, changes, by) {
      mustAdminister(by)
      const before = read(needs.state(), serverId)
      const changed = differences(before, changes)
      const names = Object.keys(changed)
      if (names.length === 0) return []
      await needs.change((state) => withServer(state, serverId, (server) => withChanges(server, changes)))
      const line = { action: 'server.change', ...signed(by), target: serverId, changes: changed }
      await needs.audit({ ...line, result: 'done' })
      return names
    },
    async archive(serverId, isArchived, by) {
      mustAdminister(by)
      read(needs.state(), serverId)
      const archivedAt = isArchived ? needs.clock.now().toISOString() : null
      await needs.change((state) => withServer(state, serverId, (server) => ({ ...server, archivedAt })))
      const action = isArchived ? 'server.archive' : 'server.unarchive'
      await needs.audit({ action, ...signed(by), result: 'done', target: serverId })
    },
  }
}

function read(state: State, serverId: string): Server {
  const server = Object.hasOwn(state.servers, serverId) ? state.servers[serverId] : undefined
  if (server !== undefined) return server
  throw new Failure('not-found', text('duplicati.failure.no-such-server'))
}

function withServer(state: State, serverId: string, step: (server: Server) => Server): State {
  const server = Object.hasOwn(state.servers, serverId) ? state.servers[serverId] : undefined
  if (server === undefined) return state
  return { ...state, servers: { ...state.servers, [serverId]: step(server) } }
}

function differences(server: Server, changes: ServerChanges): Record<string, readonly [unknown, unknown]> {
  const connection = server.connection ?? NEW_CONNECTION
  const found: Record<string, readonly [unknown, unknown]> = {}
  const compare = (name: keyof ServerChanges, old: unknown) => {
    const next = changes[name]
    if (next === undefined || JSON.stringify(next) === JSON.stringify(old)) return
    found[name] = MASKED.has(name) ? ['***', '***'] : [old, next]
  }
  for (const name of OWN) compare(name, server[name])
  for (const name of OF_CONNECTION) compare(name, connection[name])
  return found
}

/** A server with an address has a connection; what was wrong with the one before says nothing of the new one. */
function withChanges(server: Server, changes: ServerChanges): Server {
  const own = picked(changes, OWN)
  const next: Server = { ...server, ...own }
  if (next.address === '' && server.connection === null) return next
  const reach = picked(changes, OF_CONNECTION)
  const before = server.connection ?? NEW_CONNECTION
  return { ...next, connection: { ...before, ...reach, lastError: null } }
}

function picked<Name extends keyof ServerChanges>(
  changes: ServerChanges,
  names: readonly Name[],
): Pick<ServerChanges, Name> {
  const given = names.filter((name) => changes[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, changes[name]])) as Pick<ServerChanges, Name>
}
