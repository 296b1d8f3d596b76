import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { ACCESS } from './access-fields.ts'
import { EMAIL } from './channels/email.ts'
import { HOME_ASSISTANT } from './channels/home-assistant.ts'
import { NTFY } from './channels/ntfy.ts'
import { TEMPLATES } from './channels/templates.ts'
import { DATABASE } from './database.ts'
import type { Section } from './section.ts'

export const SECTIONS: readonly Section[] = [
  { name: 'monitoring', group: 'watching', icon: 'clock', who: 'viewer' },
  { name: 'notifications', group: 'watching', icon: 'bell', who: 'viewer' },
  { name: 'maintenance', group: 'watching', icon: 'moon', who: 'viewer' },
  NTFY,
  EMAIL,
  TEMPLATES,
  HOME_ASSISTANT,
  { name: 'servers', group: 'sources', icon: 'server', who: 'administrator' },
  { name: 'collecting', group: 'sources', icon: 'download', who: 'administrator' },
  { name: 'users', group: 'people', icon: 'users', who: 'administrator' },
  { name: 'access', group: 'people', icon: 'shield', who: 'administrator', fields: ACCESS },
  { name: 'tokens', group: 'people', icon: 'key', who: 'administrator' },
  { name: 'audit', group: 'people', icon: 'list', who: 'administrator' },
  { name: 'display', group: 'system', icon: 'eye', who: 'viewer' },
  DATABASE,
  { name: 'import', group: 'system', icon: 'upload', who: 'administrator' },
  { name: 'log', group: 'system', icon: 'file', who: 'administrator' },
]

/** The side navigation: only what this visitor may open. */
export function settingsSide(visit: Visit, here: string, house: House) {
  const { words } = visit
  const groups = ['watching', 'channels', 'sources', 'people', 'system'] as const
  return {
    label: words.say('settings.title'),
    groups: groups
      .map((group) => ({
        title: words.say(`settings.group.${group}`),
        links: SECTIONS.filter(
          (one) => one.group === group && (one.who === 'viewer' || visit.isAdministrator),
        ).map((one) => ({
          href: visit.link(`/settings/${one.name}`),
          icon: one.icon,
          label: words.say(`settings.${one.name}.title`),
          isHere: one.name === here,
          isOff: isOff(one.name, house),
        })),
      }))
      .filter((group) => group.links.length > 0),
  }
}

/** Whether a channel is there and nothing goes through it. */
function isOff(section: string, house: House): boolean {
  if (section !== 'ntfy' && section !== 'email') return false
  return house.store.state().settings[`notices.${section}.enabled`] !== true
}

/** `GET /settings`: the first section this visitor may open; `?tab=` of the reference product finds its like. */
export function settingsIndex(ctx: Context): void {
  const visit = visitOf(ctx)
  const tab = String(ctx.query['tab'] ?? '')
  const wanted = OLD_TABS[tab] ?? tab
  const open = SECTIONS.filter((one) => one.who === 'viewer' || visit.isAdministrator)
  const section = open.find((one) => one.name === wanted) ?? open[0]
  if (section === undefined) throw new Failure('forbidden', text('error.administrator-only'))
  ctx.redirect(visit.link(`/settings/${section.name}`))
}

/** Tabs of the reference product (`/settings?tab=...`) and what they are called here. */
const OLD_TABS: Readonly<Record<string, string>> = {
  notifications: 'notifications',
  backup: 'notifications',
  overdue: 'monitoring',
  server: 'servers',
  addresses: 'servers',
  ntfy: 'ntfy',
  email: 'email',
  templates: 'templates',
  'database-maintenance': 'database',
  'application-logs': 'log',
  display: 'display',
  users: 'users',
  audit: 'audit',
}
