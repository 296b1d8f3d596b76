import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number
  /** Head and body, unpacked, in latin1; the first megabyte. */
  readonly text: string
}

const PATIENCE_MS = 60_000
const ENOUGH = 1_000_000

/**
 * Sends bytes as they are on a connection of their own and gives what comes back until its end. With `isCut` the
 * sender goes away after the last byte. A stream of events ends with its beginning.
 */
export function sendRaw(port: number, bytes: Buffer, isCut = false): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const parts: Buffer[] = []
    let length = 0
    let ended = ''
    const text = () => Buffer.concat(parts).toString('latin1').slice(0, ENOUGH)
    socket.setTimeout(PATIENCE_MS, () => {
      ended = 'nothing came for a minute'
      socket.destroy()
    })
    socket.on('connect', () => (isCut ? socket.end(bytes) : socket.write(bytes)))
    socket.on('data', (part) => {
      parts.push(part)
      length += part.length
      if (length > ENOUGH || (length < 4000 && isEventStream(text()))) socket.destroy()
    })
    socket.on('error', (error) => {
      ended = error.message
    })
    socket.on('close', () => {
      const said = text()
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(lastHead(said))?.[1] ?? 0)
      resolve({ status, text: said === '' ? ended : unpacked(said) })
    })
  })
}

/** `100 Continue` comes before the answer. */
function lastHead(said: string): string {
  return said.startsWith('HTTP/1.1 100') ? said.slice(said.indexOf('\r\n\r\n') + 4) : said
}

function unpacked(said: string): string {
  const end = said.indexOf('\r\n\r\n') + 4
  if (!/content-encoding: gzip/i.test(said.slice(0, end))) return said
  try {
    return said.slice(0, end) + gunzipSync(Buffer.from(said.slice(end), 'latin1')).toString('latin1')
  } catch {
    return said
  }
}

function isEventStream(said: string): boolean {
  return /content-type: text\/event-stream/i.test(said)
}
