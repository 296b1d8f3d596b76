import type { Field } from '../field.ts'
import type { Section } from '../section.ts'
import { zones } from '../zones.ts'
import { byNotices } from './channel-fields.ts'
import { templateEditor } from './template-editor.ts'

const FIELDS: readonly Field[] = [
  {
    key: 'templates.language',
    kind: 'choice',
    default: '',
    options: (house, visit) => [
      { value: '', label: visit.words.say('setting.templates.language.choice.none') },
      ...[...house.languageNames].map(([value, label]) => ({ value, label })),
    ],
  },
  { key: 'templates.zone', kind: 'text', default: '', suggestions: zones, placeholder: 'Europe/Berlin' },
  {
    key: 'templates.log_characters',
    kind: 'number',
    default: 2000,
    range: [0, 20_000],
    unit: 'unit.characters',
  },
  {
    key: 'digest.every',
    kind: 'segments',
    default: 'never',
    choices: ['never', 'daily', 'weekly', 'monthly'],
    group: 'digest',
  },
  { key: 'digest.time_of_day', kind: 'time', default: '08:00', group: 'digest' },
  {
    key: 'digest.weekday',
    kind: 'choice',
    default: 1,
    group: 'digest',
    options: (_, visit) =>
      [1, 2, 3, 4, 5, 6, 0].map((day) => ({ value: String(day), label: visit.words.weekdays([day]) })),
  },
  { key: 'digest.day_of_month', kind: 'number', default: 1, range: [1, 31], group: 'digest' },
]

/** What messages say, in which language, and the regular summary. The texts themselves have a form of their own. */
export const TEMPLATES: Section = {
  name: 'templates',
  group: 'channels',
  icon: 'file-text',
  who: 'administrator',
  fields: FIELDS.map((field) => ({ ...field, read: byNotices(field.key) })),
  page: {
    template: 'pages/channels/templates',
    model: (house, visit, query) => templateEditor(house, visit, { kind: query['kind'], run: query['run'] }),
  },
}
