import { text } from '../../domain/text.ts'
import { isZone } from '../../domain/zone.ts'
import type { PreferenceName } from '../preferences.ts'
import { PREFERENCES } from '../preferences.ts'
import type { Field } from './field.ts'
import { zones } from './zones.ts'

const ROWS = [...PREFERENCES.rows].sort((a, b) => Number(a) - Number(b))

/** What a person chooses for the eye, as rows of a form; the keys are names of preferences. */
export const DISPLAY: readonly Field[] = [
  choice('theme', 'segments', 'look'),
  choice('start_page', 'choice', 'look'),
  choice('layout', 'segments', 'look'),
  choice('sort', 'choice', 'look'),
  { ...choice('rows', 'segments', 'look'), choices: ROWS, choiceLabels: sameWords(ROWS) },
  { ...choice('range', 'choice', 'look'), choices: ['week', 'month', 'quarter', 'year', 'all'] },
  choice('chart_style', 'segments', 'look'),
  choice('keys', 'segments', 'look'),
  {
    key: 'language',
    kind: 'choice',
    default: '',
    said: 'display.language',
    group: 'words',
    options: (house, { words }) => [
      { value: '', label: words.say('setting.display.language.choice.none') },
      ...[...house.languageNames].map(([value, label]) => ({ value, label })),
    ],
  },
  {
    key: 'zone',
    kind: 'text',
    default: '',
    said: 'display.zone',
    group: 'words',
    placeholder: 'Europe/Berlin',
    suggestions: zones,
    check: (value) =>
      value === '' || isZone(String(value))
        ? null
        : text('notify.setting.zone.wrong', { value: String(value).slice(0, 60) }),
  },
  region('locale'),
  choice('date_style', 'segments', 'words'),
  choice('hour12', 'segments', 'words'),
  choice('week_start', 'segments', 'words'),
  region('number_locale'),
  choice('units', 'segments', 'words'),
]

/** Regions people pick from; any other tag can be typed. */
const REGIONS: readonly string[] =
  'en-GB en-US en-AU en-CA en-IE en-IN en-NZ en-ZA de-DE de-AT de-CH fr-FR fr-BE fr-CA fr-CH es-ES es-MX es-AR es-CO pt-BR pt-PT it-IT nl-NL nl-BE pl-PL cs-CZ da-DK sv-SE nb-NO fi-FI tr-TR ru-RU uk-UA el-GR hu-HU ro-RO ja-JP ko-KR zh-Hans-CN zh-Hant-TW hi-IN hi-Latn-IN id-ID vi-VN'.split(
    ' ',
  )

function choice(name: PreferenceName, kind: 'choice' | 'segments', group: string): Field {
  const choices = PREFERENCES[name] ?? []
  return { key: name, kind, default: choices[0] ?? '', choices, said: `display.${name}`, group }
}

function region(name: 'locale' | 'number_locale'): Field {
  return {
    key: name,
    kind: 'text',
    default: '',
    said: `display.${name}`,
    group: 'words',
    placeholder: 'en-GB',
    suggestions: () => REGIONS,
    check: (value) => (isRegion(String(value)) ? null : text('display.fault.region')),
  }
}

function isRegion(tag: string): boolean {
  if (tag === '') return true
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

function sameWords(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(values.map((value) => [value, value]))
}
