import { Failure } from './failure.ts'
import type { RemoteFacts } from './remote-shape.ts'
import type { Identity } from './run.ts'
import { type Server, serverName } from './server.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

type Machine = Pick<RemoteFacts, 'machineId' | 'machineName'>

/** The server that a machine is already known as, by its machine id, else by a name that only one server has. */
export function recognise(state: Pick<State, 'servers'>, machine: Machine): Server | null {
  const servers = Object.values(state.servers).filter((server) => server.archivedAt === null)
  const same = servers.filter(
    (server) => machine.machineId !== null && server.machineId === machine.machineId,
  )
  if (same.length > 0) return same.find((server) => server.name === machine.machineName) ?? same[0] ?? null
  const named = servers.filter(
    (server) => machine.machineName !== null && server.name === machine.machineName,
  )
  // With an id of its own, a namesake with another one is another machine until somebody says otherwise.
  const open = machine.machineId === null ? named : named.filter((server) => server.machineId === null)
  return open.length === 1 ? (open[0] ?? null) : null
}

/**
 * The identity under which rows of this machine are recorded, so that they come to the server they were collected
 * for: an owner may have given the jobs another machine id or name than the server tells. A name is new only where
 * the server itself has told another one before (`toldName`).
 * @throws Failure `conflict` where the machine is another server's, or has neither the id nor the name expected
 */
export function identityOf(
  state: Pick<State, 'servers'>,
  server: Server,
  machine: Machine,
  toldName: string | null,
): Pick<Identity, 'machineId' | 'machineName'> {
  const renamed = !server.nameIsIdentity && server.machineId !== null && toldName === server.name
  const name = renamed ? (machine.machineName ?? server.name) : server.name
  const identity = { machineId: server.machineId ?? machine.machineId, machineName: name }
  if (machine.machineId === null || server.machineId === machine.machineId) return identity
  const other = Object.values(state.servers).find(
    (candidate) => candidate.id !== server.id && candidate.machineId === machine.machineId,
  )
  const sameName = machine.machineName !== null && machine.machineName === server.name
  if (other === undefined && (server.machineId === null || sameName))
    return { ...identity, machineName: server.name }
  const found = other === undefined ? (machine.machineName ?? machine.machineId) : serverName(other)
  const expected = serverName(server)
  throw new Failure(
    'conflict',
    text('duplicati.failure.another-machine', { address: server.address, found, expected }),
  )
}
