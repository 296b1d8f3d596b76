import type { Incident, IncidentCause } from '../domain/incident.ts'
import type { Job } from '../domain/job.ts'
import type { Notice } from '../domain/notice.ts'
import type { Run, RunLog } from '../domain/run.ts'
import { type Server, serverName } from '../domain/server.ts'
import type { TextValue } from '../domain/text.ts'
import type { Words } from '../domain/words.ts'
import { manyLines, oneLine } from './plain-text.ts'
import { runValues } from './run-values.ts'
import type { Values } from './template.ts'
import { LONG_VARIABLES } from './template-variables.ts'

/** What a message about one job speaks of. */
export interface Subject {
  readonly kind: Notice['kind']
  readonly job: Job
  readonly server: Server
  readonly run: Run | null
  readonly log: RunLog | null
  readonly incident: Incident | null
  readonly toleranceMinutes: number | null
}

export interface Saying {
  readonly words: Words
  readonly now: Date
  readonly logCharacters: number
  /** Addresses as people reach us, null where we do not know. */
  readonly link: string | null
  readonly acknowledge: string | null
  readonly snooze: string | null
}

/** The value of every variable that a template about one job knows; foreign texts are made harmless here. */
export function jobValues(subject: Subject, saying: Saying): Values {
  const { job, server } = subject
  const { words } = saying
  const name = oneLine(server.name, 200)
  const alias = oneLine(server.alias, 200)
  const pairs: (readonly [string, string])[] = [
    ['server_id', server.machineId ?? server.id],
    ['server_name', name],
    ['server_alias', alias === '' ? name : `${alias} (${name})`],
    ['server_note', server.note],
    ['server_url', server.publicAddress === '' ? server.address : server.publicAddress],
    ['backup_name', job.name],
    ['backup_interval_value', intervalOf(job)],
    ['backup_interval_type', ''],
    ...runValues(subject.run, subject.log, words, saying.logCharacters),
    ...latenessValues(subject, saying),
    ...ourValues(subject, saying),
  ]
  return new Map(
    pairs.map(([key, value]) => [
      key,
      LONG_VARIABLES.has(key) ? manyLines(value, 20_500) : oneLine(value, 2000),
    ]),
  )
}

function latenessValues(subject: Subject, { words, now }: Saying): (readonly [string, string])[] {
  const { job, toleranceMinutes } = subject
  const last = job.status.lastRun?.at ?? null
  const due = job.expectation?.dueAt ?? null
  const rhythm = job.expectation?.rhythm ?? null
  const interval = intervalOf(job)
  return [
    ['last_backup_date', last === null ? '' : words.moment(last)],
    ['last_elapsed', last === null ? '' : words.relative(last, now)],
    ['expected_date', due === null ? '' : words.moment(due)],
    ['expected_elapsed', due === null ? '' : words.relative(due, now)],
    ['backup_interval', interval !== '' || rhythm === null ? interval : words.say(rhythm)],
    ['overdue_tolerance', toleranceOf(toleranceMinutes, words)],
  ]
}

function toleranceOf(minutes: number | null, words: Words): string {
  if (minutes === null) return ''
  return minutes === 0 ? words.say('notify.no-tolerance') : words.duration(minutes * 60)
}

/** The interval as the owner or Duplicati wrote it, '' where neither did. */
function intervalOf(job: Job): string {
  const expect = job.overrides.expect
  return expect?.kind === 'interval' ? expect.interval : (job.schedule?.repeat ?? '')
}

function ourValues(subject: Subject, saying: Saying): (readonly [string, string])[] {
  const { words, now } = saying
  const { job, incident } = subject
  const good = job.status.lastGood?.at ?? null
  const next = job.expectation?.dueAt ?? null
  const closed = incident?.closedAt ?? null
  const seconds =
    incident === null || closed === null ? null : (Date.parse(closed) - Date.parse(incident.openedAt)) / 1000
  return [
    ['event', eventOf(subject, words)],
    ['because', becauseOf(subject, words)],
    ['since', incident === null ? '' : words.moment(incident.openedAt)],
    ['since_elapsed', incident === null ? '' : words.relative(incident.openedAt, now)],
    ['length', seconds === null ? '' : words.duration(seconds)],
    ['count', incident === null ? '' : words.number(incident.count)],
    [
      'what_to_do',
      subject.kind === 'closed' || incident === null ? '' : todoOf(incident.cause, subject, words),
    ],
    ['last_good_date', good === null ? '' : words.moment(good)],
    ['last_good_elapsed', good === null ? '' : words.relative(good, now)],
    ['next_date', next === null || Date.parse(next) < now.getTime() ? '' : words.moment(next)],
    ['link', saying.link ?? ''],
    ['acknowledge_link', saying.acknowledge ?? ''],
    ['snooze_link', saying.snooze ?? ''],
  ]
}

/** "Failed", "Still overdue", "Fine again": what happened, in a word or two. */
export function eventOf(subject: Pick<Subject, 'kind' | 'incident' | 'run'>, words: Words): string {
  const { kind, incident, run } = subject
  if (incident === null) return words.say(`notify.result.${run?.result ?? 'unknown'}`)
  return words.say(eventKey(kind, incident.cause))
}

export function eventKey(kind: Notice['kind'], cause: IncidentCause): string {
  if (kind === 'closed') return cause === 'unstable' ? 'notify.event.steady' : 'notify.event.solved'
  if (kind === 'reminder') return `notify.event.still.${cause}`
  if (kind === 'worsened') return `notify.event.worse.${cause}`
  return `notify.event.${cause}`
}

function becauseOf({ kind, incident, run }: Subject, words: Words): string {
  if (incident !== null) {
    const said = kind === 'closed' ? (incident.closedBecause ?? incident.because) : incident.because
    return words.say(said)
  }
  if (run === null) return ''
  return words.say(`notify.because.${run.result}`, { warnings: run.warnings, errors: run.errors })
}

function todoOf(cause: IncidentCause, { server, job }: Subject, words: Words): string {
  const values: Record<string, TextValue> = {
    server: oneLine(serverName(server), 200),
    job: oneLine(job.name, 200),
  }
  return words.say(`notify.todo.${cause}`, values)
}
