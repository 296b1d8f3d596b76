import type { NoticeChannel } from '../actions/send-notices.ts'
import { Failure } from '../domain/failure.ts'
import type { Job } from '../domain/job.ts'
import type { Notice } from '../domain/notice.ts'
import type { Run, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Message } from '../notify/channel.ts'
import { readerOf } from '../notify/compose.ts'
import { defaultTemplate } from '../notify/default-templates.ts'
import type { DigestFigures } from '../notify/digest-figures.ts'
import { previewMessage } from '../notify/preview.ts'
import { notifySettings } from '../notify/settings.ts'
import { checkTemplate } from '../notify/template.ts'
import type { PriorityName, Template, TemplateKind } from '../notify/template-variables.ts'
import { PRIORITIES, TEMPLATE_KINDS, variablesOf } from '../notify/template-variables.ts'
import type { TemplateDesk, TemplateText } from '../web/channel-desks.ts'

export interface TemplateDeskNeeds {
  readonly clock: Clock
  readonly log: Log
  state(): State
  readonly store: { run(no: number): Promise<Run | null>; log(no: number): Promise<RunLog | null> }
  words(reader: Partial<Reader> | null): Words
  readonly channels: readonly NoticeChannel<Message>[]
  /** Absolute address of a page, null where we do not know how people reach us. */
  link(path: string): string | null
  toleranceOf(state: State, job: Job): number | null
  digestOf(notice: Pick<Notice, 'createdAt'>, state: State): Promise<DigestFigures>
}

const TEST_MS = 30_000

/** Texts of messages for their settings page: what holds, what they say of a real run, a test of them. */
export function templateDesk(needs: TemplateDeskNeeds): TemplateDesk {
  const settings = () => notifySettings(needs.state())
  const words = () => needs.words(readerOf(settings().templates))
  const messageOf = async (
    kind: string,
    template: TemplateText,
    runNo: number | null,
    deed: string | null,
  ) => {
    const state = needs.state()
    const run = runNo === null ? null : await needs.store.run(runNo)
    const job = run?.jobId == null ? undefined : state.jobs[run.jobId]
    const server = job === undefined ? undefined : state.servers[job.serverId]
    const now = needs.clock.now()
    return previewMessage(
      kindOf(kind),
      templateOf(template),
      {
        state,
        run,
        log: run === null ? null : await needs.store.log(run.no).catch(() => null),
        digest: kind === 'digest' ? await needs.digestOf({ createdAt: now.toISOString() }, state) : null,
        settings: notifySettings(state),
        words: words(),
        now,
        // Nothing is open here that a link could act on: a preview shows where one would stand, a test has none.
        links: { page: needs.link, deed: () => (deed === null ? null : needs.link(deed)) },
        toleranceMinutes: (one) => needs.toleranceOf(state, one),
      },
      job === undefined || server === undefined ? null : { job, server },
    )
  }
  return {
    kinds: TEMPLATE_KINDS,
    priorities: PRIORITIES,
    variables: (kind) => variablesOf(kindOf(kind)),
    current: (kind) => settings().templates.own.get(kindOf(kind)) ?? defaultTemplate(kindOf(kind), words()),
    initial: (kind) => defaultTemplate(kindOf(kind), words()),
    check: (kind, template) => checkTemplate(templateOf(template), kindOf(kind)),
    async preview(kind, template, runNo) {
      const message = await messageOf(kind, template, runNo, '/n/...')
      if (message === null) return null
      return {
        title: message.title,
        lines: message.mail.lines,
        tone: message.mail.tone,
        priority: message.priority,
        tags: message.tags,
        buttons: message.actions.map((action) => action.label),
        characters: message.text.length,
      }
    },
    async send(kind, template, runNo) {
      const message = await messageOf(kind, template, runNo, null)
      if (message === null) throw new Failure('invalid', text('templates.no-run'))
      const test = asTest(message, words(), needs.clock.now())
      const ready = needs.channels.filter((channel) => channel.ready() === null)
      if (ready.length === 0) throw new Failure('invalid', text('templates.no-channel'))
      const sent = ready.map(async (channel) => ({
        channel: channel.name,
        failure: await channel.send(test, null, AbortSignal.timeout(TEST_MS)).then(
          () => null,
          (error: unknown) => reasonOf(error, channel.name, needs.log),
        ),
      }))
      return Promise.all(sent)
    },
  }
}

function reasonOf(error: unknown, channel: string, log: Log): Text {
  if (error instanceof Failure) return error.text
  log.error(`A test for ${channel} could not be sent`, { error })
  return text('notices.failure.bug')
}

/** Says that it is a test, and stands alone: it neither replaces nor ends a message about a real problem. */
function asTest(message: Message, words: Words, now: Date): Message {
  const title = words.say('templates.test.title', { title: message.title })
  return {
    ...message,
    title,
    mail: { ...message.mail, title },
    thread: null,
    incidentIds: [],
    key: `test_${now.getTime().toString(36)}`,
  }
}

function kindOf(kind: string): TemplateKind {
  const found = TEMPLATE_KINDS.find((one) => one === kind)
  if (found === undefined) throw new Failure('not-found', text('error.no-such-page'))
  return found
}

function templateOf(template: TemplateText): Template {
  return { ...template, priority: template.priority as PriorityName }
}
