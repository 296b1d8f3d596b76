import type { Incident } from '../domain/incident.ts'
import { serverName } from '../domain/server.ts'
import type { Message } from './channel.ts'
import { defaultTemplate } from './default-templates.ts'
import type { DigestFigures } from './digest-figures.ts'
import { eventKey } from './job-values.ts'
import { type Material, messageOf } from './message-parts.ts'
import { oneLine } from './plain-text.ts'
import { linesOf } from './spans.ts'
import { fill, priorityOf, tagsOf, type Values } from './template.ts'

/** The regular summary. It goes out when all is well too: its absence is a sign of its own. */
export function digestMessage(material: Material, figures: DigestFigures): Message {
  const { words, settings } = material
  const template = settings.templates.own.get('digest') ?? defaultTemplate('digest', words)
  const values = digestValues(material, figures)
  const bad = figures.attention.length > 0
  return messageOf(
    {
      title: fill(template.title, values),
      lines: linesOf(template.message, values),
      tone: bad ? 'warning' : 'good',
      label: words.say('notify.digest.label'),
      priority: priorityOf(template.priority),
      tags: tagsOf(template, values),
      path: '/',
    },
    material,
  )
}

const MOST_LINES = 30

function digestValues(material: Material, figures: DigestFigures): Values {
  const { words, links } = material
  const { attention, solved, runs } = figures
  const sentence = sentenceOf(figures)
  const list = (incidents: readonly Incident[], kind: 'opened' | 'closed') =>
    [
      ...incidents.slice(0, MOST_LINES).map((incident) => lineOf(incident, kind, material)),
      ...(incidents.length > MOST_LINES
        ? [words.say('notify.bundle.more', { n: incidents.length - MOST_LINES })]
        : []),
    ].join('\n')
  return new Map<string, string>([
    [
      'period',
      words.say('notify.digest.period', { from: words.moment(figures.from), to: words.moment(figures.to) }),
    ],
    ['sentence', words.say(sentence.key, sentence.values)],
    ['jobs_count', words.number(figures.jobs)],
    ['ok_count', words.number(figures.ok)],
    ['problems_count', words.number(attention.length)],
    ['paused_count', words.number(figures.paused)],
    ['new_count', words.number(figures.opened)],
    ['solved_count', words.number(solved.length)],
    ['runs_count', words.number(runs.all)],
    ['good_runs_count', words.number(runs.good)],
    ['warning_runs_count', words.number(runs.warning)],
    ['failed_runs_count', words.number(runs.failed)],
    ['uploaded_size', words.bytes(figures.uploadedBytes)],
    [
      'attention_list',
      attention.length === 0 ? words.say('notify.digest.nothing') : list(attention, 'opened'),
    ],
    ['solved_list', list(solved, 'closed')],
    ['link', links.page('/') ?? ''],
  ])
}

function sentenceOf({ jobs, ok, attention }: DigestFigures) {
  if (jobs === 0) return { key: 'notify.digest.no-jobs', values: {} }
  if (attention.length > 0)
    return { key: 'notify.digest.problems', values: { n: attention.length, ok, jobs } }
  if (ok === jobs) return { key: 'notify.digest.all-well', values: { jobs } }
  return { key: 'notify.digest.no-problems', values: { ok, jobs } }
}

function lineOf(incident: Incident, kind: 'opened' | 'closed', { state, words }: Material): string {
  const server = state.servers[incident.serverId]
  const job = incident.jobId === null ? undefined : state.jobs[incident.jobId]
  const because = kind === 'closed' ? (incident.closedBecause ?? incident.because) : incident.because
  const item = words.say('notify.bundle.item', {
    event: words.say(eventKey(kind, incident.cause)),
    job: oneLine(job?.name ?? words.say('notify.all-jobs'), 200),
    server: oneLine(server === undefined ? incident.serverId : serverName(server), 200),
  })
  return `• ${item} ${oneLine(words.say(because), 200)}`
}
