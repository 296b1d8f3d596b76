import { newServer } from '../../domain/new-server.ts'
import { userNamed } from '../../domain/people.ts'
import { NEW_CONNECTION, secretName } from '../../domain/remote-reach.ts'
import type { Server } from '../../domain/server.ts'
import type { State, User } from '../../domain/state.ts'
import type { ImportNeeds, ImportSource } from './import-reference.ts'

/** Servers with what people wrote about them; only blanks are filled in. */
export function withServers(state: State, source: ImportSource, needs: ImportNeeds): State {
  const servers: Record<string, Server> = { ...state.servers }
  const secrets = { ...state.secrets }
  for (const one of source.servers) {
    const known = Object.values(servers).find((server) => server.machineId === one.id)
    const server = known ?? serverOf(needs, one)
    const fresh = server.address === '' && one.address !== ''
    const connection =
      fresh && one.password !== null ? { ...NEW_CONNECTION, collect: false } : server.connection
    if (fresh && one.password !== null) secrets[secretName(server.id)] = needs.seal(one.password)
    servers[server.id] = {
      ...server,
      alias: server.alias === '' ? one.alias : server.alias,
      note: server.note === '' ? one.note : server.note,
      address: server.address === '' ? one.address : server.address,
      connection,
    }
  }
  return { ...state, servers, secrets }
}

function serverOf(needs: ImportNeeds, one: ImportSource['servers'][number]): Server {
  return newServer({
    id: needs.newId('srv'),
    machineId: one.id === '' ? null : one.id.slice(0, 200),
    name: (one.name === '' ? one.id : one.name).slice(0, 200),
    createdAt: one.createdAt ?? needs.now().toISOString(),
  })
}

/** What somebody set here already wins. */
export function withSettings(state: State, source: ImportSource, needs: ImportNeeds): State {
  const { settings: given } = source
  const secrets = { ...state.secrets }
  for (const [name, secret] of given.secrets)
    if (!Object.hasOwn(secrets, name)) secrets[name] = needs.seal(secret)
  const servers: Record<string, Server> = { ...state.servers }
  const jobs = { ...state.jobs }
  for (const { server: whose, job: name, override } of given.overrides) {
    // Up to 0.6 settings went by the name of the server.
    const id = source.servers.find((one) => uptoNul(one.name) === uptoNul(whose))?.id ?? whose
    const server = Object.values(servers).find((one) => one.machineId === id)
    if (server === undefined) continue
    const job = Object.values(jobs).find((one) => one.serverId === server.id && one.name === name)
    if (name === null) servers[server.id] = { ...server, overrides: { ...override, ...server.overrides } }
    else if (job !== undefined) jobs[job.id] = { ...job, overrides: { ...override, ...job.overrides } }
  }
  return { ...state, secrets, servers, jobs, settings: { ...given.settings, ...state.settings } }
}

/** Their passwords do not come along: an administrator gives each a new one, which must be changed. */
export function withUsers(state: State, source: ImportSource, needs: ImportNeeds): State {
  const users: Record<string, User> = { ...state.users }
  for (const { name, isAdministrator } of source.users) {
    if (name === '' || userNamed({ ...state, users }, name) !== null) continue
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
  return { ...state, users }
}

/** SQLite gives a text only up to its first NUL; the same name inside JSON is whole. */
function uptoNul(name: string): string {
  return name.split('\u0000')[0] ?? ''
}
