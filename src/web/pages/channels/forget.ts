import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import type { Reading } from '../../settings/form.ts'
import { saveReading, sectionOf } from '../../settings/form-page.ts'

/** Pages whose settings can be forgotten as a whole. */
const FORGETTABLE = new Set(['ntfy', 'email'])

/** `POST /settings/:section/forget`: back to how it was on the first day, passwords included. */
export async function forgetSection(ctx: Context, house: House): Promise<void> {
  const section = sectionOf(ctx)
  if (!FORGETTABLE.has(section.name)) throw new Failure('not-found', text('error.no-such-page'))
  const fields = (section.fields ?? []).filter((field) => house.settings.locked[field.key] === undefined)
  const plain = fields.filter((field) => field.kind !== 'secret')
  const { secrets } = house.store.state()
  const stored = fields.filter((field) => field.kind === 'secret' && Object.hasOwn(secrets, field.key))
  const reading: Reading = {
    values: Object.fromEntries(plain.map((field) => [field.key, field.default])),
    secrets: new Map(stored.map((field) => [field.key, null])),
    failed: new Map(),
    isGood: true,
  }
  await saveReading(ctx, house, section, reading)
  house.trials.delete(section.name)
  done(ctx, `/settings/${section.name}`, text('channel.forgotten'))
}
