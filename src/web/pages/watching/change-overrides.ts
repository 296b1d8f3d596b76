import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { CHANNELS } from '../../../domain/monitoring-settings.ts'
import {
  NOTICE_KEYS,
  type OverrideChange,
  type OverrideKey,
  type Subject,
  subjectOf,
  WATCHING_KEYS,
} from '../../../domain/override-changes.ts'
import { serverName } from '../../../domain/server.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { readOverrides } from '../../watching/override-form.ts'
import type { Editing } from '../../watching/override-view.ts'
import { testReceivers } from '../../watching/test-receivers.ts'
import { ownPath } from '../sign-in.ts'
import { showJobMonitoring } from './job-monitoring.ts'
import { showMonitoring } from './monitoring.ts'
import { showNotifications } from './notifications.ts'

/**
 * `POST /jobs/:id/monitoring`: what this job sets apart. Only fields that the form has are changed; `reset` names
 * one that inherits again, `test` sends a test to what was typed and saves nothing. Goes to `next` afterwards.
 */
export async function changeJob(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 131_072)
  await change(ctx, house, { kind: 'job', id: String(ctx['params'].id) }, form)
}

/**
 * `POST /servers/:id/monitoring`: the same for all jobs of a server. With `do=apply` its jobs forget their own
 * values, with `do=clear` the server too; `keys` is `watching` or `notices`.
 */
export async function changeServer(ctx: Context, house: House): Promise<void> {
  const subject: Subject = { kind: 'server', id: String(ctx['params'].id) }
  const form = await readForm(ctx.req, 131_072)
  const verb = form.get('do')
  if (verb !== 'apply' && verb !== 'clear') return change(ctx, house, subject, form)
  const name = nameOf(house, subject)
  const keys = form.get('keys') === 'notices' ? NOTICE_KEYS : WATCHING_KEYS_AND_NOTIFY
  const what = verb === 'apply' ? 'jobs' : 'all'
  await house.actions.monitoring.inherit(subject.id, keys, what, doerOf(ctx))
  done(ctx, ownPath(form.get('next')), text(`watching.inherited.${what}`, { name }))
}

/** The monitoring page edits `notifyOn` too. */
const WATCHING_KEYS_AND_NOTIFY: readonly OverrideKey[] = [...WATCHING_KEYS, 'notifyOn']

async function change(ctx: Context, house: House, subject: Subject, form: URLSearchParams): Promise<void> {
  const name = nameOf(house, subject)
  const next = ownPath(form.get('next') ?? defaultNext(subject))
  const reset = form.get('reset')
  const reading =
    reset === null
      ? readOverrides(form, house.actions.monitoring)
      : { change: resetOf(reset), faults: new Map() }
  const test = form.get('test')
  if (test !== null && !reading.faults.has(test)) {
    const said = new Map([[test, await testReceivers(ctx, house, test, form)]])
    return again(ctx, house, next, { subject, form, faults: reading.faults, said })
  }
  if (reading.faults.size > 0) {
    ctx.status = 422
    return again(ctx, house, next, { subject, form, faults: reading.faults, said: new Map() })
  }
  await house.actions.monitoring.override([subject], () => reading.change, doerOf(ctx))
  done(ctx, next, text('watching.saved', { name }))
}

/** Shows the form again on the page it came from. */
function again(ctx: Context, house: House, next: string, editing: Editing): void {
  if (next.startsWith('/settings/monitoring')) showMonitoring(ctx, house, { editing })
  else if (next.startsWith('/settings/notifications')) showNotifications(ctx, house, { editing })
  else showJobMonitoring(ctx, house, editing)
}

/** Fields of a form and the override each belongs to. */
const RESETS: ReadonlyMap<string, OverrideChange> = new Map<string, OverrideChange>([
  ['watch', { watch: null }],
  ['expect', { expect: null }],
  ['tolerance', { toleranceMinutes: null }],
  ['notify_on', { notifyOn: null }],
  ['overdue_notices', { overdueNotices: null }],
  ['recovery_notices', { recoveryNotices: null }],
  ['repeat', { repeat: null }],
  ['emails', { extraEmails: null, extraEmailsOn: null }],
  ['topic', { extraTopic: null, extraTopicOn: null }],
])

function resetOf(name: string): OverrideChange {
  const channel = CHANNELS.find((one) => name === `channel:${one}`)
  const change = channel === undefined ? RESETS.get(name) : { channels: { [channel]: null } }
  if (change === undefined) throw new Failure('invalid', text('error.no-such-verb'))
  return change
}

function defaultNext(subject: Subject): string {
  return subject.kind === 'job' ? `/jobs/${subject.id}` : '/settings/monitoring'
}

function nameOf(house: House, subject: Subject): string {
  const found = subjectOf(house.store.state(), subject)
  return 'serverId' in found ? found.name : serverName(found)
}
