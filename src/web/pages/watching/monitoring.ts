import type { Context } from 'koa'
import type { Subject } from '../../../domain/override-changes.ts'
import { text } from '../../../domain/text.ts'
import { readForm as readBodyForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { fieldValue } from '../../settings/field.ts'
import type { Reading } from '../../settings/form.ts'
import { readForm, rowsOf } from '../../settings/form.ts'
import { saveReading, sendSettings } from '../../settings/form-page.ts'
import { MONITORING } from '../../settings/monitoring-fields.ts'
import { zones } from '../../settings/zones.ts'
import type { Visit } from '../../visit.ts'
import { visitOf } from '../../visit.ts'
import { choicesOf, REPEATS, repeatText, TOLERANCES, toleranceText } from '../../watching/choices.ts'
import { writeRepeat, writeTolerance } from '../../watching/override-form.ts'
import { type Editing, overrideView } from '../../watching/override-view.ts'
import { sendWatchCsv } from '../../watching/watch-csv.ts'
import { type WatchGroup, watchGroups } from '../../watching/watch-lines.ts'
import { type Bulk, bulkView, setForMany } from './bulk.ts'

const PATH = '/settings/monitoring'

/** What is shown beside the stored values: what somebody typed and why it was not saved. */
export interface MonitoringShown {
  readonly editing?: Editing
  readonly all?: { readonly form: URLSearchParams; readonly reading: Reading }
  readonly bulk?: Bulk
}

/** `GET /settings/monitoring?q=&edit=`: what holds for all jobs, and each job with its expectation. */
export function monitoringPage(ctx: Context, house: House): void {
  showMonitoring(ctx, house, {})
}

/** `GET /settings/monitoring/jobs.csv`: the table as a file. */
export function monitoringCsv(ctx: Context, house: House): void {
  sendWatchCsv(ctx, house.store.state(), visitOf(ctx))
}

/** `POST /settings/monitoring`: what holds for all jobs. */
export async function saveMonitoring(ctx: Context, house: House): Promise<void> {
  const form = await readBodyForm(ctx.req, 65_536)
  const tolerance = form.get('tolerance') ?? ''
  form.set(
    'monitoring.tolerance_minutes',
    (tolerance === 'other' ? form.get('tolerance_minutes') : tolerance) ?? '',
  )
  const repeat = form.get('repeat') ?? ''
  form.set('monitoring.repeat', repeat === 'hours' ? `${(form.get('repeat_hours') ?? '').trim()}h` : repeat)
  const reading = readForm(MONITORING, house, form)
  if (!reading.isGood) {
    ctx.status = 422
    return showMonitoring(ctx, house, { all: { form, reading } })
  }
  const section = { name: 'monitoring', group: 'watching', icon: 'clock', who: 'viewer' } as const
  await saveReading(ctx, house, { ...section, fields: MONITORING }, reading)
  await house.actions.monitoring.refresh()
  done(ctx, PATH, text('settings.saved'))
}

/** `POST /settings/monitoring/check`: judges all jobs now and says what was found. */
export async function checkNow(ctx: Context, house: House): Promise<void> {
  await house.calendar.now('overdue')
  const { jobs, incidents, notices } = house.store.state()
  const silent = Object.values(incidents).filter(
    (one) => one.cause === 'overdue' || one.cause === 'server-silent',
  )
  const overdue = silent.reduce((count, one) => count + Math.max(1, one.jobIds.length), 0)
  const owed = Object.values(notices).filter((one) => one.state === 'owed').length
  const watched = Object.values(jobs).filter((job) => job.archivedAt === null).length
  done(ctx, PATH, text('watching.checked', { jobs: watched, overdue, owed }))
}

/** `POST /settings/monitoring/reset`: what is open is told anew. */
export async function resetTold(ctx: Context, house: House): Promise<void> {
  await house.actions.incidents.reset(doerOf(ctx))
  await house.calendar.now('overdue')
  done(ctx, PATH, text('watching.reset-done'))
}

/** `POST /settings/monitoring/bulk`: the same for all checked jobs. */
export function monitoringBulk(ctx: Context, house: House): Promise<void> {
  return setForMany(ctx, house, (bulk) => showMonitoring(ctx, house, { bulk }))
}

export function showMonitoring(ctx: Context, house: House, shown: MonitoringShown): void {
  const visit = visitOf(ctx)
  const state = house.store.state()
  const query = single(ctx.query)
  const q = query['q'] ?? ''
  const editing = shown.editing ?? (visit.isAdministrator ? asked(query['edit'], house) : null)
  const groups = filtered(watchGroups(state, visit), q)
  const back = visit.link('', { q }).slice(visit.base.length)
  sendSettings(ctx, house, 'monitoring', 'pages/watching/monitoring', {
    all: allView(house, visit, shown.all),
    groups,
    isEmpty: groups.length === 0,
    query: { q },
    count: groups.reduce((sum, group) => sum + group.lines.length, 0),
    path: PATH,
    next: `${PATH}${back}`,
    editing:
      editing === null ? null : overrideView(editing, house, visit, `${PATH}${back}#r-${editing.subject.id}`),
    bulk: bulkView(shown.bulk ?? null, visit),
  })
}

/** The job or server that `?edit=` names; null for none. */
export function asked(id: string | undefined, house: House): Editing | null {
  const { jobs, servers } = house.store.state()
  const kind: Subject['kind'] | null =
    id === undefined ? null : Object.hasOwn(jobs, id) ? 'job' : Object.hasOwn(servers, id) ? 'server' : null
  return id === undefined || kind === null
    ? null
    : { subject: { kind, id }, form: null, faults: new Map(), said: new Map() }
}

/** A server that is found by its own words keeps all its jobs. */
export function filtered<L extends { readonly find: string }>(
  groups: readonly (Omit<WatchGroup, 'lines'> & { readonly lines: readonly L[] })[],
  q: string,
) {
  const wanted = q.trim().toLowerCase()
  if (wanted === '') return groups
  return groups
    .map((group) =>
      group.find.toLowerCase().includes(wanted)
        ? group
        : { ...group, lines: group.lines.filter((line) => line.find.toLowerCase().includes(wanted)) },
    )
    .filter((group) => group.lines.length > 0)
}

function allView(house: House, visit: Visit, failed: MonitoringShown['all']) {
  const state = house.store.state()
  const { words } = visit
  const form = failed?.form ?? new URLSearchParams()
  const stored = (key: string) => {
    const field = MONITORING.find((one) => one.key === key)
    return field === undefined ? null : fieldValue(field, state)
  }
  if (failed === undefined) {
    writeTolerance(form, Number(stored('monitoring.tolerance_minutes')))
    writeRepeat(form, String(stored('monitoring.repeat')))
  }
  const rows = rowsOf(MONITORING, house, visit, failed?.reading.failed)
  const value = (name: string) => form.get(name) ?? ''
  return {
    rows: Object.fromEntries(rows.map((row) => [row.key.replace('monitoring.', ''), row])),
    hasFaults: failed !== undefined,
    tolerance: choicesOf([...TOLERANCES.map(String), 'other'], value('tolerance'), (one) =>
      one === 'other' ? words.say('watching.other') : toleranceText(Number(one), words),
    ),
    toleranceMinutes: value('tolerance_minutes'),
    repeat: choicesOf([...REPEATS, 'hours'], value('repeat'), (one) =>
      one === 'hours' ? words.say('watching.every-hours') : repeatText(one, words),
    ),
    repeatHours: value('repeat_hours'),
    zones: zones(),
    zone: house.settings.zone,
  }
}
