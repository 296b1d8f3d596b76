import { parseInterval } from '../../domain/interval.ts'
import type { UserExpectation } from '../../domain/job.ts'
import { minutesOf } from '../../domain/maintenance-window.ts'
import { type Text, text } from '../../domain/text.ts'
import type { IntervalWish } from '../../domain/wish-of.ts'
import { isZone } from '../../domain/zone.ts'
import { ALL_DAYS } from './choices.ts'

/** What is wrong with the fields of a form, by their names. */
export type Faults = Map<string, Text>

/** Writes an expectation into a form; null inherits. The fields of an interval begin as `usual`. */
export function writeExpect(
  form: URLSearchParams,
  expect: UserExpectation | null,
  usual: IntervalWish | null,
): void {
  form.set('expect', expect?.kind ?? '')
  form.set('days', expect?.kind === 'within' ? String(expect.days) : '3')
  const interval = expect?.kind === 'interval' ? expect : usual
  const single = /^(\d+)([mhDWMY])$/.exec(interval?.interval ?? '1D')
  form.set('every', single?.[1] ?? interval?.interval ?? '')
  form.set('unit', single?.[2] ?? 'custom')
  form.set('time', interval?.timeOfDay ?? '')
  form.set('zone', interval?.zone ?? '')
  form.delete('weekday')
  const weekdays = interval === null || interval.weekdays.length === 0 ? ALL_DAYS : interval.weekdays
  for (const day of weekdays) form.append('weekday', String(day))
}

/** Reads an expectation from a form: undefined where it has none, null to inherit. Faults go into `faults`. */
export function readExpect(form: URLSearchParams, faults: Faults): UserExpectation | null | undefined {
  switch (form.get('expect')) {
    case null:
      return undefined
    case '':
      return null
    case 'manual':
      return { kind: 'manual' }
    case 'within':
      return readWithin(form, faults)
    case 'interval':
      return readInterval(form, faults)
    default:
      faults.set('expect', text('setting.fault.choice'))
      return undefined
  }
}

function readWithin(form: URLSearchParams, faults: Faults): UserExpectation {
  const days = Number((form.get('days') ?? '').trim() || Number.NaN)
  if (!(Number.isInteger(days) && days >= 1 && days <= 366))
    faults.set('days', text('setting.fault.number', { low: 1, high: 366 }))
  return { kind: 'within', days }
}

function readInterval(form: URLSearchParams, faults: Faults): UserExpectation {
  const every = (form.get('every') ?? '').trim()
  const unit = form.get('unit') ?? 'D'
  const interval = unit === 'custom' ? every : `${every}${unit}`
  const isNumber = unit === 'custom' || /^\d{1,6}$/.test(every)
  if (!isNumber) faults.set('every', text('watching.fault.every'))
  else if (parseInterval(interval) === null)
    faults.set(
      'every',
      every === '' || unit !== 'custom'
        ? text('watching.fault.every')
        : text('watching.fault.interval', { interval: every.slice(0, 60) }),
    )
  const time = (form.get('time') ?? '').trim()
  if (time !== '' && minutesOf(time) === null) faults.set('time', text('setting.fault.time'))
  const zone = (form.get('zone') ?? '').trim()
  if (zone !== '' && !isZone(zone))
    faults.set('zone', text('watching.fault.zone', { zone: zone.slice(0, 60) }))
  const weekdays = readWeekdays(form)
  return {
    kind: 'interval',
    interval,
    weekdays,
    timeOfDay: time === '' ? null : time,
    zone: zone === '' ? null : zone,
  }
}

/** Days that are checked, ascending; all or none means every day, which is written as none. */
export function readWeekdays(form: URLSearchParams): number[] {
  const days = ALL_DAYS.filter((day) => form.getAll('weekday').includes(String(day)))
  return days.length === 7 ? [] : days
}
