import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { windowNamed } from '../../../domain/keep-windows.ts'
import { endOfWindow, type MaintenanceWindow } from '../../../domain/maintenance-window.ts'
import { iso, ms } from '../../../domain/moment.ts'
import { monitoringSettings } from '../../../domain/monitoring-settings.ts'
import { serverName } from '../../../domain/server.ts'
import type { State } from '../../../domain/state.ts'
import { type Text, text } from '../../../domain/text.ts'
import { newId } from '../../../kit/ids.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import type { Visit } from '../../visit.ts'
import { visitOf } from '../../visit.ts'
import { choicesOf, dayChips } from '../../watching/choices.ts'
import { inWords } from '../../watching/override-view.ts'
import { watchGroups } from '../../watching/watch-lines.ts'
import { readWindow, windowForm } from '../../watching/window-form.ts'
import { windowWhen } from '../../watching/window-when.ts'

const PATH = '/settings/maintenance'
const NEW = 'new'

/** `GET /settings/maintenance?edit=`: times in which nothing is said. */
export function maintenancePage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const edit = single(ctx.query)['edit'] ?? ''
  const { windows } = monitoringSettings(house.store.state())
  const window = windows.find((one) => one.id === edit) ?? null
  render(ctx, house, {
    id: window?.id ?? NEW,
    form: windowForm(window, visit.reader.zone),
    faults: new Map(),
    isOpen: window !== null || windows.length === 0,
  })
}

/** `POST /settings/maintenance/:id`; `new` for a new one, with `do=remove` it goes. */
export async function saveMaintenance(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const state = house.store.state()
  const id = String(ctx['params'].id)
  const form = await readForm(ctx.req, 65_536)
  if (form.get('do') === 'remove') {
    const { name } = windowNamed(state, id)
    await house.actions.monitoring.removeWindow(id, doerOf(ctx))
    return done(ctx, PATH, text('maintenance.removed', { name }))
  }
  if (id !== NEW) windowNamed(state, id)
  const { window, faults } = readWindow(form, id === NEW ? newId('win') : id, state, visit.reader.zone)
  if (faults.size > 0) {
    ctx.status = 422
    return render(ctx, house, { id, form, faults, isOpen: true })
  }
  try {
    await house.actions.monitoring.saveWindow(window, doerOf(ctx))
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'conflict') throw error
    ctx.status = 422
    return render(ctx, house, { id, form, faults: new Map([['name', error.text]]), isOpen: true })
  }
  done(ctx, PATH, text('maintenance.saved', { name: window.name }))
}

interface Shown {
  readonly id: string
  readonly form: URLSearchParams
  readonly faults: ReadonlyMap<string, Text>
  readonly isOpen: boolean
}

function render(ctx: Context, house: House, shown: Shown): void {
  const visit = visitOf(ctx)
  const { words } = visit
  const state = house.store.state()
  const { form } = shown
  const subjects = [
    { value: '', label: words.say('maintenance.everything') },
    ...watchGroups(state, visit).flatMap((group) => [
      { value: group.id, label: words.say('maintenance.all-of', { server: group.name }) },
      ...group.lines.map((line) => ({
        value: line.id,
        label: words.say('maintenance.one-of', { job: line.name, server: group.name }),
      })),
    ]),
  ]
  const names = ['name', 'from', 'to', 'zone', 'begin', 'end']
  sendSettings(ctx, house, 'maintenance', 'pages/watching/maintenance', {
    windows: monitoringSettings(state).windows.map((window) => windowLine(window, state, visit)),
    editing: {
      id: shown.id,
      isNew: shown.id === NEW,
      isOpen: shown.isOpen,
      action: visit.link(`${PATH}/${shown.id}`),
      values: Object.fromEntries(names.map((name) => [name, form.get(name) ?? ''])),
      kinds: choicesOf(['weekly', 'once'], form.get('kind') ?? 'weekly', (kind) =>
        words.say(`maintenance.kind.${kind}`),
      ),
      subjects: subjects.map((one) => ({ ...one, isChosen: one.value === (form.get('subject') ?? '') })),
      days: dayChips(form.getAll('weekday').map(Number), words),
      faults: inWords(shown.faults, words),
      zone: monitoringSettings(state).zone ?? house.settings.zone,
      readerZone: visit.reader.zone,
    },
    path: PATH,
  })
}

function windowLine(window: MaintenanceWindow, state: State, visit: Visit) {
  const { words, now } = visit
  const zone = monitoringSettings(state).zone
  const end = endOfWindow(window, now.getTime(), zone)
  const isPast = window.kind === 'once' && ms(window.to) <= now.getTime()
  return {
    id: window.id,
    name: window.name,
    subject: subjectText(window, state, visit),
    when: windowWhen(window, words),
    isNow: end !== null,
    state:
      end !== null
        ? words.say('maintenance.now', { until: { at: iso(end), as: 'moment' } })
        : words.say(isPast ? 'maintenance.past' : 'maintenance.waiting'),
  }
}

function subjectText(window: MaintenanceWindow, state: State, { words }: Visit): string {
  const job = window.jobId === null ? undefined : state.jobs[window.jobId]
  const server = window.serverId === null ? undefined : state.servers[window.serverId]
  if (window.jobId === null && window.serverId === null) return words.say('maintenance.everything')
  if (window.jobId !== null && job === undefined) return words.say('maintenance.gone-subject')
  if (server === undefined) return words.say('maintenance.gone-subject')
  return job === undefined
    ? words.say('maintenance.all-of', { server: serverName(server) })
    : words.say('maintenance.one-of', { job: job.name, server: serverName(server) })
}
