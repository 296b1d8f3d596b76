import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { Failure } from '../domain/failure.ts'
import type { Reach, ReachStep } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import { certificateTrouble } from './certificate-trouble.ts'

interface Connecting {
  readonly limits: { readonly connectMs: number }
  readonly signal: AbortSignal | undefined
  readonly onStep: (step: ReachStep) => void
}

type Connected = (error: Error | null, socket?: Duplex) => void

/**
 * An agent that connects itself, so that a certificate is judged before a byte of a request (and so of a
 * password) is on its way, and so that its fingerprint is known where it is refused.
 */
export function connectingAgent(reach: Reach, options: Connecting): http.Agent {
  const kept = { keepAlive: true, maxSockets: 2 }
  const agent = reach.address.startsWith('https:') ? new https.Agent(kept) : new http.Agent(kept)
  const connect = (target: net.TcpNetConnectOpts, connected: Connected) => {
    const socket = net.connect({ ...target, noDelay: true, autoSelectFamilyAttemptTimeout: 1000 })
    const end = (error: Error) => {
      settle()
      socket.destroy()
      connected(error)
    }
    const abort = () => end(new Failure('unavailable', text('duplicati.failure.aborted')))
    const timer = setTimeout(() => end(connectTooLong(reach, options)), options.limits.connectMs)
    const settle = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', abort)
    }
    options.signal?.addEventListener('abort', abort, { once: true })
    socket.once('error', end)
    socket.once('connect', () => {
      options.onStep('connect')
      const done = (secured: Duplex) => {
        settle()
        socket.off('error', end)
        connected(null, secured)
      }
      if (reach.address.startsWith('https:')) secure(socket, reach, done, end, options)
      else done(socket)
    })
  }
  // The declared type knows only agents that connect at once; Node also takes the callback.
  return Object.assign(agent, { createConnection: connect })
}

function connectTooLong(reach: Reach, options: Connecting): Failure {
  const seconds = options.limits.connectMs / 1000
  return new Failure(
    'unavailable',
    text('duplicati.failure.connect-timed-out', { address: reach.address, seconds }),
  )
}

function secure(
  socket: net.Socket,
  reach: Reach,
  done: (secured: Duplex) => void,
  end: (error: Error) => void,
  options: Connecting,
): void {
  const host = new URL(reach.address).hostname.replace(/^\[|\]$/g, '')
  const secured = tls.connect({
    socket,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(reach.tls === 'own-ca' && reach.caPem !== null ? { ca: reach.caPem } : {}),
    rejectUnauthorized: false, // judged below, where the fingerprint is at hand
  })
  secured.once('error', end)
  secured.once('secureConnect', () => {
    const trouble = certificateTrouble(secured, reach)
    if (trouble !== null) return end(trouble)
    secured.off('error', end)
    options.onStep('certificate')
    done(secured)
  })
}
