import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import { actorOf } from '../actor-of.ts'
import { readForm } from '../body.ts'
import type { House } from '../house.ts'
import { formParts, partText } from '../multipart.ts'
import { visitOf } from '../visit.ts'

/** What came of a file, in words. */
export interface TakenView {
  readonly sentence: string
  readonly failed: readonly string[]
}

/**
 * Takes the runs of an upload: `file` of a form with files, else `content` that was pasted, for `job` where the
 * file does not say whose it is. @throws Failure `invalid` where there are none
 */
export async function readFile(ctx: Context, house: House): Promise<TakenView> {
  const fields = await readFields(ctx, house.settings.maxBodyBytes)
  const content = [fields.get('file'), fields.get('content')].find((one) => (one ?? '').trim() !== '')
  if (content === undefined) throw new Failure('invalid', text('collecting.file.nothing'))
  const job = fields.get('job') ?? ''
  const taken = await house.collecting.takeFile({ content, jobId: job === '' ? null : job }, actorOf(ctx))
  const { words } = visitOf(ctx)
  const { recorded, known, failed } = taken
  return {
    sentence: words.say('collecting.result', { recorded, known, failed: failed.length }),
    failed: failed.map(({ entry, reason }) =>
      words.say('collecting.file.entry', { entry, reason: words.say(reason) }),
    ),
  }
}

/** Fields by name, those that are files as their text; pasting alone needs no form with files. */
async function readFields(ctx: Context, limit: number): Promise<Map<string, string>> {
  if (!/^multipart\//i.test(ctx.get('Content-Type'))) return new Map(await readForm(ctx.req, limit))
  const fields = new Map<string, string>()
  for await (const part of formParts(ctx.req)) {
    if (['file', 'content', 'job'].includes(part.name))
      fields.set(part.name, (await partText(part, limit)).toString('utf8'))
  }
  return fields
}
