import type { Server } from './server.ts'

/** A server of which no more is known than what is given. */
export function newServer(
  known: Pick<Server, 'id' | 'machineId' | 'name' | 'createdAt'> & Partial<Server>,
): Server {
  return {
    alias: '',
    note: '',
    tags: [],
    lastReportAt: null,
    address: '',
    publicAddress: '',
    operatingSystem: null,
    duplicatiVersion: null,
    newerVersion: null,
    clockSkewS: null,
    archivedAt: null,
    nameIsIdentity: false,
    maybeSameAs: null,
    pausedUntil: null,
    overrides: {},
    connection: null,
    ...known,
  }
}
