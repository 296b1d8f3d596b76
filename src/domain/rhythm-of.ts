import { parseInterval } from './interval.ts'
import type { DuplicatiSchedule, Job, RecentRun } from './job.ts'
import { learnRhythm } from './learned-rhythm.ts'
import { beginMs, DAY, ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import {
  afterTheLast,
  gridRhythm,
  intervalFromLength,
  intervalWords,
  noRhythm,
  type Rhythm,
} from './rhythm.ts'
import type { Grid } from './schedule.ts'
import { text } from './text.ts'
import type { ExpectingServer } from './tolerance.ts'
import { userRhythm } from './user-rhythm.ts'
import { utcOf, wallOf } from './zone.ts'

const known = new WeakMap<Job, { overrides: unknown; settings: unknown; rhythm: Rhythm }>()

/**
 * The rhythm of a job from the best source: what the user set, the next start that a report announced, the
 * schedule as read from Duplicati (before the announcement where it was read later), the rhythm learned from the
 * last runs, else one day after the last run.
 */
export function rhythmOf(job: Job, server: ExpectingServer, settings: MonitoringSettings): Rhythm {
  const earlier = known.get(job)
  if (earlier !== undefined && earlier.overrides === server.overrides && earlier.settings === settings) {
    return earlier.rhythm
  }
  const rhythm = bestRhythm(job, server, settings)
  known.set(job, { overrides: server.overrides, settings, rhythm })
  return rhythm
}

function bestRhythm(job: Job, server: ExpectingServer, settings: MonitoringSettings): Rhythm {
  const wish = job.overrides.expect ?? server.overrides.expect
  if (wish !== undefined) return userRhythm(wish, job, server, settings)
  const learned = learnRhythm(learningRuns(job.status.recent), settings.zone)
  const scheduled = job.schedule === null ? null : scheduleRhythm(job.schedule, settings)
  const announced = announcedRhythm(job, scheduled, learned, settings)
  if (scheduled !== null && (announced === null || readAfterAnnouncement(job))) return scheduled
  return announced ?? learned ?? oneDayAfter(job, settings)
}

/** Begins to learn from: only those of Duplicati's scheduler where reports tell which they are. */
function learningRuns(recent: readonly RecentRun[]): readonly number[] {
  const scheduled = recent.filter((run) => run.scheduled)
  const telling = scheduled.length >= 3 && recent.slice(-10).filter((run) => run.scheduled).length >= 3
  return (telling ? scheduled : recent).map(beginMs)
}

function readAfterAnnouncement(job: Job): boolean {
  const announcing = job.status.recent.findLast((run) => run.scheduled)
  return announcing === undefined || ms(job.schedule?.readAt ?? '') > ms(announcing.received)
}

function scheduleRhythm(schedule: DuplicatiSchedule, settings: MonitoringSettings): Rhythm | null {
  if (schedule.repeat === null)
    return noRhythm('duplicati-schedule', text('because.schedule-manual'), text('rhythm.manual'))
  const grid = scheduleGrid(schedule, settings)
  if (grid === null) return null
  const at = { at: schedule.readAt }
  return gridRhythm('duplicati-schedule', [{ grid, earlyMs: 0 }], (dueMs) =>
    text('because.schedule', {
      rhythm: intervalWords(grid.interval, grid.weekdays, dueMs ?? grid.baseMs),
      at,
    }),
  )
}

function scheduleGrid(schedule: DuplicatiSchedule, settings: MonitoringSettings): Grid | null {
  const interval = parseInterval(schedule.repeat ?? '')
  const baseMs = ms(schedule.time ?? '')
  if (interval === null || Number.isNaN(baseMs)) return null
  const weekdays = schedule.weekdays.length === 7 ? [] : schedule.weekdays
  return { baseMs, interval, weekdays, zone: schedule.zone ?? settings.zone }
}

/** The announced start; once a run began after it without a new announcement, on from there by what is known. */
function announcedRhythm(
  job: Job,
  scheduled: Rhythm | null,
  learned: Rhythm | null,
  settings: MonitoringSettings,
): Rhythm | null {
  const nextMs = ms(job.nextScheduled ?? '')
  if (Number.isNaN(nextMs)) return null
  const announcing = job.status.recent.findLast((run) => run.scheduled)
  const fromGrid = job.schedule === null ? null : scheduleGrid(job.schedule, settings)
  const interval =
    fromGrid?.interval ?? intervalFromLength(announcing === undefined ? DAY : nextMs - ms(announcing.at))
  const weekdays = fromGrid?.weekdays ?? []
  const onward = gridRhythm(
    'next-scheduled-run',
    [{ grid: { baseMs: nextMs, interval, weekdays, zone: settings.zone }, earlyMs: 0 }],
    (dueMs) =>
      text('because.next-scheduled', {
        at: { at: job.nextScheduled ?? '', as: 'weekday-time' },
        passed: dueMs !== nextMs,
      }),
  )
  const drawn = scheduled ?? learned ?? onward
  return {
    ...onward,
    due: (lastMs) =>
      lastMs < nextMs ? nextMs : (fromGrid === null ? (learned ?? onward) : onward).due(lastMs),
    between: drawn.between,
    earlyMs: drawn.earlyMs,
    intervalS: drawn.intervalS ?? onward.intervalS,
    words: (dueMs) => drawn.words(dueMs) ?? onward.words(dueMs),
  }
}

function oneDayAfter(job: Job, settings: MonitoringSettings): Rhythm {
  if (job.status.lastRun === null) return noRhythm('none', text('because.never-ran'))
  const because = text('because.one-day', { runs: job.status.recent.length })
  const oneDay = { years: 0, months: 0, days: 1, clockMs: 0 }
  const next = (lastMs: number) => utcOf(wallOf(lastMs, settings.zone) + oneDay.days * DAY, settings.zone)
  return afterTheLast('one-day', next, null, because)
}
