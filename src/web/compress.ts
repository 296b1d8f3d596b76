import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context, Next } from 'koa'

const pack = promisify(gzip)
/** Below this a packed body is hardly smaller. */
const LEAST_BYTES = 1024
const LEVEL = 4

/** Packs texts and JSON for whoever takes gzip. Streams, files that are packed already and events go as they are. */
export async function compress(ctx: Context, next: Next): Promise<void> {
  await next()
  const body = bodyBytes(ctx)
  if (body === null) return
  ctx.body = body
  if (body.length < LEAST_BYTES || ctx.res.hasHeader('Content-Encoding')) return
  ctx.vary('Accept-Encoding')
  if (ctx.method === 'HEAD' || ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return
  const type = String(ctx.res.getHeader('Content-Type') ?? '')
  ctx.body = await pack(body, { level: LEVEL })
  ctx.set('Content-Type', type)
  ctx.set('Content-Encoding', 'gzip')
}

/** The body as bytes where it is a text or JSON; null for everything else, and for what is too short to be packed. */
function bodyBytes(ctx: Context): Buffer | null {
  const { body } = ctx
  if (typeof body === 'string') return Buffer.from(body)
  if (Buffer.isBuffer(body)) return /^(text\/|application\/(json|xml))/.test(ctx.response.type) ? body : null
  const isJson =
    body !== null && typeof body === 'object' && typeof (body as { pipe?: unknown }).pipe !== 'function'
  if (!isJson || body instanceof Uint8Array) return null
  ctx.type = 'json'
  const json = JSON.stringify(body)
  if (json.length >= LEAST_BYTES) return Buffer.from(json)
  // Node writes a short text together with the headers, in one go.
  ctx.body = json
  return null
}
