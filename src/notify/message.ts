import { type Incident, isSilence } from '../domain/incident.ts'
import type { Notice } from '../domain/notice.ts'
import { runId } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import type { MailModel, Message } from './channel.ts'
import { defaultTemplate } from './default-templates.ts'
import { eventOf, jobValues, type Saying, type Subject } from './job-values.ts'
import { bundleMessage, serverMessage } from './message-bundle.ts'
import { digestMessage } from './message-digest.ts'
import { hasOpenProblem, type Material, messageOf } from './message-parts.ts'
import { linesOf, plainLine } from './spans.ts'
import { fill, priorityOf, tagsOf } from './template.ts'
import type { TemplateKind } from './template-variables.ts'

/** What is said for these notices. Pure: the same material gives the same message. */
export function composeMessage(material: Material): Message {
  const [notice, ...more] = material.notices
  if (notice === undefined) throw new TypeError('A message is of at least one notice')
  if (notice.kind === 'test') return testMessage(material)
  if (notice.kind === 'digest' && material.digest !== null) return digestMessage(material, material.digest)
  const incidents = notice.incidentIds.flatMap((id) => material.incidents.get(id) ?? [])
  const subjects = new Set(incidents.map((incident) => incident.jobId ?? incident.serverId))
  if (more.length > 0 || subjects.size > 1) return bundleMessage(material)
  const [incident = null] = incidents
  const kind = kindOf(notice, incident)
  if (incident !== null && incident.jobId === null) return serverMessage(material, incident, kind)
  const subject = subjectOf(material, incident, kind)
  return subject === null ? bundleMessage(material) : jobMessage(material, subject)
}

/** A bundle of which only one incident is left is a message about that. */
function kindOf(notice: Notice, incident: Incident | null): Notice['kind'] {
  if (notice.kind !== 'bundle') return notice.kind
  return incident !== null && incident.closedAt !== null ? 'closed' : 'opened'
}

/** A message about one job, by the template of its kind; a preview names the kind itself. */
export function jobMessage(material: Material, subject: Subject, kind = templateKindOf(subject)): Message {
  const { words, settings, notices, links, now } = material
  const template = settings.templates.own.get(kind) ?? defaultTemplate(kind, words)
  const path = pathOf(subject)
  const open = hasOpenProblem(material)
  const saying: Saying = {
    words,
    now,
    logCharacters: settings.templates.logCharacters,
    link: links.page(path),
    acknowledge: open ? links.deed(notices, 'acknowledge') : null,
    snooze: open ? links.deed(notices, 'snooze') : null,
  }
  const values = jobValues(subject, saying)
  const { incident } = subject
  return messageOf(
    {
      title: fill(template.title, values),
      lines: linesOf(template.message, values),
      tone: toneOf(subject),
      label: eventOf(subject, words),
      priority: priorityOf(template.priority),
      tags: tagsOf(template, values),
      path,
      ...(incident === null ? {} : { thread: { key: incident.id, first: subject.kind === 'opened' } }),
    },
    material,
  )
}

/** Which template speaks: a recovery, a run that was fine, a run that was late, else "warning or error". */
export function templateKindOf(subject: Pick<Subject, 'kind' | 'incident' | 'run'>): TemplateKind {
  if (subject.kind === 'closed') return 'recovery'
  if (subject.incident !== null && isSilence(subject.incident)) return 'overdue'
  if (subject.incident === null && subject.run?.result === 'success' && !subject.run.interrupted)
    return 'success'
  return 'warning'
}

function subjectOf(material: Material, incident: Incident | null, kind: Notice['kind']): Subject | null {
  const { state, notices, run, log, toleranceMinutes } = material
  const [notice] = notices
  const jobId = incident?.jobId ?? notice?.jobIds[0] ?? run?.jobId ?? ''
  const job = Object.hasOwn(state.jobs, jobId) ? state.jobs[jobId] : undefined
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (notice === undefined || job === undefined || server === undefined) return null
  return { kind, job, server, run, log, incident, toleranceMinutes: toleranceMinutes(job) }
}

function pathOf({ kind, incident, run, job }: Subject): string {
  const aboutRun =
    run !== null &&
    kind !== 'closed' &&
    incident?.cause !== 'unstable' &&
    !(incident !== null && isSilence(incident))
  return aboutRun ? `/runs/${runId(run.no)}` : `/jobs/${job.id}`
}

function toneOf({ kind, incident, run }: Subject): MailModel['tone'] {
  if (kind === 'closed') return 'good'
  if (incident !== null) return incident.severity === 'error' ? 'bad' : 'warning'
  if (run?.result === 'success' && !run.interrupted) return 'good'
  return run?.result === 'error' || run?.result === 'fatal' ? 'bad' : 'warning'
}

function testMessage(material: Material): Message {
  const { words, now } = material
  const title = words.say('notify.test.title')
  return messageOf(
    {
      title,
      lines: [plainLine(words.say(text('notify.test.message', { at: { at: now.toISOString() } })))],
      tone: 'calm',
      label: words.say('notify.test.label'),
      priority: 3,
      tags: ['duplistatus', 'test'],
      path: '/',
    },
    material,
  )
}
