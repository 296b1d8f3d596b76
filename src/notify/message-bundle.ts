import type { Incident } from '../domain/incident.ts'
import type { Notice } from '../domain/notice.ts'
import { serverName } from '../domain/server.ts'
import type { Words } from '../domain/words.ts'
import type { MailModel, Message, Span } from './channel.ts'
import { eventKey } from './job-values.ts'
import { type Material, messageOf } from './message-parts.ts'
import { oneLine } from './plain-text.ts'
import { plainLine } from './spans.ts'

/** How many lines a list in a message has before it says "and 950 more". */
const MOST_LINES = 40

/** Many things at once in one message: counts first, then a line each, the worst first. */
export function bundleMessage(material: Material): Message {
  const { words, notices } = material
  // Of several notices about one incident the last one says how it stands.
  const latest = new Map(
    notices.flatMap((notice) => itemsOf(notice, material)).map((item) => [item.id, item]),
  )
  const items = [...latest.values()].sort((a, b) => a.rank - b.rank)
  const open = subjectsOf(items.filter((item) => item.tone !== 'good'))
  const fine = subjectsOf(items.filter((item) => item.tone === 'good'))
  const key = open === 0 ? 'notify.bundle.good' : fine === 0 ? 'notify.bundle.bad' : 'notify.bundle.both'
  const title = words.say(key, { n: open + fine, bad: open, good: fine })
  const worst = items[0]?.tone ?? 'calm'
  return messageOf(
    {
      title,
      lines: [
        [{ text: title, bold: true, italic: false, url: null }],
        plainLine(''),
        ...listed(items, words),
      ],
      tone: worst,
      label: words.say('notify.bundle.label', { n: items.length }),
      priority: worst === 'bad' ? 4 : 3,
      tags: ['duplicati', 'duplistatus', ...(open > 0 ? ['warning'] : ['success'])],
      path: '/',
    },
    material,
  )
}

/** A whole server at once (silent, or heard again), with the jobs it holds. */
export function serverMessage(material: Material, incident: Incident, kind: Notice['kind']): Message {
  const { state, words } = material
  const server = state.servers[incident.serverId]
  const name = oneLine(server === undefined ? incident.serverId : serverName(server), 200)
  const solved = kind === 'closed'
  const because = solved ? (incident.closedBecause ?? incident.because) : incident.because
  const event = words.say(eventKey(kind, incident.cause))
  const jobs = incident.jobIds.flatMap((id) => state.jobs[id] ?? [])
  const items = jobs.map((job) => ({
    text: [oneLine(job.name, 200), lastSeen(job.status.lastRun?.at ?? null, material)]
      .filter(Boolean)
      .join(': '),
    url: null,
  }))
  return messageOf(
    {
      title: words.say('notify.server.title', { event, server: name }),
      lines: [
        [{ text: oneLine(words.say(because), 500), bold: true, italic: false, url: null }],
        ...(solved ? [] : [plainLine(words.say(`notify.todo.${incident.cause}`, { server: name, job: '' }))]),
        plainLine(''),
        ...listed(items, words),
      ],
      tone: solved ? 'good' : 'bad',
      label: event,
      priority: solved ? 3 : 4,
      tags: ['duplicati', 'duplistatus', solved ? 'recovery' : 'overdue'],
      path: `/servers/${incident.serverId}`,
      thread: { key: incident.id, first: kind === 'opened' },
    },
    material,
  )
}

function subjectsOf(items: readonly Item[]): number {
  return new Set(items.map((item) => item.subject)).size
}

interface Item {
  /** Job or server it is about. */
  readonly subject: string
  /** Of the incident, else of the notice and job. */
  readonly id: string
  readonly tone: MailModel['tone']
  readonly rank: number
  readonly text: string
  readonly url: string | null
}

function itemsOf(notice: Notice, material: Material): Item[] {
  const { incidents, state, words } = material
  const known = notice.incidentIds.flatMap((id) => incidents.get(id) ?? [])
  if (known.length > 0) return known.map((incident) => incidentItem(notice, incident, material))
  return notice.jobIds.map((id) => {
    const job = state.jobs[id]
    const run = job?.status.recent.find((recent) => recent.no === notice.runNo)
    const result = run?.result ?? 'unknown'
    const tone = result === 'success' ? 'good' : result === 'error' || result === 'fatal' ? 'bad' : 'warning'
    const event = words.say(notice.kind === 'closed' ? 'notify.event.solved' : `notify.result.${result}`)
    const whole = { event, ...namesOf(id, job?.serverId ?? '', material) }
    return {
      id: `${notice.id} ${id}`,
      subject: id,
      tone: notice.kind === 'closed' ? 'good' : tone,
      rank: RANK.indexOf(notice.kind === 'closed' ? 'good' : tone),
      text: words.say('notify.bundle.item', whole),
      url: material.links.page(`/jobs/${id}`),
    }
  })
}

const RANK: readonly MailModel['tone'][] = ['bad', 'warning', 'calm', 'good']

function incidentItem(notice: Notice, incident: Incident, material: Material): Item {
  const { words } = material
  const solved = notice.kind === 'closed' || incident.closedAt !== null
  const tone = solved ? 'good' : incident.severity === 'error' ? 'bad' : 'warning'
  const event = words.say(eventKey(solved ? 'closed' : kindOf(notice), incident.cause))
  const names = namesOf(incident.jobId, incident.serverId, material)
  const because = solved ? (incident.closedBecause ?? incident.because) : incident.because
  return {
    id: incident.id,
    subject: incident.jobId ?? incident.serverId,
    tone,
    rank: RANK.indexOf(tone),
    text: `${words.say('notify.bundle.item', { event, ...names })} ${oneLine(words.say(because), 200)}`.trim(),
    url: material.links.page(
      incident.jobId === null ? `/servers/${incident.serverId}` : `/jobs/${incident.jobId}`,
    ),
  }
}

function kindOf(notice: Notice): Notice['kind'] {
  return notice.kind === 'bundle' ? 'opened' : notice.kind
}

function namesOf(jobId: string | null, serverId: string, { state, words }: Material) {
  const server = state.servers[serverId]
  const job = jobId === null ? undefined : state.jobs[jobId]
  return {
    job: oneLine(job?.name ?? (jobId === null ? words.say('notify.all-jobs') : jobId), 200),
    server: oneLine(server === undefined ? serverId : serverName(server), 200),
  }
}

function lastSeen(at: string | null, { words, now }: Material): string {
  return at === null ? '' : words.say('notify.server.last-run', { when: words.relative(at, now) })
}

/** Lines with a dot before them; the address of each is on its text in mail. */
export function listed(items: readonly Pick<Item, 'text' | 'url'>[], words: Words): Span[][] {
  const lines = items
    .slice(0, MOST_LINES)
    .map(({ text, url }) => [...plainLine('• '), { text, bold: false, italic: false, url }])
  const left = items.length - lines.length
  return left > 0 ? [...lines, plainLine(words.say('notify.bundle.more', { n: left }))] : lines
}
