import { type MaintenanceWindow, minutesOf } from '../../domain/maintenance-window.ts'
import { ms } from '../../domain/moment.ts'
import type { State } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'
import { isZone, wallOf } from '../../domain/zone.ts'
import { ALL_DAYS } from './choices.ts'
import { type Faults, readWeekdays } from './expect-form.ts'
import { readLocal } from './read-until.ts'

/** A maintenance window as the values of a form; null for a new one. Moments in the zone of the reader. */
export function windowForm(window: MaintenanceWindow | null, zone: string): URLSearchParams {
  const form = new URLSearchParams()
  form.set('name', window?.name ?? '')
  form.set('subject', window?.jobId ?? window?.serverId ?? '')
  form.set('kind', window?.kind ?? 'weekly')
  const weekly = window?.kind === 'weekly' ? window : null
  const once = window?.kind === 'once' ? window : null
  form.set('from', weekly?.from ?? '')
  form.set('to', weekly?.to ?? '')
  form.set('zone', weekly?.zone ?? '')
  const days = weekly === null || weekly.weekdays.length === 0 ? ALL_DAYS : weekly.weekdays
  for (const day of days) form.append('weekday', String(day))
  form.set('begin', once === null ? '' : local(once.from, zone))
  form.set('end', once === null ? '' : local(once.to, zone))
  return form
}

/** Reads a window from a form; what is wrong stands in `faults`, and then the window is not to be used. */
export function readWindow(
  form: URLSearchParams,
  id: string,
  state: State,
  zone: string,
): { window: MaintenanceWindow; faults: Faults } {
  const faults: Faults = new Map()
  const name = (form.get('name') ?? '').trim()
  if (name === '' || name.length > 100) faults.set('name', text('maintenance.fault.name'))
  const chosen = form.get('subject') ?? ''
  const job = Object.hasOwn(state.jobs, chosen) ? state.jobs[chosen] : undefined
  const isServer = Object.hasOwn(state.servers, chosen)
  if (chosen !== '' && job === undefined && !isServer)
    faults.set('subject', text('maintenance.fault.subject'))
  const subject = {
    id,
    name,
    serverId: job?.serverId ?? (isServer ? chosen : null),
    jobId: job?.id ?? null,
  }
  const times = form.get('kind') === 'once' ? readOnce(form, zone, faults) : readWeekly(form, faults)
  return { window: { ...subject, ...times }, faults }
}

function readWeekly(form: URLSearchParams, faults: Faults) {
  const from = (form.get('from') ?? '').trim()
  const to = (form.get('to') ?? '').trim()
  if (minutesOf(from) === null) faults.set('from', text('setting.fault.time'))
  if (minutesOf(to) === null) faults.set('to', text('setting.fault.time'))
  const typed = (form.get('zone') ?? '').trim()
  if (typed !== '' && !isZone(typed))
    faults.set('zone', text('watching.fault.zone', { zone: typed.slice(0, 60) }))
  const zone = typed === '' ? null : typed
  return { kind: 'weekly', weekdays: readWeekdays(form), from, to, zone } as const
}

function readOnce(form: URLSearchParams, zone: string, faults: Faults) {
  const begin = readLocal(form.get('begin') ?? '', zone)
  const end = readLocal(form.get('end') ?? '', zone)
  if (begin === null) faults.set('begin', text('maintenance.fault.moment'))
  if (end === null) faults.set('end', text('maintenance.fault.moment'))
  else if (begin !== null && end <= begin) faults.set('end', text('maintenance.fault.order'))
  return { kind: 'once', from: begin?.toISOString() ?? '', to: end?.toISOString() ?? '' } as const
}

/** As `<input type=datetime-local>` has it. */
function local(iso: string, zone: string): string {
  return new Date(wallOf(ms(iso), zone)).toISOString().slice(0, 16)
}
