import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { type Text, text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { visitOf } from '../../visit.ts'
import { readUntil } from '../../watching/read-until.ts'
import { ownPath } from '../sign-in.ts'

const MOST_AT_ONCE = 50

/**
 * `POST /incidents/:id/acknowledge`, and with more of the same subject in `id`. Goes to `next`; an incident that
 * is over by now is no error, the page was older than it.
 */
export const acknowledgeIncident = act((house, ids, ctx) =>
  house.actions.incidents.acknowledge(ids, doerOf(ctx)).then(() => text('activity.acknowledged')),
)

/** `POST /incidents/:id/unacknowledge`. */
export const unacknowledgeIncident = act((house, ids, ctx) =>
  house.actions.incidents.unacknowledge(ids, doerOf(ctx)).then(() => text('activity.unacknowledged')),
)

/** `POST /incidents/:id/snooze` with `for` = `1h 1d 1w until`, and `until`. */
export const snoozeIncident = act(async (house, ids, ctx, form) => {
  const until = readUntil(form, visitOf(ctx))
  if (until === null) throw new Failure('invalid', text('setting.fault.choice'), { field: 'for' })
  await house.actions.incidents.snooze(ids, until, doerOf(ctx))
  return text('activity.snoozed', { until: { at: until.toISOString(), as: 'moment' } })
})

/** `POST /incidents/:id/wake`: ends a snooze. */
export const wakeIncident = act((house, ids, ctx) =>
  house.actions.incidents.snooze(ids, null, doerOf(ctx)).then(() => text('activity.woken')),
)

/** `POST /incidents/:id/expected`: the figures of an anomaly are right. */
export const expectIncident = act(async (house, ids, ctx) => {
  await house.actions.incidents.expected(ids, doerOf(ctx))
  await house.calendar.now('overdue')
  return text('activity.expected-done')
})

/** `POST /notices/:id/resend`: once more, now. */
export async function resendNotice(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 16_384)
  const next = ownPath(form.get('next') ?? '/activity')
  await house.actions.incidents.resend(String(ctx['params'].id), doerOf(ctx))
  done(ctx, next, text('activity.resent'))
}

type Act = (house: House, ids: readonly string[], ctx: Context, form: URLSearchParams) => Promise<Text>

function act(doing: Act) {
  return async (ctx: Context, house: House): Promise<void> => {
    const form = await readForm(ctx.req, 16_384)
    const ids = [...new Set([String(ctx['params'].id), ...form.getAll('id')])].slice(0, MOST_AT_ONCE)
    const next = ownPath(form.get('next') ?? '/activity')
    try {
      done(ctx, next, await doing(house, ids, ctx, form))
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'forbidden') throw error
      done(ctx, next, error.text)
    }
  }
}
