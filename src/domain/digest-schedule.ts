import { DAY, MINUTE } from './moment.ts'
import { dayOf, utcOf, wallOf, weekdayOf } from './zone.ts'

/** When a summary goes out. `timeOfDay` is `HH:MM`; `weekday` 0 = Sunday; a day the month lacks is its last one. */
export interface DigestPlan {
  readonly every: 'never' | 'daily' | 'weekly' | 'monthly'
  readonly timeOfDay: string
  readonly weekday: number
  readonly dayOfMonth: number
}

/** The latest moment up to `now` at which a summary is due, in milliseconds; null where none ever is. */
export function latestDigest(plan: DigestPlan, now: Date, zone: string | null): number | null {
  if (plan.every === 'never') return null
  const [hours = 0, minutes = 0] = plan.timeOfDay.split(':').map(Number)
  const today = dayOf(wallOf(now.getTime(), zone))
  // A month and some days back there is always one, whatever the plan.
  for (let day = today; day > today - 40; day -= 1) {
    if (!isDay(plan, day)) continue
    const at = utcOf(day * DAY + (hours * 60 + minutes) * MINUTE, zone)
    if (at <= now.getTime()) return at
  }
  return null
}

function isDay(plan: DigestPlan, day: number): boolean {
  if (plan.every === 'daily') return true
  if (plan.every === 'weekly') return weekdayOf(day * DAY) === plan.weekday
  const date = new Date(day * DAY)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return date.getUTCDate() === Math.min(plan.dayOfMonth, last)
}
