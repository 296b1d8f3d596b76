import type { Context } from 'koa'
import { text } from '../../../domain/text.ts'
import { actorOf } from '../../actor-of.ts'
import { readForm } from '../../body.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { readJob } from '../job.ts'

/** `POST /jobs/:id/run`: starts the job at its server, where that was switched on. */
export async function runJob(ctx: Context, house: House): Promise<void> {
  const { job } = readJob(ctx, house)
  await house.collecting.jobs.run(job.id, actorOf(ctx))
  done(ctx, `/jobs/${job.id}`, text('running.started', { job: job.name }))
}

/** `POST /jobs/:id/stop`: after the current file, or at once with `how=abort`. */
export async function stopJob(ctx: Context, house: House): Promise<void> {
  const { job } = readJob(ctx, house)
  const form = await readForm(ctx.req, 16_384)
  await house.collecting.jobs.stop(job.id, form.get('how') === 'abort' ? 'abort' : 'stop', actorOf(ctx))
  done(ctx, `/jobs/${job.id}`, text('running.stopping', { job: job.name }))
}
