import { createGzip } from 'node:zlib'
import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { visitOf } from '../../visit.ts'

const PAGE = '/settings/database'

/** `POST /settings/database/check`: reads every line and log again, in the background. */
export function beginCheck(ctx: Context, house: House): void {
  house.care.beginCheck(doerOf(ctx).who)
  done(ctx, `${PAGE}#work`)
}

/** `POST /settings/database/compact`. */
export function beginCompaction(ctx: Context, house: House): void {
  house.care.beginCompaction(doerOf(ctx).who)
  done(ctx, `${PAGE}#work`)
}

/** `GET /settings/database/archive`: everything as it stands now, while it is being used. */
export async function downloadArchive(ctx: Context, house: House): Promise<void> {
  const stamp = visitOf(ctx).now.toISOString().slice(0, 19).replace(/:/g, '-')
  await house.actions.audit({ action: 'care.download', ...doerOf(ctx), result: 'done' })
  ctx.attachment(`duplistatus-${stamp}Z.tar.gz`)
  ctx.type = 'application/gzip'
  ctx.set('Cache-Control', 'no-store')
  const tar = house.care.archive()
  const gzip = createGzip()
  tar.once('error', (error) => gzip.destroy(error))
  gzip.once('close', () => tar.destroy())
  ctx.body = tar.pipe(gzip)
}

/** `POST /settings/database/copy`: a copy like the nightly one, now. */
export async function copyNow(ctx: Context, house: House): Promise<void> {
  const made = await house.care.makeCopy()
  await house.actions.audit({ action: 'care.copy', ...doerOf(ctx), result: 'done', target: made.name })
  done(ctx, `${PAGE}#copies`, text('care.copy.made', { name: made.name, size: { bytes: made.bytes } }))
}

/** `GET /settings/database/copies/:name`. */
export function downloadCopy(ctx: Context, house: House): void {
  const name = String(ctx['params'].name)
  const copy = house.care.openCopy(name)
  if (copy === null) throw new Failure('not-found', text('error.no-such-page'))
  ctx.attachment(name)
  ctx.type = 'application/gzip'
  ctx.body = copy
}

/** `POST /settings/database/trash/:id/undo`. */
export async function undoRemoval(ctx: Context, house: House): Promise<void> {
  const by = { ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator }
  const item = await house.care.undo(String(ctx['params'].id), by)
  done(ctx, `${PAGE}#trash`, text('care.undone', { label: item.label }))
}
