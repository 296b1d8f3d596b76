import type { Context } from 'koa'
import type { User } from '../domain/state.ts'
import type { Reader } from '../domain/words.ts'
import { cookie } from './cookies.ts'
import type { House } from './house.ts'

/** Display preferences of a person: from the user, else a cookie (until there are users), else the browser. */
export function readerOf(ctx: Context, house: House, user: User | null): Partial<Reader> {
  const wishes = user?.preferences ?? cookiePreferences(ctx)
  const language =
    pick(wishes['language'], house.languages) ?? house.chooseLanguage(ctx.get('Accept-Language'))
  return {
    language,
    locale: bestRegion(language, [wishes['locale'] ?? '', ...ctx.acceptsLanguages()]),
    zone: isZone(wishes['zone'])
      ? wishes['zone']
      : isZone(ctx.cookies.get('ds_zone'))
        ? (ctx.cookies.get('ds_zone') ?? '')
        : house.settings.zone,
    theme: pick(wishes['theme'], ['auto', 'light', 'dark'] as const) ?? 'auto',
    units: pick(wishes['units'], ['decimal', 'binary'] as const) ?? 'decimal',
    dateStyle: pick(wishes['date_style'], ['locale', 'iso'] as const) ?? 'locale',
    hour12: wishes['hour12'] === 'yes' ? true : wishes['hour12'] === 'no' ? false : null,
    ...weekStart(wishes['week_start']),
    ...(isLocale(wishes['number_locale']) ? { numberLocale: wishes['number_locale'] } : {}),
  }
}

function weekStart(wish: string | undefined): { weekStart?: number } {
  const day = ['sunday', 'monday'].indexOf(wish ?? '')
  return day === -1 ? {} : { weekStart: day }
}

/** The cookie `ds_prefs` holds preferences as a query text; nothing in it is trusted. */
export function cookiePreferences(ctx: Context): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(cookie(ctx, 'ds_prefs')?.slice(0, 1000) ?? ''))
}

function pick<T extends string>(value: string | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value)
}

function isLocale(value: string | undefined): value is string {
  if (value === undefined || value === '*' || value.length > 35) return false
  try {
    return Intl.getCanonicalLocales(value).length === 1
  } catch {
    return false
  }
}

const regions = new Map<string, string>()

/** The first of the wished regions that is one of the language, else the language alone. */
function bestRegion(language: string, wished: readonly string[]): string {
  const id = [language, ...wished].join(' ')
  const known = regions.get(id)
  if (known !== undefined) return known
  const best = wished.find((one) => isLocale(one) && isOfLanguage(one, language)) ?? language
  if (regions.size < 600) regions.set(id, best)
  return best
}

/** Whether a region says and writes it as the language does: `hi-IN` is Hindi, but not in Latin letters. */
export function isOfLanguage(locale: string, language: string): boolean {
  const one = new Intl.Locale(locale).maximize()
  const other = new Intl.Locale(language).maximize()
  return one.language === other.language && one.script === other.script
}

const zones = new Map<string, boolean>()

/** Asking Intl for a zone is slow, and a browser sends the same one each time. */
function isZone(value: string | undefined): value is string {
  if (value === undefined || value === '' || value.length > 60) return false
  const known = zones.get(value)
  if (known !== undefined) return known
  let usable = true
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
  } catch {
    usable = false
  }
  if (zones.size < 600) zones.set(value, usable)
  return usable
}
