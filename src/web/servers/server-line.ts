import { hostOf } from '../../domain/remote-address.ts'
import { isReachable } from '../../domain/remote-reach.ts'
import { type Server, serverName } from '../../domain/server.ts'
import { serverState } from '../../domain/server-state.ts'
import type { State } from '../../domain/state.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import { shapeOfState } from '../shape-of.ts'
import type { Visit } from '../visit.ts'
import { duplicatiVersion } from './version-text.ts'

/** A clock that is off by less says nothing: the answer took its time. */
const SKEW_S = 60

/** A server as a line of the settings. */
export function serverLine(server: Server, state: State, visit: Visit) {
  const { words, now } = visit
  const { connection } = server
  const standing = serverState(server, state, now)
  const notes: { text: string; isBad: boolean }[] = []
  const note = (isBad: boolean, text: string) => notes.push({ text, isBad })
  if (connection?.lastError != null) note(true, words.say(connection.lastError))
  if (connection?.schedulerPaused === true) note(false, words.say('page.server.scheduler-paused'))
  if (server.newerVersion !== null)
    note(false, words.say('servers.newer', { version: server.newerVersion.slice(0, 60) }))
  if (server.clockSkewS !== null && Math.abs(server.clockSkewS) >= SKEW_S)
    note(
      false,
      words.say(server.clockSkewS > 0 ? 'servers.ahead' : 'servers.behind', {
        by: { seconds: Math.abs(server.clockSkewS) },
      }),
    )
  if (server.pausedUntil !== null) note(false, words.say('servers.not-watched'))
  return {
    id: server.id,
    find: [serverName(server), server.name, server.note, server.address].join(' '),
    standing,
    name: serverName(server),
    realName: server.alias === '' ? '' : server.name,
    href: visit.link(`/settings/servers/${server.id}`),
    shape: shapeOfState(standing, words),
    address: server.address === '' ? '' : hostOf(server.address),
    version: duplicatiVersion(server.duplicatiVersion, words),
    contactAt: connection?.lastContactAt ?? '',
    contact:
      connection?.lastContactAt == null
        ? words.say(server.address === '' ? 'servers.reports-only' : 'servers.no-contact')
        : words.brief(connection.lastContactAt, now),
    notes,
    canCollect: isReachable(server),
    collectHref: visit.link(`/servers/${server.id}/collect`),
    duplicatiHref: duplicatiPage(server),
  }
}
