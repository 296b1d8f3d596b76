import type { Context } from 'koa'
import { monitoringSettings } from '../../../domain/monitoring-settings.ts'
import type { OverrideChange, Subject } from '../../../domain/override-changes.ts'
import type { State } from '../../../domain/state.ts'
import { type Text, text } from '../../../domain/text.ts'
import { wishOf } from '../../../domain/wish-of.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import type { Visit } from '../../visit.ts'
import {
  type Choice,
  choicesOf,
  type DayChip,
  dayChips,
  NOTIFY_ON,
  REPEATS,
  repeatText,
  TOLERANCES,
  toleranceText,
  yesNo,
} from '../../watching/choices.ts'
import { readWeekdays } from '../../watching/expect-form.ts'
import { readOverrides } from '../../watching/override-form.ts'
import { inWords } from '../../watching/override-view.ts'
import { ownPath } from '../sign-in.ts'

/** What somebody wanted to set for all checked jobs, and what was wrong with it. */
export interface Bulk {
  readonly form: URLSearchParams
  readonly faults: ReadonlyMap<string, Text>
}

const LEAVE = 'leave'

/**
 * Reads `POST …/bulk`: `id` of each checked job, and fields that are `leave` where they stay as they are. Sets them
 * and goes back; what is wrong is shown again by `again`.
 */
export async function setForMany(ctx: Context, house: House, again: (bulk: Bulk) => void): Promise<void> {
  const form = await readForm(ctx.req, 262_144)
  const { jobs } = house.store.state()
  const ids = [...new Set(form.getAll('id'))].filter((id) => Object.hasOwn(jobs, id))
  const wish = without(form, LEAVE)
  const { change, faults } = readOverrides(wish, house.actions.monitoring)
  const weekdays = form.get('set_days') === 'set' ? readWeekdays(form) : null
  const wrong = new Map(faults)
  if (ids.length === 0) wrong.set('id', text('watching.bulk.none'))
  else if (Object.keys(change).length === 0 && weekdays === null)
    wrong.set('id', text('watching.bulk.nothing'))
  if (wrong.size > 0) {
    ctx.status = 422
    return again({ form, faults: wrong })
  }
  const subjects = ids.map((id): Subject => ({ kind: 'job', id }))
  await house.actions.monitoring.override(
    subjects,
    (subject, state) => (weekdays === null ? change : { ...change, ...onDays(subject.id, weekdays, state) }),
    doerOf(ctx),
  )
  done(ctx, ownPath(form.get('next')), text('watching.bulk.done', { jobs: ids.length }))
}

/** The rhythm stays what it is, on other days. */
function onDays(jobId: string, weekdays: readonly number[], state: State): OverrideChange {
  const job = state.jobs[jobId]
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (job === undefined || server === undefined) return {}
  return { expect: { ...wishOf(job, server, monitoringSettings(state)), weekdays } }
}

function without(form: URLSearchParams, value: string): URLSearchParams {
  return new URLSearchParams([...form].filter(([, one]) => one !== value))
}

/** The bar below the table: each field begins with "as it is". */
export function bulkView(bulk: Bulk | null, visit: Visit, channels: readonly string[] = []) {
  const { words } = visit
  const form = bulk?.form ?? new URLSearchParams()
  const select = (name: string, values: readonly string[], label: (value: string) => string): Choice[] =>
    choicesOf([LEAVE, '', ...values], form.get(name) ?? LEAVE, (one) =>
      one === LEAVE
        ? words.say('watching.bulk.leave')
        : one === ''
          ? words.say('watching.bulk.inherit')
          : label(one),
    )
  const flag = (name: string) => select(name, ['on', 'off'], (one) => yesNo(one === 'on', words))
  const on = (name: string) => select(name, NOTIFY_ON, (one) => words.say(`page.notify-on.${one}`))
  const days: DayChip[] = dayChips(bulk === null ? [] : form.getAll('weekday').map(Number), words)
  return {
    choices: {
      watch: flag('watch'),
      notify_on: on('notify_on'),
      overdue_notices: flag('overdue_notices'),
      recovery_notices: flag('recovery_notices'),
      emails_on: on('emails_on'),
      topic_on: on('topic_on'),
      tolerance: select('tolerance', [...TOLERANCES.map(String), 'other'], (one) =>
        one === 'other' ? words.say('watching.other') : toleranceText(Number(one), words),
      ),
      repeat: select('repeat', [...REPEATS, 'hours'], (one) =>
        one === 'hours' ? words.say('watching.every-hours') : repeatText(one, words),
      ),
      emails: select('emails', ['own'], () => words.say('watching.own.own')),
      topic: select('topic', ['own'], () => words.say('watching.own.own')),
      ...Object.fromEntries(channels.map((name) => [`channel:${name}`, flag(`channel:${name}`)])),
    },
    channels: channels.map((name) => ({ name, label: words.say(`watching.channel.${name}`) })),
    values: Object.fromEntries(
      ['tolerance_minutes', 'repeat_hours', 'extra_emails', 'extra_topic'].map((name) => [
        name,
        form.get(name) ?? '',
      ]),
    ),
    setDays: form.get('set_days') === 'set',
    days,
    ids: form.getAll('id'),
    faults: inWords(bulk?.faults ?? new Map(), words),
  }
}
