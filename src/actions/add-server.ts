import { Failure } from '../domain/failure.ts'
import { newServer } from '../domain/new-server.ts'
import { recognise } from '../domain/recognise.ts'
import { readAddress } from '../domain/remote-address.ts'
import { NEW_CONNECTION, secretName } from '../domain/remote-reach.ts'
import type { Reach, RemoteFacts, RemoteServers } from '../domain/remote-shape.ts'
import type { Connection, Server } from '../domain/server.ts'
import type { SealedSecret, State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'

export interface AddServerNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  readonly servers: RemoteServers
  seal(secret: string): SealedSecret
  newId(kind: 'srv'): string
  audit(line: AuditLine): Promise<void>
}

/** What a page gives; `collect` and the rest of the connection have their defaults. */
export type AddRequest = Reach

/**
 * Adds a server by its address, or gives an address to the server that its machine already is: machine id first,
 * else name. Gives our id of it. Collecting from it is up to the caller.
 * @throws Failure of the step of the connection that failed; `invalid` where the machine does not say who it is
 */
export function addServer(
  needs: AddServerNeeds,
): (
  request: AddRequest,
  by: Actor,
  signal?: AbortSignal,
) => Promise<{ serverId: string; wasKnown: boolean }> {
  return async (request, by, signal) => {
    mustAdminister(by)
    const reach = { ...request, address: readAddress(request.address) }
    const session = needs.servers.open(reach, signal ? { signal } : {})
    const facts = await session.facts().finally(() => session.close())
    if (facts.machineId === null && facts.machineName === null) {
      throw new Failure('invalid', text('duplicati.failure.machine-unknown', { address: reach.address }))
    }
    const fresh = needs.newId('srv')
    const sealed = reach.secret === null ? null : needs.seal(reach.secret)
    const now = needs.clock.now()
    let added = { serverId: fresh, wasKnown: false }
    await needs.change((state) => {
      const known = recognise(state, facts)
      added = { serverId: known?.id ?? fresh, wasKnown: known !== null }
      return withServer(state, known ?? serverOf(fresh, facts, now), reach, sealed, now)
    })
    await needs.audit({ action: 'server.add', ...signed(by), result: 'done', target: added.serverId })
    return added
  }
}

function withServer(
  state: State,
  server: Server,
  reach: Reach,
  sealed: SealedSecret | null,
  now: Date,
): State {
  const { tls, pinnedSha256, caPem, headers, auth } = reach
  const before = server.connection ?? NEW_CONNECTION
  const contact = { lastContactAt: now.toISOString(), lastError: null }
  const connection: Connection = { ...before, tls, pinnedSha256, caPem, headers, auth, ...contact }
  const secrets = sealed === null ? state.secrets : { ...state.secrets, [secretName(server.id)]: sealed }
  const next = { ...server, address: reach.address, connection }
  return { ...state, servers: { ...state.servers, [server.id]: next }, secrets }
}

function serverOf(id: string, facts: RemoteFacts, now: Date): Server {
  return newServer({
    id,
    machineId: facts.machineId,
    name: facts.machineName ?? facts.machineId ?? id,
    createdAt: now.toISOString(),
    operatingSystem: facts.operatingSystem,
    duplicatiVersion: facts.version,
    clockSkewS: facts.clockSkewS,
  })
}
