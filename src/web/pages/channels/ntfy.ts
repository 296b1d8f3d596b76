import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { saveForm, sectionOf } from '../../settings/form-page.ts'

/** `POST /settings/ntfy/topic` with the fields of the page: saves them with a new topic that nobody knows. */
export async function renewTopic(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req)
  form.set('ntfy.topic', house.notices.newTopic())
  if (await saveForm(ctx, house, sectionOf(ctx, 'ntfy'), form))
    done(ctx, '/settings/ntfy', text('ntfy.topic.renewed'))
}

/** `GET /ntfy/code.svg?topic`: the QR code by which a phone subscribes, to our topic or another on the same server. */
export async function topicCode(ctx: Context, house: House): Promise<void> {
  const topic = house.notices.topic(single(ctx.query)['topic'])
  if (topic === null) throw new Failure('not-found', text('ntfy.no-topic-code'))
  const svg = await house.notices.code(topic.phone)
  ctx.type = 'image/svg+xml'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = svg
}
