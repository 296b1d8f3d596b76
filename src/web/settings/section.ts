import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import type { Field } from './field.ts'

/**
 * A page under `/settings/<name>`. Its texts are `settings.<name>.title` and `.lead`. Where `fields` are given, the
 * shared form saves them; `page` draws them in a template of their own. A section without fields has its routes in
 * the route table.
 */
export interface Section {
  readonly name: string
  readonly group: 'watching' | 'channels' | 'sources' | 'people' | 'system'
  readonly icon: string
  readonly who: 'viewer' | 'administrator'
  readonly fields?: readonly Field[]
  readonly page?: SectionPage
}

/** What makes a section more than a list of fields. */
export interface SectionPage {
  readonly template: string
  /** What the template needs beside `rows`. */
  model(house: House, visit: Visit, query: Readonly<Record<string, string>>): object | Promise<object>
  /** Whether the page follows what happens now; it does not where nothing is said. */
  isLive?(house: House): boolean
  /** Fills in what the form left to us, before it is read. */
  complete?(form: URLSearchParams, house: House): void
  /** After a save: `changed` names settings and secrets. */
  saved?(house: House, changed: readonly string[]): Promise<void>
}
