import type { Context } from 'koa'
import { readBody } from '../body.ts'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'

/** Live status posts are small: 20 log lines and some figures. */
const LIMIT_BYTES = 512 * 1024

/**
 * `POST /api/live`: where Duplicati 2.3.1 and later tells what is going on (`http-report-status-url`). Always 200
 * for what is a live status, also of jobs that we do not know yet: a refusal would be a warning on the user's job.
 */
export async function live(ctx: Context, house: House): Promise<void> {
  const body = await readBody(ctx.req, LIMIT_BYTES)
  const jobId = await house.actions.receiveLiveStatus(body, visitOf(ctx).address)
  ctx.body = { success: true, known: jobId !== null }
}
