import { Failure } from './failure.ts'
import type { Reach } from './remote-shape.ts'
import { type Connection, type Server, serverName } from './server.ts'
import { text } from './text.ts'

/** Under which name the password or token of a server is sealed in `State.secrets`. */
export function secretName(serverId: string): string {
  return `server:${serverId}:password`
}

/** How a server is reached before anybody has chosen otherwise. */
export const NEW_CONNECTION: Connection = {
  collect: true,
  allowRunNow: false,
  tls: 'verify',
  pinnedSha256: null,
  caPem: null,
  headers: {},
  auth: 'password',
  lastContactAt: null,
  lastError: null,
  schedulerPaused: false,
}

/**
 * What the client needs to reach a server.
 * @throws Failure `invalid` where the server has no address: it is known by reports only
 */
export function reachOf(server: Server, secret: string | null): Reach {
  if (server.address === '') {
    throw new Failure('invalid', text('duplicati.failure.no-address', { server: serverName(server) }))
  }
  const { tls, pinnedSha256, caPem, headers, auth } = server.connection ?? NEW_CONNECTION
  return { address: server.address, tls, pinnedSha256, caPem, headers, auth, secret }
}

/** Whether a server can be asked at all. */
export function isReachable(server: Server): boolean {
  return server.address !== '' && server.connection !== null && server.archivedAt === null
}
