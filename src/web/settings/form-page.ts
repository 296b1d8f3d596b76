import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import { readForm as readBodyForm } from '../body.ts'
import { doerOf } from '../doer.ts'
import { done } from '../flash.ts'
import { chapterOfSettings } from '../help-chapters.ts'
import type { House } from '../house.ts'
import { type PageFrame, sendPage, single } from '../send-page.ts'
import { visitOf } from '../visit.ts'
import { fieldValue } from './field.ts'
import type { Reading } from './form.ts'
import { readForm, rowsOf } from './form.ts'
import type { Section } from './section.ts'
import { SECTIONS, settingsSide } from './sections.ts'

/** `GET /settings/:section` for sections that have fields. */
export function settingsPage(ctx: Context, house: House): Promise<void> {
  return render(ctx, house, sectionOf(ctx), null)
}

/** `POST /settings/:section`: saves all fields, or none and says beside each field what is wrong. */
export async function saveSettings(ctx: Context, house: House): Promise<void> {
  const section = sectionOf(ctx)
  if (await saveForm(ctx, house, section, await readBodyForm(ctx.req)))
    done(ctx, `/settings/${section.name}`, text('settings.saved'))
}

/** Saves what a form sent; false where it could not be, and the page that says why is the answer already. */
export async function saveForm(
  ctx: Context,
  house: House,
  section: Section,
  form: URLSearchParams,
): Promise<boolean> {
  section.page?.complete?.(form, house)
  const reading = readForm(section.fields ?? [], house, form)
  if (reading.isGood) {
    const changed = await saveReading(ctx, house, section, reading)
    await section.page?.saved?.(house, changed)
    return true
  }
  ctx.status = 422
  await render(ctx, house, section, reading)
  return false
}

/**
 * Stores what was read, sealed where secret, and writes old and new values into the audit log. Gives the names of
 * what changed.
 */
export async function saveReading(
  ctx: Context,
  house: House,
  section: Section,
  reading: Reading,
): Promise<readonly string[]> {
  const before = house.store.state()
  const changed = (section.fields ?? []).filter(
    (field) =>
      Object.hasOwn(reading.values, field.key) &&
      JSON.stringify(reading.values[field.key]) !== JSON.stringify(fieldValue(field, before)),
  )
  if (changed.length > 0) {
    const values = Object.fromEntries(changed.map((field) => [field.key, reading.values[field.key]]))
    await house.store.change((state) => ({ ...state, settings: { ...state.settings, ...values } }))
  }
  for (const [name, value] of reading.secrets) await house.secrets.set(name, value)
  const names = [...changed.map((field) => field.key), ...reading.secrets.keys()]
  if (names.length === 0) return names
  const changes = changed.map((field) => [
    field.key,
    [fieldValue(field, before), reading.values[field.key]] as const,
  ])
  const secrets = [...reading.secrets].map(([name, value]) => [
    name,
    ['***', value === null ? '' : '***'] as const,
  ])
  await house.actions.audit({
    action: 'settings',
    target: section.name,
    ...doerOf(ctx),
    result: 'done',
    changes: Object.fromEntries([...changes, ...secrets]),
  })
  house.bus.emit('state-changed', { why: `settings.${section.name}` })
  return names
}

async function render(ctx: Context, house: House, section: Section, reading: Reading | null): Promise<void> {
  const visit = visitOf(ctx)
  const { name, page } = section
  const model = (await page?.model(house, visit, single(ctx.query))) ?? {}
  const own = {
    rows: rowsOf(section.fields ?? [], house, visit, reading?.failed),
    hasFaults: reading !== null,
    ...model,
  }
  const isLive = reading === null && page?.isLive?.(house) === true
  sendSettings(ctx, house, name, page?.template ?? 'pages/settings-form', own, { isLive })
}

/** Answers with a settings page: its model, in the frame with the side navigation. `status` as set before. */
export function sendSettings(
  ctx: Context,
  house: House,
  name: string,
  template: string,
  model: object,
  more: Partial<PageFrame> = {},
): void {
  const visit = visitOf(ctx)
  const status = ctx.status === 404 ? 200 : ctx.status
  const title = visit.words.say(`settings.${name}.title`)
  sendPage(
    ctx,
    house,
    template,
    { title, place: 'settings', help: chapterOfSettings(name), status, ...more },
    {
      section: name,
      lead: visit.words.say(`settings.${name}.lead`),
      side: settingsSide(visit, name, house),
      ...model,
    },
  )
}

/** The section that an address names. Throws Failure where there is none, or not for this visitor. */
export function sectionOf(ctx: Context, name = String(ctx['params'].section)): Section {
  const section = SECTIONS.find((one) => one.name === name && one.fields !== undefined)
  if (section === undefined) throw new Failure('not-found', text('error.no-such-page'))
  if (section.who === 'administrator' && !visitOf(ctx).isAdministrator)
    throw new Failure('forbidden', text('error.administrator-only'))
  return section
}
