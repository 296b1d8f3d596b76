import type { Context } from 'koa'
import { type JobRow, jobRow } from '../../domain/job-row.ts'
import { monitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective } from '../../domain/notice-policy.ts'
import { serverName } from '../../domain/server.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import type { House } from '../house.ts'
import { jobLine } from '../job-line.ts'
import { remoteActs } from '../servers/remote-acts.ts'
import { type Visit, visitOf } from '../visit.ts'
import { type Delivery, lastAboutJob } from '../watching/deliveries.ts'
import { deliveryView } from '../watching/incident-view.ts'
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
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = house.view.render(visit, 'pages/job-card', {
    line,
    server: serverName(server),
    realName: server.alias === '' ? '' : server.name,
    note: job.note === '' ? server.note : job.note,
    because: words.say(row.standing.because),
    expected: job.expectation === null ? '' : words.say(job.expectation.because),
    figures: figures(row, house.store.history.countOfJob(job.id), visit),
    facts: [...lastRunFacts(row, visit), ...watchFacts(row, house, visit)],
    duplicatiHref: duplicatiPage(server),
    monitoringHref: visit.isAdministrator ? visit.link(`/jobs/${job.id}/monitoring`) : '',
    noticesHref: visit.isAdministrator
      ? `${visit.link('/settings/notifications', { edit: job.id })}#e-${job.id}`
      : '',
    remote: remoteActs(server, job, visit),
  })
}

interface Fact {
  readonly label: string
  readonly value: string
  readonly note?: string
}

function lastRunFacts({ lastRun }: JobRow, { words, now }: Visit): Fact[] {
  const label = words.say('page.card.last')
  if (lastRun === null) return [{ label, value: words.say('page.never') }]
  return [{ label, value: words.moment(lastRun.at), note: words.brief(lastRun.at, now) }]
}

/** What the last run came to. */
function figures(row: JobRow, runs: number, { words }: Visit): Fact[] {
  const { lastRun } = row
  if (lastRun === null) return []
  const fact = (name: string, value: string) => ({ label: words.say(`page.card.${name}`), value })
  return [
    fact('result', words.say(`page.result.${lastRun.result}`)),
    fact('runs', words.number(runs)),
    fact('warnings', words.number(lastRun.warnings)),
    fact('errors', words.number(lastRun.errors)),
    fact('duration', words.duration(row.durationS)),
    fact('files', words.number(lastRun.sourceFiles)),
    fact('source', words.bytes(row.sourceBytes)),
    fact('stored', words.bytes(row.storedBytes)),
    fact('uploaded', words.bytes(lastRun.uploadedBytes)),
    fact('versions', words.number(row.versions)),
  ]
}

/** When it is expected, when somebody last looked whether it came, who hears of it and when somebody last did. */
function watchFacts({ job, server, dueAt, standing }: JobRow, house: House, visit: Visit): Fact[] {
  const { words, now } = visit
  const state = house.store.state()
  const label = (name: string) => words.say(`page.card.${name}`)
  const at = (name: string, moment: string | null, none: string): Fact =>
    moment === null
      ? { label: label(name), value: none }
      : { label: label(name), value: words.moment(moment), note: words.brief(moment, now) }
  const isPast = dueAt !== null && dueAt <= now.toISOString()
  const told = lastAboutJob(state, job.id)
  const { value: tellsAbout } = effective('notifyOn', job, server, monitoringSettings(state))
  return [
    at(isPast ? 'expected' : 'next', dueAt, '–'),
    ...(standing.state === 'overdue' && job.expectation !== null
      ? [at('overdue', job.expectation.overdueAt, '–')]
      : []),
    at('checked', house.calendar.outcomes()['overdue']?.finishedAt ?? null, label('not-yet')),
    { label: label('notify'), value: words.say(`page.notify-on.${tellsAbout}`) },
    told === null
      ? { label: label('told'), value: label('told-nobody') }
      : { ...at('told', told.at, ''), note: deliveryNote(told, visit) },
  ]
}

function deliveryNote(told: Delivery, visit: Visit): string {
  const { receiver, shape } = deliveryView(told, visit)
  return `${receiver}, ${shape.label}`
}
