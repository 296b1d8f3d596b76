import type { Context } from 'koa'
import type { Scope } from '../../../actions/care/scope.ts'
import { Failure } from '../../../domain/failure.ts'
import { runNo } from '../../../domain/run.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

/** `GET /settings/database/clean?what=age|run|job-runs|job|server|everything&days&id`: what would go. */
export function cleanPage(ctx: Context, house: House): void {
  const query = single(ctx.query)
  const { words } = visitOf(ctx)
  const scope = scopeOf(query['what'] ?? '', query)
  const selection = house.care.select(scope)
  const state = house.store.state()
  const names = [...selection.removal.jobs].flatMap((id) => state.jobs[id]?.name ?? [])
  sendSettings(ctx, house, 'database', 'pages/care/clean', {
    label: words.say(selection.label),
    runs: selection.removal.runs.size,
    logs: selection.logs,
    jobs: names.length,
    jobNames: words.list(names.slice(0, 10)),
    servers: selection.removal.servers.size,
    oldest: selection.oldestMs === null ? '' : words.moment(new Date(selection.oldestMs)),
    newest: selection.newestMs === null ? '' : words.moment(new Date(selection.newestMs)),
    isNothing:
      selection.removal.runs.size + selection.removal.jobs.size + selection.removal.servers.size === 0,
    fields: { what: query['what'] ?? '', days: query['days'] ?? '', id: query['id'] ?? '' },
  })
}

/** `POST /settings/database/clean`: puts it into the trash. */
export async function clean(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 4096)
  const scope = scopeOf(form.get('what') ?? '', { days: form.get('days') ?? '', id: form.get('id') ?? '' })
  const by = { ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator }
  const gone = await house.care.remove(scope, by)
  done(
    ctx,
    '/settings/database#trash',
    text('care.removed', { label: gone.label, runs: gone.removal.runs.size }),
  )
}

function scopeOf(what: string, given: Readonly<Record<string, string>>): Scope {
  const id = given['id'] ?? ''
  switch (what) {
    case 'age':
      return { kind: 'age', days: Number(given['days'] ?? '') }
    case 'run':
      return { kind: 'run', no: runNo(id) ?? -1 }
    case 'job':
    case 'job-runs':
      return { kind: what, jobId: id }
    case 'server':
      return { kind: 'server', serverId: id }
    case 'everything':
      return { kind: 'everything' }
    default:
      throw new Failure('invalid', text('error.no-such-verb'))
  }
}
