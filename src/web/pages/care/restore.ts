import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { formParts } from '../../multipart.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

const PAGE = '/settings/database/restore'

/** `POST /settings/database/restore` with a file: unpacks and checks it; nothing is replaced yet. */
export async function uploadArchive(ctx: Context, house: House): Promise<void> {
  ctx.req.socket.setTimeout(0)
  for await (const part of formParts(ctx.req)) {
    if (part.filename === null || part.filename === '') continue
    await house.care.stage(Readable.from(part.body, { objectMode: false }))
    done(ctx, PAGE)
    return
  }
  throw new Failure('invalid', text('care.restore.no-file'))
}

/** `POST /settings/database/copies/:name/restore`: the same, with a copy that was kept here. */
export async function chooseCopy(ctx: Context, house: House): Promise<void> {
  const copy = house.care.openCopy(String(ctx['params'].name))
  if (copy === null) throw new Failure('not-found', text('error.no-such-page'))
  await house.care.stage(copy)
  done(ctx, PAGE)
}

/** `GET /settings/database/restore`: what is in the archive, and the question. */
export function restorePage(ctx: Context, house: House): void {
  const staged = house.care.staged()
  if (staged === null) {
    done(ctx, '/settings/database')
    return
  }
  const { words } = visitOf(ctx)
  const row = (name: string, value: string) => ({ label: words.say(`care.staged.${name}`), value })
  sendSettings(ctx, house, 'database', 'pages/care/restore', {
    isOwn: staged.isOwn,
    damaged: staged.damaged,
    facts: [
      row('servers', words.number(staged.servers)),
      row('jobs', words.number(staged.jobs)),
      row('runs', words.number(staged.runs)),
      row('logs', words.number(staged.logs)),
      row('oldest', staged.oldest === null ? '–' : words.moment(staged.oldest)),
      row('newest', staged.newest === null ? '–' : words.moment(staged.newest)),
      row('users', words.list(staged.users.slice(0, 20))),
    ],
  })
}

/** `POST /settings/database/restore/agree`. */
export async function agreeRestore(ctx: Context, house: House): Promise<void> {
  const when = await house.care.restore({ ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator })
  sendSettings(ctx, house, 'database', 'pages/care/restoring', { when })
}

/** `POST /settings/database/restore/discard`. */
export async function discardRestore(ctx: Context, house: House): Promise<void> {
  await house.care.discard()
  done(ctx, '/settings/database', text('care.restore.discarded'))
}
