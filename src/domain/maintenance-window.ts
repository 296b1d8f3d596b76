import { DAY, MINUTE, ms } from './moment.ts'
import { dayOf, minuteOf, utcOf, wallOf, weekdayOf } from './zone.ts'

/**
 * A time in which nothing is said: of one job, of one server (`jobId` null), or of everything (both null).
 * Weekly ones begin at `from` on each of `weekdays` (0 = Sunday; empty means every day) and end at `to`, on the
 * next day where `to` is not later than `from`. Once ones lie between two ISO moments.
 */
export type MaintenanceWindow = {
  readonly id: string
  readonly name: string
  readonly serverId: string | null
  readonly jobId: string | null
} & (
  | {
      readonly kind: 'weekly'
      readonly weekdays: readonly number[]
      readonly from: string
      readonly to: string
      readonly zone: string | null
    }
  | { readonly kind: 'once'; readonly from: string; readonly to: string }
)

/** Hours of the day in which notices wait. `HH:MM`; over midnight where `to` is not later than `from`. */
export interface QuietHours {
  readonly from: string
  readonly to: string
}

/** Whether notices about a job (or, with `jobId` null, about its whole server) are held back at a moment. */
export function inMaintenance(
  windows: readonly MaintenanceWindow[],
  subject: { serverId: string; jobId: string | null },
  nowMs: number,
  zone: string | null,
): boolean {
  return windows.some((window) => covers(window, subject) && endOfWindow(window, nowMs, zone) !== null)
}

/** When the last of the windows that hold for a subject at a moment ends; null where none holds. */
export function endOfMaintenance(
  windows: readonly MaintenanceWindow[],
  subject: { serverId: string; jobId: string | null },
  nowMs: number,
  zone: string | null,
): number | null {
  const ends = windows.flatMap((window) =>
    covers(window, subject) ? (endOfWindow(window, nowMs, zone) ?? []) : [],
  )
  return ends.length === 0 ? null : Math.max(...ends)
}

function covers(window: MaintenanceWindow, subject: { serverId: string; jobId: string | null }): boolean {
  if (window.jobId !== null) return window.jobId === subject.jobId
  return window.serverId === null || window.serverId === subject.serverId
}

/** When the window that holds at a moment ends; null where it does not hold. */
export function endOfWindow(window: MaintenanceWindow, nowMs: number, zone: string | null): number | null {
  if (window.kind === 'once') return ms(window.from) <= nowMs && nowMs < ms(window.to) ? ms(window.to) : null
  return endOfDaily(window.from, window.to, nowMs, window.zone ?? zone, window.weekdays)
}

/** When the quiet hours that hold at a moment end; null where it is not quiet. */
export function endOfQuiet(quiet: QuietHours | null, nowMs: number, zone: string | null): number | null {
  return quiet === null ? null : endOfDaily(quiet.from, quiet.to, nowMs, zone, [])
}

/** Minutes since midnight of `HH:MM`; null where it is none. */
export function minutesOf(time: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)
  return match === null ? null : Number(match[1]) * 60 + Number(match[2])
}

function endOfDaily(
  fromTime: string,
  toTime: string,
  nowMs: number,
  zone: string | null,
  weekdays: readonly number[],
): number | null {
  const from = minutesOf(fromTime)
  const to = minutesOf(toTime)
  if (from === null || to === null) return null
  const wall = wallOf(nowMs, zone)
  const minute = minuteOf(wall)
  const overMidnight = to <= from
  // The window that holds now began today or, over midnight, yesterday.
  for (const daysAgo of overMidnight ? [0, 1] : [0]) {
    const begins = from - daysAgo * 1440
    const ends = to + (overMidnight ? 1440 : 0) - daysAgo * 1440
    const day = dayOf(wall) - daysAgo
    if (weekdays.length > 0 && !weekdays.includes(weekdayOf(day * DAY))) continue
    if (begins <= minute && minute < ends) return utcOf(dayOf(wall) * DAY + ends * MINUTE, zone)
  }
  return null
}
