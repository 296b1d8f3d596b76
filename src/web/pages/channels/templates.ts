import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import type { State } from '../../../domain/state.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import type { SentTrial, TemplateText } from '../../channel-desks.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { runNoOf, templateEditor } from '../../settings/channels/template-editor.ts'
import { TEMPLATES } from '../../settings/channels/templates.ts'
import { rowsOf } from '../../settings/form.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

/**
 * `POST /settings/templates/:kind` with `title`, `message`, `priority`, `tags`, `run` and `do` = `save`, `preview`,
 * `test` or `reset`. Nothing but `save` and `reset` changes anything.
 */
export async function changeTemplate(ctx: Context, house: House): Promise<void> {
  const kind = kindOf(ctx, house)
  const form = await readForm(ctx.req, 100_000)
  const template = templateFrom(form)
  const run = form.get('run') ?? undefined
  const verb = form.get('do') ?? 'save'
  const desk = house.notices.templates
  if (verb === 'reset' || verb === 'reset-all') {
    for (const one of verb === 'reset' ? [kind] : desk.kinds) await store(ctx, house, one, null)
    return done(ctx, `/settings/templates?kind=${kind}`, text('templates.was-reset'))
  }
  const isWrong = desk.check(kind, template).length > 0
  if (verb === 'preview' || isWrong) {
    if (verb !== 'preview') ctx.status = 422
    return render(ctx, house, kind, run, template)
  }
  if (verb === 'test') {
    const sent = await sendTest(house, kind, template, runNoOf(house, kind, run ?? null))
    return render(ctx, house, kind, run, template, sent)
  }
  await store(ctx, house, kind, template)
  done(ctx, `/settings/templates?kind=${kind}`, text('settings.saved'))
}

/** `POST /settings/templates/:kind/preview`: only the preview and what is wrong, for the page that asks as one types. */
export async function previewTemplate(ctx: Context, house: House): Promise<void> {
  const kind = kindOf(ctx, house)
  const form = await readForm(ctx.req, 100_000)
  const visit = visitOf(ctx)
  const model = await templateEditor(house, visit, {
    kind,
    run: form.get('run') ?? undefined,
    text: templateFrom(form),
  })
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = house.view.render(visit, 'partials/message-preview', model)
}

/** What came of a test, a line a channel; a sentence of its own where there was nothing to send. */
async function sendTest(
  house: House,
  kind: string,
  template: TemplateText,
  runNo: number | null,
): Promise<readonly SentTrial[]> {
  try {
    return await house.notices.templates.send(kind, template, runNo)
  } catch (error) {
    if (error instanceof Failure) return [{ channel: '', failure: error.text }]
    throw error
  }
}

async function render(
  ctx: Context,
  house: House,
  kind: string,
  run: string | undefined,
  template: TemplateText,
  sent: readonly SentTrial[] = [],
): Promise<void> {
  const visit = visitOf(ctx)
  const { words } = visit
  const model = await templateEditor(house, visit, { kind, run, text: template })
  sendSettings(ctx, house, 'templates', TEMPLATE_PAGE, {
    ...model,
    rows: rowsOf(TEMPLATES.fields ?? [], house, visit),
    hasFaults: false,
    isRefused: ctx.status === 422,
    sent: sent.map(({ channel, failure }) => ({
      channel: channel === '' ? '' : words.say(`channel.name.${channel}`),
      isGood: failure === null,
      sentence: words.say(failure ?? 'templates.sent'),
    })),
  })
}

const TEMPLATE_PAGE = 'pages/channels/templates'

/** Stores a text, or forgets it where it is the one that holds anyway: then it follows the language again. */
async function store(ctx: Context, house: House, kind: string, template: TemplateText | null): Promise<void> {
  const desk = house.notices.templates
  const before = desk.current(kind)
  const initial = desk.initial(kind)
  const isInitial = template === null || PARTS.every((part) => template[part] === initial[part])
  const key = `templates.${kind}`
  await house.store.change((state: State) => {
    const { [key]: _, ...others } = state.settings
    return { ...state, settings: isInitial ? others : { ...others, [key]: template } }
  })
  const now = template ?? initial
  const changed = PARTS.filter((part) => before[part] !== now[part])
  if (changed.length === 0) return
  await house.actions.audit({
    action: 'settings',
    target: 'templates',
    ...doerOf(ctx),
    result: 'done',
    changes: Object.fromEntries(
      changed.map((part) => [`${key}.${part}`, [before[part], now[part]] as const]),
    ),
  })
}

const PARTS = ['title', 'message', 'priority', 'tags'] as const

function templateFrom(form: URLSearchParams): TemplateText {
  const part = (name: string) => (form.get(name) ?? '').replaceAll('\r\n', '\n')
  return {
    title: part('title').trim(),
    message: part('message'),
    priority: part('priority'),
    tags: part('tags').trim(),
  }
}

function kindOf(ctx: Context, house: House): string {
  const kind = String(ctx['params'].kind)
  if (!house.notices.templates.kinds.includes(kind))
    throw new Failure('not-found', text('error.no-such-page'))
  return kind
}
