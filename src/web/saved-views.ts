import type { User } from '../domain/state.ts'

/** An overview that somebody made for themselves: what its address says, under a name. */
export interface SavedView {
  readonly name: string
  readonly query: Query
}

type Query = Readonly<Record<string, string>>
type Preferences = User['preferences']

/** What of an address makes a view; other parts come and go. */
const PARTS = ['state', 'tag', 'q', 'archived', 'layout', 'sort', 'dir'] as const
const MOST_VIEWS = 20
const LONGEST_NAME = 40

/** The parts of a query that make a view, in one order, so that equal views are equal texts. */
export function viewQuery(query: Query): Query {
  return Object.fromEntries(PARTS.flatMap((part) => (query[part] ? [[part, query[part]]] : [])))
}

/** A view as a query text: `state=failed&tag=home`. */
export function viewText(query: Query): string {
  return new URLSearchParams(viewQuery(query)).toString()
}

/** The views of a person, in the order in which they were made. What cannot be read is left out. */
export function savedViews(user: { readonly preferences: Preferences } | null): readonly SavedView[] {
  return [...readViews(user?.preferences ?? {})].map(([name, query]) => ({
    name,
    query: viewQuery(Object.fromEntries(new URLSearchParams(query))),
  }))
}

/** The view that opens instead of the whole overview; null for none. */
export function startView(user: { readonly preferences: Preferences } | null): SavedView | null {
  const wanted = user?.preferences['start_view'] ?? ''
  return savedViews(user).find((view) => wanted !== '' && view.name === wanted) ?? null
}

/** Keeps a view under a name, in the place of one that had it; null where there is no name, or no room for more. */
export function withView(preferences: Preferences, typed: string, query: string): Preferences | null {
  const name = typed.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_NAME)
  const views = readViews(preferences)
  if (name === '' || (!views.has(name) && views.size >= MOST_VIEWS)) return null
  views.set(name, viewText(Object.fromEntries(new URLSearchParams(query.slice(0, 500)))))
  return writeViews(preferences, views)
}

export function withoutView(preferences: Preferences, name: string): Preferences {
  const views = readViews(preferences)
  views.delete(name)
  const next = writeViews(preferences, views)
  return preferences['start_view'] === name ? withStart(next, '') : next
}

/** Which view opens first; '' for the whole overview. */
export function withStart(preferences: Preferences, name: string): Preferences {
  const { start_view: _, ...others } = preferences
  return name === '' ? others : { ...others, start_view: name }
}

/** Kept as one preference: a list of name and query. */
function readViews(preferences: Preferences): Map<string, string> {
  try {
    const read: unknown = JSON.parse(preferences['views'] ?? '[]')
    const pairs = Array.isArray(read) ? read.filter(isPair) : []
    return new Map(pairs.slice(0, MOST_VIEWS))
  } catch {
    return new Map()
  }
}

function isPair(one: unknown): one is [string, string] {
  return Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string'
}

function writeViews(preferences: Preferences, views: ReadonlyMap<string, string>): Preferences {
  const { views: _, ...others } = preferences
  return views.size === 0 ? others : { ...others, views: JSON.stringify([...views]) }
}
