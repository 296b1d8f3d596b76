import type { Context } from 'koa'
import type { House } from '../house.ts'
import { preference } from '../preferences.ts'
import { isOfLanguage } from '../reader.ts'
import { DISPLAY } from '../settings/display-fields.ts'
import type { Field } from '../settings/field.ts'
import { readField } from '../settings/field.ts'
import { type Failed, rowsOf } from '../settings/form.ts'
import { sendSettings } from '../settings/form-page.ts'
import { type Visit, visitOf } from '../visit.ts'

/** `GET /settings/display`: how this person likes to see things. Its form goes to `/preferences`. */
export function displayPage(ctx: Context, house: House): void {
  render(ctx, house, new Map())
}

/** What is wrong with the preferences of a form, by name; empty where all can be taken. */
export function displayFaults(form: URLSearchParams, house: House, visit: Visit): Failed {
  const read = DISPLAY.filter((field) => form.has(field.key)).map(
    (field) =>
      [field.key, { typed: form.get(field.key) ?? '', fault: faultOf(field, form, house, visit) }] as const,
  )
  return read.some(([, { fault }]) => fault !== null) ? new Map(read) : new Map()
}

/** Says what is wrong beside each field, with what was typed. */
export function refuseDisplay(ctx: Context, house: House, failed: Failed): void {
  ctx.status = 422
  render(ctx, house, failed)
}

function faultOf(field: Field, form: URLSearchParams, house: House, visit: Visit) {
  if (field.key === 'language') {
    const wanted = form.get('language') ?? ''
    return wanted === '' || house.languages.includes(wanted) ? null : { key: 'setting.fault.choice' }
  }
  const { fault } = readField(field, form.get(field.key))
  if (fault !== null || field.key !== 'locale') return fault
  const region = form.get('locale') ?? ''
  const language = form.get('language') || visit.reader.language
  return region === '' || isOfLanguage(region, language) ? null : { key: 'display.fault.other-language' }
}

function render(ctx: Context, house: House, failed: Failed): void {
  const visit = visitOf(ctx)
  const user = visit.user
  const source = {
    canChange: user !== null,
    value: (field: Field) => preference(user, field.key as Parameters<typeof preference>[1]),
  }
  const { words, now } = visit
  sendSettings(ctx, house, 'display', 'pages/display', {
    rows: rowsOf(DISPLAY, house, visit, failed, source),
    hasFaults: failed.size > 0,
    samples: [
      words.moment(now),
      words.relative(new Date(now.getTime() - 3 * 3_600_000), now),
      words.number(1_234_567.8),
      words.bytes(482_300_000_000),
      words.duration(8_040),
    ],
    zone: visit.reader.zone,
  })
}
