import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { type Text, text } from '../../domain/text.ts'
import { doerOf } from '../doer.ts'
import type { House } from '../house.ts'

/**
 * Sends a test to what was typed: `extra_emails`, `extra_topic`, or `channel:<name>` for a channel's own receivers.
 * Says what came of it, for the page; addresses and topic were looked at before.
 */
export async function testReceivers(
  ctx: Context,
  house: House,
  field: string,
  form: URLSearchParams,
): Promise<Text> {
  const { who } = doerOf(ctx)
  const receivers = receiversOf(field, form)
  if (receivers.length === 0) return text('watching.test.nobody')
  const results = await Promise.all(
    receivers.map(async ({ channel, to }) => {
      try {
        await house.notices.test(channel, to, who)
        return null
      } catch (error) {
        if (error instanceof Failure) return error.text
        throw error
      }
    }),
  )
  const failed = results.flatMap((why, index) =>
    why === null ? [] : [{ why, to: receivers[index]?.to ?? '' }],
  )
  const [first] = failed
  if (first === undefined) return text('watching.test.sent', { count: receivers.length })
  if (receivers.length === 1) return text('watching.test.failed', { why: first.why })
  return text('watching.test.failed-to', { to: failed.map(({ to }) => to).join(', '), why: first.why })
}

function receiversOf(
  field: string,
  form: URLSearchParams,
): readonly { readonly channel: string; readonly to: string | null }[] {
  if (field.startsWith('channel:')) return [{ channel: field.slice('channel:'.length), to: null }]
  if (field === 'extra_topic') {
    const topic = (form.get('extra_topic') ?? '').trim()
    return topic === '' ? [] : [{ channel: 'ntfy', to: topic }]
  }
  if (field !== 'extra_emails') throw new Failure('invalid', text('error.no-such-verb'))
  const addresses = (form.get('extra_emails') ?? '').split(/[\s,;]+/).filter((one) => one !== '')
  return [...new Set(addresses)].slice(0, 10).map((to) => ({ channel: 'email', to }))
}
