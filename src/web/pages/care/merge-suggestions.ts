import { suggestedMerges } from '../../../domain/merging.ts'
import { serverName } from '../../../domain/server.ts'
import type { State } from '../../../domain/state.ts'
import type { Visit } from '../../visit.ts'

/** Servers that look like one machine, with the way to see what merging them would be; of one server, or of all. */
export function mergeSuggestions(state: State, visit: Visit, serverId: string | null) {
  return suggestedMerges(state)
    .filter(({ from, into }) => serverId === null || from.id === serverId || into.id === serverId)
    .map(({ from, into }) => ({
      from: serverName(from),
      into: serverName(into),
      href: visit.link('/settings/database/merge', { kind: 'servers', from: from.id, into: into.id }),
    }))
}
