import type { Expectation } from './expectation-shape.ts'
import type { Job, UserExpectation } from './job.ts'
import { DAY, HOUR, MINUTE, ms, SECOND } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Server } from './server.ts'
import { minuteOf, wallOf } from './zone.ts'

export type IntervalWish = Extract<UserExpectation, { kind: 'interval' }>

/**
 * When runs of a job are expected now, written as somebody could have set it: what a form begins with, and what
 * "every day at 03:00 is right" means.
 */
export function wishOf(
  job: Pick<Job, 'overrides' | 'expectation'>,
  server: Pick<Server, 'overrides'>,
  settings: MonitoringSettings,
): IntervalWish {
  const set = job.overrides.expect ?? server.overrides.expect
  if (set?.kind === 'interval') return set
  const { expectation } = job
  const interval = intervalOf(expectation)
  const due = expectation?.dueAt ?? null
  const keepsTime = /^\d+[DWMY]$/.test(interval)
  return {
    kind: 'interval',
    interval,
    weekdays: expectedWeekdays(expectation) ?? [],
    timeOfDay: due === null || !keepsTime ? null : timeOfDay(ms(due), settings.zone),
    zone: null,
  }
}

/** Weekdays that a rhythm is limited to, 0 = Sunday; empty means every day, null that it knows no weekdays. */
export function expectedWeekdays(expectation: Expectation | null): readonly number[] | null {
  const rhythm = expectation?.rhythm
  if (rhythm == null || rhythm.key === 'rhythm.manual' || rhythm.key === 'rhythm.within') return null
  const days = rhythm.values?.['days']
  return typeof days === 'object' && 'weekdays' in days ? days.weekdays : []
}

/** In Duplicati's grammar, in the largest unit that goes in whole. */
function intervalOf(expectation: Expectation | null): string {
  const { key, values } = expectation?.rhythm ?? { key: '' }
  if (key === 'rhythm.months') return `${Number(values?.['months'] ?? 1)}M`
  if (key === 'rhythm.years') return `${Number(values?.['years'] ?? 1)}Y`
  const length = (expectation?.intervalS ?? DAY / SECOND) * SECOND
  if (length % DAY === 0) return `${length / DAY}D`
  if (length % HOUR === 0) return `${length / HOUR}h`
  return `${Math.max(1, Math.round(length / MINUTE))}m`
}

/** `HH:MM` on the wall of a zone. */
export function timeOfDay(atMs: number, zone: string | null): string {
  const minute = minuteOf(wallOf(atMs, zone))
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
