import { isDocumentTopic } from './topics.ts'

/** What to send so that the broker comes from what stands there to what is wanted. All of it is retained. */
export interface Changes {
  /**
   * First, and to be given a moment before the rest: documents that go (empty), and documents in which entities
   * that go are marked. What moves to another device must have left the old one before it appears on the new.
   */
  readonly farewells: ReadonlyMap<string, string>
  /** What is new or different, in the order of `wanted`. */
  readonly news: ReadonlyMap<string, string>
  /** Other topics that go, once nothing refers to them. */
  readonly leftovers: readonly string[]
}

export function changesBetween(
  standing: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  instance: string,
): Changes {
  const farewells = new Map<string, string>()
  const leftovers: string[] = []
  for (const [topic, payload] of standing) {
    const next = wanted.get(topic)
    const document = isDocumentTopic({ instance }, topic)
    if (next === undefined && !document) leftovers.push(topic)
    if (next === undefined && document) farewells.set(topic, '')
    if (next !== undefined && next !== payload && document) {
      const marked = markRemoved(payload, next)
      if (marked !== null) farewells.set(topic, marked)
    }
  }
  const news = new Map([...wanted].filter(([topic, payload]) => standing.get(topic) !== payload))
  for (const topic of farewells.keys()) {
    const next = wanted.get(topic)
    if (next !== undefined) news.set(topic, next)
  }
  return { farewells, news, leftovers }
}

/**
 * The next document with the entities that are gone reduced to their platform: leaving them out alone would not
 * remove them. Null where nothing goes.
 */
function markRemoved(before: string, next: string): string | null {
  const old = componentsOf(before)
  const now = componentsOf(next)
  if (old === null || now === null) return null
  const gone = Object.keys(old).filter((key) => !Object.hasOwn(now, key))
  if (gone.length === 0) return null
  const markers = Object.fromEntries(gone.map((key) => [key, { p: old[key]?.p ?? 'sensor' }]))
  return JSON.stringify({ ...(JSON.parse(next) as object), cmps: { ...now, ...markers } })
}

function componentsOf(document: string): Record<string, { p?: string }> | null {
  try {
    const parsed = JSON.parse(document) as { cmps?: Record<string, { p?: string }> } | null
    return parsed?.cmps ?? null
  } catch {
    return null
  }
}
