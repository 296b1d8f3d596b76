import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import { contains, networkList, plainAddress } from './address.ts'
import { createWeb } from './create-web.ts'
import type { House } from './house.ts'
import { endStreams } from './live.ts'

/** The open listeners. `urls` are what a person can open; `close` finishes what was begun. */
export interface Doors {
  readonly urls: { readonly public: string; readonly ingress: string | null }
  close(): Promise<void>
}

/**
 * Opens the public door, and as an add-on the door for Home Assistant, behind which identity headers are
 * believed because only the Supervisor can stand there. Throws Failure `conflict` where a port is taken.
 */
export async function openDoors(house: House): Promise<Doors> {
  const { settings } = house
  const open = createServer(createWeb(house, 'public'))
  await listen(open, settings.port, settings.host)
  const servers = [open]
  let ingress: Server | null = null
  if (settings.ingressPort !== 0) {
    ingress = createServer(createWeb(house, 'ingress'))
    dropStrangers(ingress, settings.ingressPeer)
    await listen(ingress, settings.ingressPort === -1 ? 0 : settings.ingressPort, '')
    servers.push(ingress)
  }
  return {
    urls: { public: urlOf(open, settings.basePath), ingress: ingress === null ? null : urlOf(ingress, '') },
    async close() {
      endStreams()
      await Promise.all(servers.map(closeServer))
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  // Slow senders and silent connections must not keep others out (one byte a second, a body that never ends).
  server.requestTimeout = 120_000
  server.headersTimeout = 15_000
  server.keepAliveTimeout = 65_000
  server.maxConnections = 2000
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(new Failure('conflict', whyShut(error, port, host), { cause: error }))
    server.once('error', refuse)
    server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
      server.off('error', refuse)
      resolve()
    })
  })
}

function whyShut(error: NodeJS.ErrnoException, port: number, host: string): Text {
  const reason = error.code ?? error.message
  if (host !== '' && /^(ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EINVAL)$/.test(reason))
    return text('start.host', { host, reason })
  // As text: a port is a name, not a quantity with separators.
  const key = reason === 'EACCES' ? 'start.port-forbidden' : 'start.port'
  return text(key, { port: String(port), reason })
}

/** Whoever is not the Supervisor is cut off before a byte is read. */
function dropStrangers(server: Server, peers: readonly string[]): void {
  const allowed = networkList(peers)
  server.on('connection', (socket) => {
    if (!contains(allowed, plainAddress(socket.remoteAddress ?? ''))) socket.destroy()
  })
}

function urlOf(server: Server, base: string): string {
  const { address, port } = server.address() as AddressInfo
  const host =
    address === '::' || address === '0.0.0.0' ? 'localhost' : address.includes(':') ? `[${address}]` : address
  return `http://${host}:${port}${base}/`
}

/** Requests under way may finish within 5 s; idle connections end at once. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 5000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
