import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import type { Field } from './field.ts'

/**
 * A page under `/settings/<name>`. Its texts are `settings.<name>.title` and `.lead`. Where `fields` are given, the
 * shared form page shows and saves them; a section with a page of its own has its routes in the route table.
 */
export interface Section {
  readonly name: string
  readonly group: 'watching' | 'channels' | 'sources' | 'people' | 'system'
  readonly icon: string
  readonly who: 'viewer' | 'administrator'
  readonly fields?: readonly Field[]
}

export const SECTIONS: readonly Section[] = []

/** The side navigation: only what this visitor may open. */
export function settingsSide(visit: Visit, here: string, _house: House) {
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
        })),
      }))
      .filter((group) => group.links.length > 0),
  }
}
