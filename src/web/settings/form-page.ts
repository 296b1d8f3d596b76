import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import { readForm as readBodyForm } from '../body.ts'
import { done } from '../flash.ts'
import type { House } from '../house.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'
import { fieldValue } from './field.ts'
import type { Reading } from './form.ts'
import { readForm, rowsOf } from './form.ts'
import type { Section } from './sections.ts'
import { SECTIONS, settingsSide } from './sections.ts'

/** `GET /settings/:section` for sections that are just fields. */
export function settingsPage(ctx: Context, house: House): void {
  const section = sectionOf(ctx)
  render(ctx, house, section, null)
}

/** `POST /settings/:section`: saves all fields, or none and says beside each field what is wrong. */
export async function saveSettings(ctx: Context, house: House): Promise<void> {
  const section = sectionOf(ctx)
  const reading = readForm(section.fields ?? [], house, await readBodyForm(ctx.req))
  if (!reading.isGood) {
    ctx.status = 422
    return render(ctx, house, section, reading)
  }
  await saveReading(ctx, house, section, reading)
  done(ctx, `/settings/${section.name}`, text('settings.saved'))
}

/** Stores what was read, sealed where secret, and writes old and new values into the audit log. */
export async function saveReading(
  ctx: Context,
  house: House,
  section: Section,
  reading: Reading,
): Promise<void> {
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
  if (changed.length === 0 && reading.secrets.size === 0) return
  const visit = visitOf(ctx)
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
    who: visit.user?.name ?? '',
    from: visit.address,
    result: 'done',
    changes: Object.fromEntries([...changes, ...secrets]),
  })
  house.bus.emit('state-changed', { why: `settings.${section.name}` })
}

function render(ctx: Context, house: House, section: Section, reading: Reading | null): void {
  sendSettings(ctx, house, section.name, 'pages/settings-form', {
    rows: rowsOf(section.fields ?? [], house, visitOf(ctx), reading?.failed),
    hasFaults: reading !== null,
  })
}

/** Answers with a settings page: its model, in the frame with the side navigation. `status` as set before. */
export function sendSettings(
  ctx: Context,
  house: House,
  name: string,
  template: string,
  model: object,
): void {
  const visit = visitOf(ctx)
  const status = ctx.status === 404 ? 200 : ctx.status
  const title = visit.words.say(`settings.${name}.title`)
  sendPage(
    ctx,
    house,
    template,
    { title, place: 'settings', help: 'settings', status },
    {
      section: name,
      lead: visit.words.say(`settings.${name}.lead`),
      side: settingsSide(visit, name, house),
      ...model,
    },
  )
}

function sectionOf(ctx: Context): Section {
  const name = String(ctx['params'].section)
  const section = SECTIONS.find((one) => one.name === name && one.fields !== undefined)
  if (section === undefined) throw new Failure('not-found', text('error.no-such-page'))
  if (section.who === 'administrator' && !visitOf(ctx).isAdministrator)
    throw new Failure('forbidden', text('error.administrator-only'))
  return section
}
