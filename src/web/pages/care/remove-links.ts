import type { Visit } from '../../visit.ts'

/** What can be removed, as `GET /settings/database/clean` names it. */
export interface Removable {
  readonly what: 'run' | 'job-runs' | 'job' | 'server'
  readonly id: string
}

/** Links to the page that shows what would go; none for who may not remove anything. */
export function removeLinks(things: readonly Removable[], visit: Visit) {
  if (!visit.isAdministrator) return []
  return things.map(({ what, id }) => ({
    href: visit.link('/settings/database/clean', { what, id }),
    label: visit.words.say(`care.remove.${what}`),
  }))
}
