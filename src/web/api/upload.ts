import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import { readBody } from '../body.ts'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'

/**
 * `POST /api/upload`: where Duplicati sends its reports. 200 follows the fsync; anything but 2xx becomes a
 * warning on the user's own job there, so only what is no report at all is refused. A repeat is 200.
 */
export async function upload(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  if (!visit.local) await house.limits.upload(visit.address)
  const body = await readBody(ctx.req, house.settings.maxBodyBytes)
  const received = await house.actions.receiveReport({
    body,
    contentType: ctx.get('Content-Type') || null,
    sender: visit.address,
    tokenServerId: visit.token?.serverId ?? null,
  })
  ctx.body = received.duplicate ? { success: true, duplicate: true } : { success: true }
}

/**
 * Duplicati can be told to send with any verb, and a GET of its has a body too. Without one, as after a redirect or
 * in a browser, it is no report.
 */
export async function uploadByGet(ctx: Context, house: House): Promise<void> {
  const { headers } = ctx.req
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
  if (ctx.method === 'GET' && hasBody) return upload(ctx, house)
  const allowed = 'POST, PUT'
  throw new Failure('wrong-method', text('error.wrong-method', { method: ctx.method, allowed }))
}
