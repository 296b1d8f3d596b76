import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { fingerprint } from '../../../domain/fingerprint.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { visitOf } from '../../visit.ts'
import { readUntil } from '../../watching/read-until.ts'
import { readRun } from '../read-run.ts'
import { ownPath } from '../sign-in.ts'

/** `POST /runs/:id/mute` with `kind`, `for` and `until`: a warning of this run is known. */
export async function muteWarning(ctx: Context, house: House): Promise<void> {
  const run = await readRun(ctx, house)
  const form = await readForm(ctx.req, 16_384)
  const kind = form.get('kind') ?? ''
  const sample = run.firstWarnings.find((one) => fingerprint(one) === kind)
  if (sample === undefined) throw new Failure('invalid', text('failure.no-such-warning'), { field: 'kind' })
  const until = readUntil(form, visitOf(ctx))
  const warning = { kind, sample, until: until?.toISOString() ?? 'forever' }
  await house.actions.warnings.mute(run.jobId, warning, doerOf(ctx))
  done(ctx, ownPath(form.get('next') ?? `/jobs/${run.jobId}`), text('watching.muted.done'))
}

/** `POST /jobs/:id/unmute` with `kind`. */
export async function unmuteWarning(ctx: Context, house: House): Promise<void> {
  const jobId = String(ctx['params'].id)
  const form = await readForm(ctx.req, 16_384)
  await house.actions.warnings.unmute(jobId, form.get('kind') ?? '', doerOf(ctx))
  done(ctx, ownPath(form.get('next') ?? `/jobs/${jobId}`), text('watching.unmuted.done'))
}
