import { suggestedMerges } from '../../../domain/merging.ts'
import { type Server, serverName } from '../../../domain/server.ts'
import type { State } from '../../../domain/state.ts'
import type { Visit } from '../../visit.ts'

/** Servers that look like one machine, with the way to see what merging them would be; of one server, or of all. */
export function mergeSuggestions(state: State, visit: Visit, serverId: string | null) {
  const name = serverNamesApart(state, visit)
  return suggestedMerges(state)
    .filter(({ from, into }) => serverId === null || from.id === serverId || into.id === serverId)
    .map(({ from, into }) => ({
      from: name(from),
      into: name(into),
      href: visit.link('/settings/database/merge', { kind: 'servers', from: from.id, into: into.id }),
    }))
}

/** Names of servers; where two have the same one, with when each was heard of first. */
export function serverNamesApart(state: State, visit: Visit): (server: Server) => string {
  const counts = new Map<string, number>()
  for (const server of Object.values(state.servers))
    counts.set(serverName(server), (counts.get(serverName(server)) ?? 0) + 1)
  return (server) => {
    const name = serverName(server)
    return counts.get(name) === 1 ? name : `${name} (${visit.words.moment(server.createdAt)})`
  }
}
