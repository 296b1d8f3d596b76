import type { Job } from '../../domain/job.ts'
import type { MonitoringSettings } from '../../domain/monitoring-settings.ts'
import { effective, type Policy } from '../../domain/notice-policy.ts'
import type { Server } from '../../domain/server.ts'
import type { Visit } from '../visit.ts'

export interface WatchRow {
  readonly label: string
  readonly value: string
  /** Where the value comes from, or a word more. */
  readonly note: string
}

/** Why the next run is expected when it is. */
export function expectationRows(
  job: Job,
  server: Server,
  settings: MonitoringSettings,
  visit: Visit,
): WatchRow[] {
  const { words, now } = visit
  const { expectation } = job
  const row = (name: string, value: string, note = ''): WatchRow => ({
    label: words.say(`page.job.expect.${name}`),
    value,
    note,
  })
  if (expectation === null) return [row('next', '–', words.say('because.never-ran'))]
  const moment = (name: string, at: string | null) =>
    at === null ? [] : [row(name, words.moment(at), words.brief(at, now))]
  return [
    ...(expectation.rhythm === null ? [] : [row('rhythm', words.say(expectation.rhythm))]),
    row('why', words.say(expectation.because)),
    ...moment('next', expectation.dueAt),
    ...moment('overdue', expectation.overdueAt),
    tolerance(job, server, settings, visit),
  ]
}

function tolerance(job: Job, server: Server, settings: MonitoringSettings, visit: Visit): WatchRow {
  const { value, from } = effective('toleranceMinutes', job, server, settings)
  return {
    label: visit.words.say('page.job.expect.tolerance'),
    value: visit.words.duration(value * 60),
    note: visit.words.say(`page.job.from.${from}`),
  }
}

/** Whether the job is watched and who is told. */
export function watchRows(job: Job, server: Server, settings: MonitoringSettings, visit: Visit): WatchRow[] {
  const { words } = visit
  const row = <K extends keyof Policy>(key: K, write: (value: Policy[K]) => string): WatchRow => {
    const { value, from } = effective(key, job, server, settings)
    return {
      label: words.say(`page.job.watch.${key}`),
      value: write(value),
      note: words.say(`page.job.from.${from}`),
    }
  }
  const yesNo = (value: boolean) => words.say(value ? 'page.yes' : 'page.no')
  return [
    row('watch', yesNo),
    row('notifyOn', (value) => words.say(`page.notify-on.${value}`)),
    row('overdueNotices', yesNo),
    row('recoveryNotices', yesNo),
    row('repeat', (value) =>
      /^\d+h$/.test(value)
        ? words.say('page.repeat.hours', { hours: Number.parseInt(value, 10) })
        : words.say(`page.repeat.${value}`),
    ),
  ]
}
