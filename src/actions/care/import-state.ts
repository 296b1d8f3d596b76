import type { ImportShares } from '../../domain/import-share.ts'
import { newServer } from '../../domain/new-server.ts'
import { isUserName, userNamed } from '../../domain/people.ts'
import { recognise } from '../../domain/recognise.ts'
import { NEW_CONNECTION, secretName } from '../../domain/remote-reach.ts'
import type { Server } from '../../domain/server.ts'
import type { State, User } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'
import type { ImportNeeds, ImportSource, SourceServer } from './import-source.ts'

/** Servers with what people wrote about them; only blanks are filled in. */
export function withServers(
  state: State,
  source: ImportSource,
  needs: ImportNeeds,
  shares: ImportShares,
): State {
  let next = state
  for (const one of source.servers) {
    const known = serverHere(next, one, needs)
    shares.one('servers', known === null ? 'comes' : 'here')
    next = filled(next, known ?? serverOf(needs, one), one, needs, shares)
  }
  return next
}

/** The server that one of the source is here; null for none. */
export function serverHere(
  state: Pick<State, 'servers'>,
  one: Pick<SourceServer, 'id' | 'name'>,
  needs: ImportNeeds,
): Server | null {
  const machine = needs.identify({ 'machine-id': one.id, 'machine-name': one.name })
  const same = Object.values(state.servers).filter(
    (server) => machine.machineId !== null && server.machineId === machine.machineId,
  )
  return same.find((server) => server.name === machine.machineName) ?? same[0] ?? recognise(state, machine)
}

function filled(
  state: State,
  server: Server,
  one: SourceServer,
  needs: ImportNeeds,
  shares: ImportShares,
): State {
  const blank = (kind: 'aliases' | 'notes' | 'addresses', ours: string, theirs: string): string => {
    if (theirs !== '') shares.one(kind, ours === '' ? 'comes' : 'here')
    return ours === '' ? theirs : ours
  }
  const next = {
    ...server,
    alias: blank('aliases', server.alias, one.alias),
    note: blank('notes', server.note, one.note),
    address: blank('addresses', server.address, one.address),
  }
  const name = secretName(server.id)
  const isHere = Object.hasOwn(state.secrets, name)
  // The password of one address is never sent to another.
  const fits = one.password !== null && next.address !== '' && next.address === one.address
  if (one.password !== null || one.isPasswordLost)
    shares.one('secrets', isHere ? 'here' : fits ? 'comes' : 'neither')
  if (one.password !== null && !fits && !isHere)
    shares.note('secrets', text('import.note.other-address', { name: one.alias || one.name }))
  if (isHere || one.password === null || !fits)
    return { ...state, servers: { ...state.servers, [server.id]: next } }
  const connection = next.connection ?? { ...NEW_CONNECTION, collect: false }
  return {
    ...state,
    servers: { ...state.servers, [server.id]: { ...next, connection } },
    secrets: { ...state.secrets, [name]: needs.seal(one.password) },
  }
}

function serverOf(needs: ImportNeeds, one: SourceServer): Server {
  const { machineId, machineName } = needs.identify({ 'machine-id': one.id, 'machine-name': one.name })
  return newServer({
    id: needs.newId('srv'),
    machineId,
    name: machineName ?? machineId ?? '–',
    createdAt: one.createdAt ?? needs.now().toISOString(),
  })
}

/** Their passwords do not come along: an administrator gives each a new one, which must be changed. */
export function withUsers(
  state: State,
  source: ImportSource,
  needs: ImportNeeds,
  shares: ImportShares,
): State {
  const users: Record<string, User> = { ...state.users }
  let came = 0
  for (const { name, isAdministrator } of source.users) {
    const isName = isUserName(name)
    const isHere = userNamed({ ...state, users }, name) !== null
    shares.one('users', isHere ? 'here' : isName ? 'comes' : 'neither')
    if (!isName) shares.note('users', text('import.note.user-name', { name: name.slice(0, 80) }))
    if (!isName || isHere) continue
    came++
    const id = needs.newId('usr')
    users[id] = {
      id,
      name,
      role: isAdministrator ? 'administrator' : 'viewer',
      passwordHash: null,
      mustChangePassword: true,
      createdAt: needs.now().toISOString(),
      lastSignInAt: null,
      disabled: false,
      homeAssistantId: null,
      preferences: {},
    }
  }
  if (came > 0) shares.note('users', text('import.trouble.passwords'))
  return { ...state, users }
}
