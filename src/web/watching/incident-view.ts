import type { Incident, IncidentCause } from '../../domain/incident.ts'
import { ms } from '../../domain/moment.ts'
import { runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import type { Words } from '../../domain/words.ts'
import type { Shape } from '../shape-of.ts'
import type { Visit } from '../visit.ts'
import type { Delivery } from './deliveries.ts'
import { SPANS } from './pause-view.ts'

const SHAPES: Readonly<Record<IncidentCause, readonly [state: string, icon: string]>> = {
  overdue: ['overdue', 'clock'],
  'server-silent': ['overdue', 'server'],
  failed: ['failed', 'circle-x'],
  warning: ['warning', 'triangle-alert'],
  operation: ['failed', 'wrench'],
  anomaly: ['warning', 'activity'],
  unstable: ['warning', 'refresh-cw'],
}

/** What an incident is about, in shape, colour and words. */
export function shapeOfCause(cause: IncidentCause, words: Words): Shape {
  const [state, shape] = SHAPES[cause]
  return { state, shape, label: words.say(`activity.cause.${cause}`) }
}

/** Job and server of something, with their pages; the job is '' where the whole server is meant. */
export function placeOf(state: State, about: { serverId: string; jobId: string | null }, visit: Visit) {
  const job = about.jobId === null ? undefined : state.jobs[about.jobId]
  const server = state.servers[about.serverId]
  return {
    job: job?.name ?? '',
    jobHref: job === undefined ? '' : visit.link(`/jobs/${job.id}`),
    server: server === undefined ? '' : serverName(server),
    serverHref: visit.link(`/servers/${about.serverId}`),
  }
}

/** An incident as the activity page prints it. */
export function incidentView(
  incident: Incident,
  told: readonly Delivery[],
  state: State,
  visit: Visit,
  next: string,
) {
  const { words, now } = visit
  const end = incident.closedAt
  const lengthS = (ms(end ?? now.toISOString()) - ms(incident.openedAt)) / 1000
  const length = { seconds: Math.max(60, Math.round(lengthS / 60) * 60) }
  const since = { at: incident.openedAt, as: 'moment' } as const
  return {
    id: incident.id,
    shape: shapeOfCause(incident.cause, words),
    ...placeOf(state, incident, visit),
    because: words.say(incident.because),
    isOpen: end === null,
    since: incident.openedAt,
    length:
      end === null
        ? words.say('activity.open-for', { since, length })
        : words.say('activity.lasted', { since, length }),
    closedBecause: incident.closedBecause === null ? '' : words.say(incident.closedBecause),
    acknowledged:
      incident.acknowledged === null
        ? ''
        : words.say('activity.acknowledged-by', {
            by: incident.acknowledged.by,
            at: { at: incident.acknowledged.at, as: 'moment' },
          }),
    runHref: incident.runNo === null ? '' : visit.link(`/runs/${runId(incident.runNo)}`),
    told: told.map((delivery) => deliveryView(delivery, visit)),
    untold: words.say(untoldKey(incident)),
    acts: end === null ? actsOf([incident], visit, next) : null,
  }
}

/** Why nobody was told. */
function untoldKey({ quiet, hushed }: Incident): string {
  if (quiet === true) return 'activity.quiet'
  return hushed === true ? 'activity.hushed' : 'activity.nobody-told'
}

/** What has to be known of an incident to do something about it. */
type Tended = Pick<Incident, 'id' | 'acknowledged' | 'snoozedUntil' | 'cause'>

/** What can be done about open incidents of one subject together: see `partials/watching/incident-acts.eta`. */
export function actsOf(incidents: readonly Tended[], visit: Visit, next: string) {
  const [first] = incidents
  if (first === undefined || !visit.isAdministrator) return null
  const { words, now } = visit
  const snoozed = incidents.find(
    (one) => one.snoozedUntil !== null && ms(one.snoozedUntil) > now.getTime(),
  )?.snoozedUntil
  const href = (verb: string) => visit.link(`/incidents/${first.id}/${verb}`)
  const isAcknowledged = incidents.every((one) => one.acknowledged !== null)
  return {
    key: first.id,
    also: incidents.slice(1).map((one) => one.id),
    next,
    isAcknowledged,
    acknowledgeHref: href(isAcknowledged ? 'unacknowledge' : 'acknowledge'),
    snoozeHref: href('snooze'),
    wakeHref: href('wake'),
    snoozed:
      snoozed == null ? '' : words.say('activity.snoozed-until', { until: { at: snoozed, as: 'moment' } }),
    spans: [...SPANS.map(([name]) => name), 'until'].map((name) => ({
      name,
      label: words.say(`watching.span.${name}`),
    })),
    expectedHref: incidents.some((one) => one.cause === 'anomaly') ? href('expected') : '',
  }
}

const OUTCOMES = {
  delivered: ['ok', 'check'],
  failed: ['failed', 'circle-x'],
  owed: ['late', 'clock'],
} as const

/** "Push message to phone: delivered 08:00". */
export function deliveryView(delivery: Delivery, visit: Visit) {
  const { words } = visit
  const { outcome, channel, to } = delivery
  const [state, icon] = OUTCOMES[outcome]
  const shape: Shape = { state, shape: icon, label: words.say(`activity.outcome.${outcome}`) }
  const values = {
    at: { at: delivery.at, as: 'moment' },
    next: { at: delivery.dueAt || delivery.at, as: 'moment' },
    attempts: delivery.attempts,
  } as const
  return {
    shape,
    title: delivery.title,
    kind: words.say(`activity.notice.${delivery.kind}`),
    receiver:
      to === null
        ? words.say(`watching.channel.${channel}`)
        : words.say('activity.to', { channel: words.say(`watching.channel.${channel}`), to }),
    fate: words.say(`activity.fate.${outcome}`, values),
    error: delivery.error === null ? '' : words.say(delivery.error),
    resendHref:
      delivery.noticeId === '' || !visit.isAdministrator
        ? ''
        : visit.link(`/notices/${delivery.noticeId}/resend`),
    at: delivery.at,
  }
}
