import type { IncomingMessage } from 'node:http'
import { createGunzip, createInflate } from 'node:zlib'
import getRawBody from 'raw-body'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/**
 * The whole body, unpacked, at most `limitBytes` long in both forms. Throws Failure: `too-large`, or `invalid`
 * where it ends early or cannot be unpacked.
 */
export async function readBody(req: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase()
  const length = Number(req.headers['content-length'] ?? 0)
  if (length > limitBytes) {
    await letFinish(req)
    throw tooLarge(limitBytes)
  }
  const unpack =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : null
  if (unpack === null && encoding !== 'identity' && encoding !== '')
    throw new Failure('invalid', text('body.encoding', { encoding: encoding.slice(0, 40) }))
  const stream = unpack === null ? req : req.pipe(unpack)
  if (unpack !== null)
    req.once('error', (error) => unpack.destroy(error)).once('aborted', () => unpack.destroy())
  try {
    return await getRawBody(stream, { limit: limitBytes })
  } catch (error) {
    const type = (error as { type?: string }).type
    if (type === 'entity.too.large') {
      if (unpack === null) await letFinish(req)
      throw tooLarge(limitBytes)
    }
    throw new Failure('invalid', text(unpack === null ? 'body.cut' : 'body.unpack'), { cause: error })
  }
}

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
