import type { Incident } from '../domain/incident.ts'
import type { Job } from '../domain/job.ts'
import type { Notice } from '../domain/notice.ts'
import type { Run, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import type { Words } from '../domain/words.ts'
import { sha256 } from '../kit/ids.ts'
import type { MailModel, Message, MessageAction, Priority, Span } from './channel.ts'
import type { DigestFigures } from './digest-figures.ts'
import { cut, oneLine } from './plain-text.ts'
import type { NotifySettings } from './settings.ts'
import { plainOf } from './spans.ts'

/** Everything a message is made of. `notices` are of one receiver: one, or several that go out together. */
export interface Material {
  readonly notices: readonly Notice[]
  readonly state: State
  /** Those the notices name, closed ones too, as far as they are still known. */
  readonly incidents: ReadonlyMap<string, Incident>
  readonly run: Run | null
  readonly log: RunLog | null
  readonly digest: DigestFigures | null
  readonly settings: NotifySettings
  readonly words: Words
  readonly now: Date
  readonly links: MessageLinks
  readonly toleranceMinutes: (job: Job) => number | null
}

export interface MessageLinks {
  /** Absolute address of a page, null where we do not know how people reach us. */
  page(path: string): string | null
  /** One-use link that acts on every open incident of these notices. */
  deed(notices: readonly Notice[], verb: 'acknowledge' | 'snooze'): string | null
}

export interface Parts {
  readonly title: string
  readonly lines: readonly (readonly Span[])[]
  readonly tone: MailModel['tone']
  readonly label: string
  readonly priority: Priority
  readonly tags: readonly string[]
  /** Page that tells more. */
  readonly path: string
  readonly thread?: Message['thread']
}

/** Puts the parts together: buttons, address, key. */
export function messageOf(parts: Parts, material: Material): Message {
  const { words, links, notices } = material
  const click = links.page(parts.path)
  const title = oneLine(parts.title, 250)
  const actions: MessageAction[] = []
  if (click !== null) actions.push({ verb: 'open', label: words.say('notify.action.open'), url: click })
  if (hasOpenProblem(material)) {
    for (const verb of ['acknowledge', 'snooze'] as const) {
      const url = links.deed(notices, verb)
      if (url !== null) actions.push({ verb, label: words.say(`notify.action.${verb}`), url })
    }
  }
  return {
    title: title === '' ? words.say('notify.untitled') : title,
    text: cut(plainOf(parts.lines), 50_000),
    mail: {
      language: words.reader.language,
      title,
      tone: parts.tone,
      label: parts.label,
      lines: parts.lines,
      buttons: actions.map(({ label, url }) => ({ label, url })),
      footer: words.say('notify.mail.footer'),
    },
    priority: parts.priority,
    tags: parts.tags,
    path: parts.path,
    click,
    actions,
    thread: parts.thread ?? null,
    incidentIds: [...new Set(notices.flatMap(({ incidentIds }) => incidentIds))],
    key: sha256(notices.map((notice) => notice.id).join(' ')).slice(0, 24),
  }
}

/** Whether there is something to acknowledge: an open incident in a message that is not about its end. */
export function hasOpenProblem({ notices, incidents }: Pick<Material, 'notices' | 'incidents'>): boolean {
  return notices.some(
    (notice) =>
      notice.kind !== 'closed' &&
      notice.incidentIds.some((id) => incidents.has(id) && incidents.get(id)?.closedAt === null),
  )
}
