import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { type Subject, subjectOf } from '../../../domain/override-changes.ts'
import { serverName } from '../../../domain/server.ts'
import { readTags } from '../../../domain/tags.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { visitOf } from '../../visit.ts'
import { readUntil } from '../../watching/read-until.ts'
import { ownPath } from '../sign-in.ts'

const LONGEST_NOTE = 2_000

/** `POST /jobs/:id/pause` with `for` and `until`: not watched until then. */
export const pauseJob = pauseOne('job')
/** `POST /servers/:id/pause`. */
export const pauseServer = pauseOne('server')
/** `POST /jobs/:id/resume`. */
export const resumeJob = resumeOne('job')
/** `POST /servers/:id/resume`. */
export const resumeServer = resumeOne('server')

/** `POST /jobs/:id/note` with `note` and `tags`. */
export async function noteJob(ctx: Context, house: House): Promise<void> {
  const id = String(ctx['params'].id)
  const form = await readForm(ctx.req, 65_536)
  const note = (form.get('note') ?? '').replaceAll('\r\n', '\n').trim()
  if (note.length > LONGEST_NOTE)
    throw new Failure('invalid', text('watching.fault.note', { most: LONGEST_NOTE }), { field: 'note' })
  const tags = form.get('tags')
  await house.actions.monitoring.about(
    id,
    { note, ...(tags === null ? {} : { tags: readTags(tags) }) },
    doerOf(ctx),
  )
  done(ctx, ownPath(form.get('next') ?? `/jobs/${id}`), text('settings.saved'))
}

/** `POST /jobs/:id/archive` with `do=archive` or `do=unarchive`. */
export async function archiveJob(ctx: Context, house: House): Promise<void> {
  const id = String(ctx['params'].id)
  const form = await readForm(ctx.req, 16_384)
  const isArchived = form.get('do') !== 'unarchive'
  await house.actions.monitoring.archive(id, isArchived, doerOf(ctx))
  await house.calendar.now('overdue')
  const name = nameOf(house, { kind: 'job', id })
  done(ctx, `/jobs/${id}`, text(isArchived ? 'servers.archived' : 'servers.unarchived', { name }))
}

function pauseOne(kind: Subject['kind']) {
  return async (ctx: Context, house: House): Promise<void> => {
    const subject: Subject = { kind, id: String(ctx['params'].id) }
    const name = nameOf(house, subject)
    const form = await readForm(ctx.req, 16_384)
    const until = readUntil(form, visitOf(ctx))
    await house.actions.monitoring.pause(subject, until?.toISOString() ?? 'forever', doerOf(ctx))
    // What was open is closed by the sweep, without a word: nobody wants to hear of what was paused on purpose.
    await house.calendar.now('overdue')
    const sentence =
      until === null
        ? text('watching.paused', { name })
        : text('watching.paused-until', { name, until: { at: until.toISOString(), as: 'moment' } })
    done(ctx, ownPath(form.get('next') ?? `/${kind}s/${subject.id}`), sentence)
  }
}

function resumeOne(kind: Subject['kind']) {
  return async (ctx: Context, house: House): Promise<void> => {
    const subject: Subject = { kind, id: String(ctx['params'].id) }
    const name = nameOf(house, subject)
    const form = await readForm(ctx.req, 16_384)
    await house.actions.monitoring.resume(subject, doerOf(ctx))
    done(ctx, ownPath(form.get('next') ?? `/${kind}s/${subject.id}`), text('watching.resumed', { name }))
  }
}

function nameOf(house: House, subject: Subject): string {
  const found = subjectOf(house.store.state(), subject)
  return 'serverId' in found ? found.name : serverName(found)
}
