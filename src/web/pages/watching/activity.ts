import type { Context } from 'koa'
import { runId } from '../../../domain/run.ts'
import { kindOf } from '../../../domain/run-kind.ts'
import type { State } from '../../../domain/state.ts'
import type { House } from '../../house.ts'
import { sendPage, single } from '../../send-page.ts'
import { shapeOfResult } from '../../shape-of.ts'
import type { Visit } from '../../visit.ts'
import { visitOf } from '../../visit.ts'
import { type ActivityFilter, type Entry, KINDS, readActivity } from '../../watching/activity-reading.ts'
import type { Delivery } from '../../watching/deliveries.ts'
import { deliveryView, incidentView, placeOf } from '../../watching/incident-view.ts'
import { watchGroups } from '../../watching/watch-lines.ts'
import { operationName } from '../run-figures.ts'

/** `GET /activity?kind=&job=&server=&before=`: incidents, runs and messages in time, newest first. */
export async function activityPage(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const { words } = visit
  const state = house.store.state()
  const query = single(ctx.query)
  const filter = filterOf(query, state)
  const seen = await readActivity(house.store, filter)
  const kept = { kind: filter.kind === 'all' ? '' : filter.kind, about: filter.jobId || filter.serverId }
  const here = visit.link('/activity', { ...kept, before: filter.before }).slice(visit.base.length)
  sendPage(
    ctx,
    house,
    'pages/watching/activity',
    {
      title: words.say('nav.activity'),
      place: 'activity',
      isLive: filter.before === null,
      help: 'activity',
    },
    {
      heading: words.say('nav.activity'),
      sentence: words.say('activity.sentence', { open: Object.keys(state.incidents).length }),
      kinds: KINDS.map((kind) => ({
        label: words.say(`activity.kind.${kind}`),
        href: visit.link('/activity', { ...kept, kind: kind === 'all' ? '' : kind }),
        isHere: kind === filter.kind,
      })),
      kind: kept.kind,
      subjects: subjectsOf(state, visit, kept.about),
      about: kept.about,
      csvHref: visit.link(csvPath(filter)),
      open: seen.open.map((one) => incidentView(one, seen.told.get(one.id) ?? [], state, visit, here)),
      days: byDay(seen.entries, visit).map((day) => ({
        label: day.label,
        entries: day.entries.map((entry) => entryView(entry, seen.told, state, visit, here)),
      })),
      next: here,
      olderHref: seen.next === null ? '' : visit.link('/activity', { ...kept, before: seen.next }),
      newestHref: filter.before === null ? '' : visit.link('/activity', kept),
    },
  )
}

function filterOf(query: Readonly<Record<string, string>>, state: State): ActivityFilter {
  const about = query['about'] ?? query['job'] ?? query['server'] ?? ''
  const before = query['before'] ?? ''
  return {
    kind: KINDS.find((kind) => kind === query['kind']) ?? 'all',
    jobId: Object.hasOwn(state.jobs, about) ? about : '',
    serverId: Object.hasOwn(state.servers, about) ? about : '',
    before: Number.isNaN(Date.parse(before)) ? null : new Date(before).toISOString(),
  }
}

function csvPath({ jobId, serverId }: ActivityFilter): string {
  if (jobId !== '') return `/jobs/${jobId}/runs.csv`
  return serverId === '' ? '/runs.csv' : `/servers/${serverId}/runs.csv`
}

function subjectsOf(state: State, visit: Visit, about: string) {
  const { words } = visit
  return [
    { value: '', label: words.say('maintenance.everything'), isChosen: about === '' },
    ...watchGroups(state, visit).flatMap((group) => [
      {
        value: group.id,
        label: words.say('maintenance.all-of', { server: group.name }),
        isChosen: about === group.id,
      },
      ...group.lines.map((line) => ({
        value: line.id,
        label: words.say('maintenance.one-of', { job: line.name, server: group.name }),
        isChosen: about === line.id,
      })),
    ]),
  ]
}

function byDay(entries: readonly Entry[], { words }: Visit): { label: string; entries: Entry[] }[] {
  const days: { label: string; key: string; entries: Entry[] }[] = []
  for (const entry of entries) {
    const key = words.day(entry.at)
    const last = days.at(-1)
    if (last?.key === key) last.entries.push(entry)
    else days.push({ label: words.longDay(entry.at), key, entries: [entry] })
  }
  return days
}

function entryView(
  entry: Entry,
  told: ReadonlyMap<string, readonly Delivery[]>,
  state: State,
  visit: Visit,
  next: string,
) {
  const { words } = visit
  const time = words.time(entry.at)
  if (entry.kind === 'incident') {
    const { incident } = entry
    return {
      kind: entry.kind,
      at: entry.at,
      time,
      incident: incidentView(incident, told.get(incident.id) ?? [], state, visit, next),
    }
  }
  if (entry.kind === 'message')
    return { kind: entry.kind, at: entry.at, time, message: deliveryView(entry.delivery, visit) }
  const { row } = entry
  return {
    kind: entry.kind,
    at: entry.at,
    time,
    run: {
      ...placeOf(state, row, visit),
      // An interrupted run is not drawn as success, whatever it says of itself.
      shape: shapeOfResult(
        row.result === 'success' && kindOf(row) === 'warning' ? 'warning' : row.result,
        words,
      ),
      operation: operationName(row.operation, words),
      href: visit.link(`/runs/${runId(row.no)}`),
      duration: Number.isNaN(row.durationS) ? '' : words.duration(row.durationS),
    },
  }
}
