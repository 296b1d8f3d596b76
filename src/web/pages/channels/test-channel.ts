import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import type { MailConversation } from '../../channel-desks.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { saveForm, sectionOf } from '../../settings/form-page.ts'

/** What can be tried on which page; each gives what was said, or throws a Failure. */
const TESTS: Readonly<Record<string, Readonly<Record<string, Test>>>> = {
  ntfy: { ntfy: (house, by) => plain(house.notices.test('ntfy', null, by)) },
  email: { email: (house, by) => house.notices.tryEmail(by) },
  'home-assistant': {
    mqtt: (house) => plain(house.mqtt.test()),
    'home-assistant': (house, by) => plain(house.notices.test('home-assistant', null, by)),
    notify: (house, by) => plain(house.notices.test('notify', null, by)),
  },
}

type Test = (house: House, by: string) => Promise<MailConversation>

/** `POST /settings/:section/test` with `test` and the fields of the page: saves them, tries, says what came of it. */
export async function testChannel(ctx: Context, house: House): Promise<void> {
  const section = sectionOf(ctx)
  const tests = Object.hasOwn(TESTS, section.name) ? TESTS[section.name] : undefined
  if (tests === undefined) throw new Failure('not-found', text('error.no-such-page'))
  const form = await readForm(ctx.req)
  const wanted = form.get('test') ?? ''
  const name = Object.hasOwn(tests, wanted) ? wanted : (Object.keys(tests)[0] ?? '')
  if (!(await saveForm(ctx, house, section, form))) return
  const by = doerOf(ctx).who
  const said = await conversation(tests[name], house, by)
  house.trials.set(name, { ...said, at: house.clock.now().toISOString(), by })
  const result = said.failure === null ? 'done' : 'failed'
  await house.actions.audit({ action: 'channel.test', ...doerOf(ctx), result, target: name })
  const sentence = said.failure ?? text(`channel.trial.good.${name}`)
  done(ctx, `/settings/${section.name}`, sentence)
}

async function conversation(test: Test | undefined, house: House, by: string): Promise<MailConversation> {
  try {
    return test === undefined ? SILENT : await test(house, by)
  } catch (error) {
    if (error instanceof Failure) return { ...SILENT, failure: error.text }
    throw error
  }
}

const SILENT: MailConversation = { failure: null, step: null, lines: [] }

/** A test of which only the end is known. */
async function plain(test: Promise<void>): Promise<MailConversation> {
  await test
  return SILENT
}
