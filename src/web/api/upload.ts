import type { Context } from 'koa'
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
