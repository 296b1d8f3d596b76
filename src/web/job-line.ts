import type { RunningNow } from '../domain/job.ts'
import type { JobRow } from '../domain/job-row.ts'
import { runId } from '../domain/run.ts'
import { type Server, serverName } from '../domain/server.ts'
import { type RunningView, runningView } from './servers/running-view.ts'
import { type Shape, shapeOfState } from './shape-of.ts'
import { drawStrip, type StripDrawing } from './svg-strip.ts'
import type { Visit } from './visit.ts'

/** A job as a line of a table or card, in the reader's words. Times are ISO; '' for what is not known. */
export interface JobLine {
  readonly id: string
  readonly href: string
  readonly name: string
  /** What search looks through beside the name; '' for the name alone. */
  readonly find: string
  readonly serverName: string
  readonly serverHref: string
  readonly shape: Shape
  /** Whether the pill is shown beside the time: what is fine needs no word. */
  readonly isLoud: boolean
  /** What runs now; null where nothing does. */
  readonly running: RunningView | null
  readonly strip: StripDrawing
  readonly lastAt: string
  readonly lastBrief: string
  readonly lastTitle: string
  readonly lastHref: string
  readonly nextAt: string
  readonly nextText: string
  readonly nextTitle: string
  /** Whether the next run is still to come: then its time ticks. */
  readonly isWaiting: boolean
  readonly source: string
  readonly versions: string
  readonly versionsHref: string
  readonly duration: string
}

/** `heard`: what runs now, where somebody knows fresher than the state. */
export function jobLine(row: JobRow, visit: Visit, heard: RunningNow | null = null): JobLine {
  const { job, server, standing, lastRun } = row
  const { words, now } = visit
  const href = visit.link(`/jobs/${job.id}`)
  return {
    id: job.id,
    href,
    name: job.name,
    find:
      job.note === '' && job.tags.length === 0
        ? ''
        : [job.name, job.note, ...job.tags].join(' ').slice(0, 200),
    serverName: serverName(server),
    serverHref: visit.link(`/servers/${server.id}`),
    shape: shapeOfState(standing.state, words),
    isLoud: standing.state !== 'ok',
    running: runningView(job, heard, visit),
    strip: drawStrip(row.strip, words),
    lastAt: lastRun === null ? '' : toMinute(lastRun.at),
    lastBrief: lastRun === null ? words.say('page.never') : words.brief(lastRun.at, now),
    lastTitle: lastRun === null ? '' : words.moment(lastRun.at),
    lastHref: lastRun === null ? href : visit.link(`/runs/${runId(lastRun.no)}`),
    ...nextRun(row, visit),
    source: words.bytes(row.sourceBytes),
    versions: words.number(row.versions),
    versionsHref: `${href}/versions`,
    duration: words.duration(row.durationS),
  }
}

/** A moment for the markup: seconds are no use there, and a page has hundreds. */
function toMinute(iso: string): string {
  return `${iso.slice(0, 16)}Z`
}

/** "in 20 h", or "was due Thu 03:00" once that is past. */
export function nextRun(row: JobRow, visit: Visit) {
  const { words, now } = visit
  const due = row.standing.state === 'paused' ? null : row.dueAt
  if (due === null) return { nextAt: '', nextText: '–', nextTitle: '', isWaiting: false }
  const isWaiting = Date.parse(due) > now.getTime()
  const at = { at: due, as: 'weekday-time' } as const
  return {
    nextAt: toMinute(due),
    nextText: isWaiting ? words.brief(due, now) : words.say('page.was-due', { at }),
    nextTitle: words.moment(due),
    isWaiting,
  }
}

/** What search looks through of a server. */
export function serverFind(server: Server): string {
  return [server.name, server.alias, server.note, server.id, server.address, ...server.tags]
    .join(' ')
    .slice(0, 400)
}
