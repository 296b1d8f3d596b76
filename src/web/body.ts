import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import getRawBody from 'raw-body'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/**
 * The whole body, unpacked, at most `limitBytes` long in both forms. Throws Failure: `too-large`, or `invalid`
 * where it ends early or cannot be unpacked.
 */
export async function readBody(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const packings = packingsOf(req)
  if (Number(req.headers['content-length'] ?? 0) > limitBytes) {
    await letFinish(req)
    throw tooLarge(limitBytes)
  }
  let body = await readAll(req, limitBytes)
  for (const packing of packings) body = await unpack(body, packing, limitBytes)
  return body
}

type Packing = 'gzip' | 'deflate' | 'br'

/** Two, one around the other, are more than anybody sends; each costs as much as a body may be long. */
const MOST_PACKINGS = 2

/** How the body is packed, the outermost first. */
function packingsOf(req: IncomingMessage): Packing[] {
  const header = (req.headers['content-encoding'] ?? '').toLowerCase()
  const words = header.split(',').map((word) => word.trim().replace(/^x-/, ''))
  const named = words.filter((word) => word !== '' && word !== 'identity').reverse()
  if (!named.every(isPacking) || named.length > MOST_PACKINGS)
    throw new Failure('invalid', text('body.encoding', { encoding: header.slice(0, 40) }))
  return named
}

function isPacking(word: string): word is Packing {
  return word === 'gzip' || word === 'deflate' || word === 'br'
}

async function readAll(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(req, { limit: limitBytes })
  } catch (error) {
    if ((error as { type?: string }).type !== 'entity.too.large')
      throw new Failure('invalid', text('body.cut'), { cause: error })
    await letFinish(req)
    throw tooLarge(limitBytes)
  }
}

async function unpack(body: Buffer, packing: Packing, limitBytes: number): Promise<Buffer> {
  if (body.length === 0) return body
  try {
    return await UNPACK[packing](body, { maxOutputLength: limitBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limitBytes)
    throw new Failure('invalid', text('body.unpack'), { cause: error })
  }
}

type Unpack = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const UNPACK: Readonly<Record<Packing, Unpack>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
  // Half of those who say `deflate` leave out the two bytes of zlib around it.
  deflate: (body, options) => ((body[0] ?? 0) % 16 === 8 ? zlibbed(body, options) : bare(body, options)),
}
const zlibbed = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)
const bare = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw)

const PATIENCE_MS = 15_000

/** Throws away what still comes, for a while: a sender that is cut off in the middle never reads why. */
function letFinish(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(patience)
      resolve()
    }
    const patience = setTimeout(done, PATIENCE_MS)
    req.once('end', done).once('close', done).once('error', done).resume()
  })
}

/** Fields of a form post; a field that comes several times keeps all its values. */
export async function readForm(req: IncomingMessage, limitBytes = 1024 * 1024): Promise<URLSearchParams> {
  const body = await readBody(req, limitBytes)
  return new URLSearchParams(body.toString('utf8'))
}

function tooLarge(limitBytes: number): Failure {
  return new Failure('too-large', text('body.too-large', { limit: { bytes: limitBytes } }))
}
