import type { AttentionItem } from '../../domain/attention.ts'
import { runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import { type RemoteActs, remoteActs } from '../servers/remote-acts.ts'
import { type Shape, shapeOfState } from '../shape-of.ts'
import type { Visit } from '../visit.ts'
import { actsOf, shapeOfCause } from '../watching/incident-view.ts'

/** One thing that needs somebody: what is wrong, and the one thing to do about it. */
export interface AttentionView {
  readonly id: string
  readonly shape: Shape
  readonly href: string
  /** Name of the job; '' where the whole server is meant. */
  readonly job: string
  readonly server: string
  readonly serverHref: string
  readonly sentences: readonly string[]
  readonly action: { readonly href: string; readonly label: string }
  readonly duplicatiHref: string
  /** Collecting and starting, for administrators where the server is reached. */
  readonly remote: RemoteActs | null
  readonly isAcknowledged: boolean
  /** Acknowledging and snoozing, for administrators. */
  readonly acts: ReturnType<typeof actsOf>
}

/** In the given order, but what somebody has acknowledged last. */
export function attentionItems(items: readonly AttentionItem[], visit: Visit): AttentionView[] {
  return [...items]
    .sort((one, other) => Number(one.acknowledged) - Number(other.acknowledged))
    .map((item) => attentionItem(item, visit))
}

function attentionItem(item: AttentionItem, visit: Visit): AttentionView {
  const { words } = visit
  const serverHref = visit.link(`/servers/${item.server.id}`)
  const href = item.row === null ? serverHref : visit.link(`/jobs/${item.row.job.id}`)
  return {
    id: item.row?.job.id ?? `${item.server.id}-${item.kind}`,
    shape: item.cause === null ? shapeOfState(item.state, words) : shapeOfCause(item.cause, words),
    href,
    job: item.row?.job.name ?? '',
    server: serverName(item.server),
    serverHref,
    sentences: [item.because, ...item.also].map((sentence) => words.say(sentence)),
    action: actionOf(item, href, visit),
    duplicatiHref: duplicatiPage(item.server),
    remote: remoteActs(item.server, item.row?.job ?? null, visit),
    isAcknowledged: item.acknowledged,
    acts: actsOf(openOf(item), visit, visit.path),
  }
}

/** The incidents of an item; one of a whole server knows only its name. */
function openOf(item: AttentionItem): Parameters<typeof actsOf>[0] {
  if (item.row !== null) return item.row.incidents
  const acknowledged = item.acknowledged ? { at: '', by: '' } : null
  return item.incidentIds.map((id) => ({ id, acknowledged, snoozedUntil: null, cause: 'server-silent' }))
}

/** Links only; what changes something is a form of its own, drawn where the feature exists. */
function actionOf(item: AttentionItem, href: string, visit: Visit) {
  const { words } = visit
  const no = item.row?.lastRun?.no
  if ((item.action === 'view-log' || item.action === 'view-run') && no !== undefined)
    return {
      href: `${visit.link(`/runs/${runId(no)}`)}${item.action === 'view-log' ? '#log' : ''}`,
      label: words.say(`page.${item.action}`),
    }
  return { href, label: words.say('page.look') }
}
