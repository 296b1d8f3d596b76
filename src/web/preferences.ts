import type { User } from '../domain/state.ts'

/** What a person may choose for the eye, by name, with the first as default. `null` takes any short text. */
export const PREFERENCES = {
  theme: ['auto', 'light', 'dark'],
  layout: ['grouped', 'table', 'cards'],
  sort: ['server', 'state', 'name', 'last', 'next', 'source', 'versions', 'duration'],
  rows: ['25', '10', '50', '100'],
  chart_style: ['line', 'bars'],
  keys: ['on', 'off'],
  range: ['quarter', 'week', 'month', 'year', 'all'],
  units: ['decimal', 'binary'],
  date_style: ['locale', 'iso'],
  hour12: ['', 'yes', 'no'],
  week_start: ['', 'monday', 'sunday'],
  start_page: ['overview', 'trends', 'activity'],
  language: null,
  locale: null,
  number_locale: null,
  zone: null,
} as const satisfies Readonly<Record<string, readonly string[] | null>>

export type PreferenceName = keyof typeof PREFERENCES

/** What this person chose, where it is one of the choices; else the default. */
export function preference(user: Pick<User, 'preferences'> | null, name: PreferenceName): string {
  const chosen = user?.preferences[name] ?? ''
  const choices: readonly string[] | null = PREFERENCES[name]
  if (choices === null) return chosen
  return choices.includes(chosen) ? chosen : (choices[0] ?? '')
}

/** The preferences in a form that can be taken: known names, allowed values, short texts. */
export function readPreferences(form: URLSearchParams): Record<string, string> {
  const read: Record<string, string> = Object.create(null)
  for (const [name, choices] of Object.entries(PREFERENCES) as [string, readonly string[] | null][]) {
    const value = form.get(name)
    if (value === null) continue
    if (choices === null ? value.length <= 60 && !/[^\w+/.-]/.test(value) : choices.includes(value))
      read[name] = value
  }
  return read
}
