import type { Context } from 'koa'
import { jobRow } from '../../domain/job-row.ts'
import { monitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective } from '../../domain/notice-policy.ts'
import { serverName } from '../../domain/server.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import type { House } from '../house.ts'
import { jobLine } from '../job-line.ts'
import { remoteActs } from '../servers/remote-acts.ts'
import { visitOf } from '../visit.ts'
import { readJob } from './job.ts'

/** `GET /jobs/:id/card`: what the detail card of a row shows. */
export function jobCard(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const { words } = visit
  const { job, server } = readJob(ctx, house)
  const state = house.store.state()
  const settings = monitoringSettings(state)
  const row = jobRow(job, server, state, settings, visit.now)
  const line = jobLine(row, visit)
  const last = row.lastRun
  const fact = (name: string, value: string) => ({ label: words.say(`page.card.${name}`), value })
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = house.view.render(visit, 'pages/job-card', {
    line,
    server: serverName(server),
    realName: server.alias === '' ? '' : server.name,
    note: job.note === '' ? server.note : job.note,
    because: words.say(row.standing.because),
    expected: job.expectation === null ? '' : words.say(job.expectation.because),
    facts: [
      fact('last', last === null ? words.say('page.never') : words.moment(last.at)),
      ...(last === null ? [] : [fact('result', words.say(`page.result.${last.result}`))]),
      fact('duration', words.duration(row.durationS)),
      fact('files', words.number(last?.sourceFiles ?? null)),
      fact('source', words.bytes(row.sourceBytes)),
      fact('stored', words.bytes(row.storedBytes)),
      fact('uploaded', words.bytes(last?.uploadedBytes ?? null)),
      fact('versions', words.number(row.versions)),
      fact('next', row.dueAt === null ? '–' : words.moment(row.dueAt)),
      fact('notify', words.say(`page.notify-on.${effective('notifyOn', job, server, settings).value}`)),
    ],
    duplicatiHref: duplicatiPage(server),
    monitoringHref: visit.isAdministrator ? visit.link(`/jobs/${job.id}/monitoring`) : '',
    remote: remoteActs(server, job, visit),
  })
}
