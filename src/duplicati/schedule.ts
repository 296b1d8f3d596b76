import type { DuplicatiSchedule } from '../domain/job.ts'
import { momentOf, type Part, stringOf } from './remote-parts.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * The schedule of a job. Duplicati has no switch for "off": no schedule, or one without an interval, means by
 * hand. `Time` is written only when a scheduled run ends; `planned` is what its scheduler means to do next.
 */
export function readSchedule(
  schedule: Part | null,
  known: { readonly zone: string | null; readonly planned: string | null; readonly now: Date },
): DuplicatiSchedule {
  const repeat = stringOf(schedule, 'Repeat', 100)
  return {
    repeat,
    time: repeat === null ? null : (known.planned ?? momentOf(schedule, 'Time')),
    weekdays: repeat === null ? [] : weekdaysOf(schedule),
    zone: known.zone,
    readAt: known.now.toISOString(),
  }
}

/** `AllowedDays` is `["mon","tue"]`; versions without it say `AllowedWeekDays=Monday,Tuesday` in `Rule`. */
function weekdaysOf(schedule: Part | null): readonly number[] {
  const listed: unknown = schedule?.['AllowedDays']
  const rule = /AllowedWeekDays=([A-Za-z,\s]+)/.exec(stringOf(schedule, 'Rule') ?? '')?.[1]
  const names: readonly unknown[] = Array.isArray(listed) ? listed : (rule?.split(',') ?? [])
  const days = names.map((name) =>
    typeof name === 'string' ? DAYS.indexOf(name.trim().slice(0, 3).toLowerCase()) : -1,
  )
  return [...new Set(days.filter((day) => day >= 0))].sort((a, b) => a - b)
}
