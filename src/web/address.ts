import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { remembered } from '../kit/remembered.ts'

/** Where a request really comes from. `local` is false as soon as an unlisted proxy may hide somebody. */
export interface Sender {
  readonly address: string
  readonly local: boolean
  readonly https: boolean
  readonly host: string
  /** Forwarding headers came from a proxy that is not listed: worth one warning. */
  readonly unlistedProxy: boolean
}

/** Reads the sender of requests, trusting `X-Forwarded-*` only from the listed addresses or networks. */
export function senderReader(trusted: readonly string[]): (req: IncomingMessage) => Sender {
  const proxies = networkList(trusted)
  return (req) => {
    const peer = plainAddress(req.socket.remoteAddress ?? '')
    const forwarded = header(req, 'x-forwarded-for')
    const host = header(req, 'host')
    const isForwarded =
      forwarded !== '' || header(req, 'x-forwarded-host') !== '' || header(req, 'forwarded') !== ''
    if (!isForwarded) return { address: peer, local: isLocal(peer), https: false, host, unlistedProxy: false }
    if (!contains(proxies, peer))
      return { address: peer, local: false, https: false, host, unlistedProxy: true }
    const chain = forwarded.split(',').map((part) => plainAddress(part.trim()))
    const address = chain.reverse().find((hop) => !contains(proxies, hop)) ?? peer
    const https = header(req, 'x-forwarded-proto').split(',')[0]?.trim() === 'https'
    const shown = header(req, 'x-forwarded-host').split(',')[0]?.trim() || host
    return {
      address: isIP(address) === 0 ? peer : address,
      local: isLocal(address),
      https,
      host: shown,
      unlistedProxy: false,
    }
  }
}

/** Loopback, private, unique-local and link-local addresses. The same few ask all day, and a block list takes its time. */
export const isLocal = remembered((address) => contains(LOCAL, address), 64)

/** Networks and addresses (`10.0.0.0/8`, `172.30.32.2`, `fd00::/8`); what is neither is left out. */
export function networkList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [net = '', bits] = entry.split('/')
    const family = isIP(net)
    if (family === 0) continue
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(net, type)
    else list.addSubnet(net, Number(bits), type)
  }
  return list
}

export function contains(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** IPv4 in an IPv6 coat is IPv4; a zone (`fe80::1%eth0`) is not part of the address. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '')
}

const LOCAL = networkList([
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
])

function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name]
  return (Array.isArray(value) ? value.join(',') : value) ?? ''
}
