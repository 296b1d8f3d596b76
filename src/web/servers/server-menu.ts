import { isReachable } from '../../domain/remote-reach.ts'
import { serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { duplicatiPage, oldDuplicatiPage } from '../duplicati-page.ts'
import type { Visit } from '../visit.ts'

/** A menu is no list: who has more servers finds them on their pages. */
const MOST = 30

/** The servers of the toolbar: their own pages for everybody, collecting for administrators. Null for none. */
export function serverMenu(state: State, visit: Visit) {
  const servers = Object.values(state.servers)
    .filter((server) => server.archivedAt === null)
    .map((server) => ({
      name: serverName(server),
      duplicatiHref: duplicatiPage(server),
      oldHref: oldDuplicatiPage(server),
      collectHref:
        visit.isAdministrator && isReachable(server) ? visit.link(`/servers/${server.id}/collect`) : '',
    }))
    .filter((one) => one.duplicatiHref !== '' || one.collectHref !== '')
    .sort((one, other) => one.name.localeCompare(other.name, visit.reader.locale))
  if (servers.length === 0 && !visit.isAdministrator) return null
  return {
    servers: servers.slice(0, MOST),
    canCollect: servers.some((one) => one.collectHref !== ''),
    isAdministrator: visit.isAdministrator,
  }
}
