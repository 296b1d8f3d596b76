import { join } from 'node:path'
import { Eta } from 'eta'
import { VERSION } from '../kit/package-facts.ts'
import { PLACES, USER_LINKS, type UserLink } from './places.ts'
import type { Visit } from './visit.ts'

/** Renders pages. A model is plain data; what a template prints is escaped, and a forgotten field is an error. */
export interface View {
  /** A whole page, or a fragment where the template names no layout. */
  render(visit: Visit, template: string, model: object): string
  /** A text or HTML body of a message; no visit, no layout. */
  renderMail(template: string, model: object): string
}

export function createView(
  folder: string,
  options: { cache: boolean; languageNames: ReadonlyMap<string, string> },
): View {
  const eta = new Eta({
    views: folder,
    cache: options.cache,
    debug: !options.cache,
    autoEscape: true,
    autoFilter: true,
    filterFunction: refuseUndefined,
  })
  return {
    render: (visit, template, model) =>
      eta.render(`./${template}`, {
        ...frame(visit),
        languageNames: options.languageNames,
        page: model,
        ...model,
      }),
    renderMail: (template, model) => eta.render(`./${join('mail', template)}`, model),
  }
}

/** What every template may use beside its own model. */
function frame(visit: Visit) {
  const { words } = visit
  return {
    visit,
    words,
    say: words.say.bind(words),
    link: visit.link.bind(visit),
    asset: visit.asset.bind(visit),
    version: VERSION,
    places: PLACES,
    userLinks: USER_LINKS.filter((one) => mayUse(one, visit)),
    icon: (name: string, kind = 'icon') =>
      `<svg class="${kind}" aria-hidden="true"><use href="${visit.asset('icons/sprite.svg')}#${name}"></use></svg>`,
    json: (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c'),
  }
}

function mayUse({ only }: UserLink, { door, isAdministrator }: Visit): boolean {
  return only === undefined || (only === 'administrator' ? isAdministrator : door === 'public')
}

/** A field that the view model forgot must fail a test, not print "undefined" to a person. */
function refuseUndefined(value: unknown): string {
  if (value === undefined) throw new TypeError('A template prints a value that its page did not give')
  return value === null ? '' : String(value)
}
