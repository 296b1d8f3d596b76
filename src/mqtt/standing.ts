import { ORIGIN } from './discovery.ts'
import type { Link } from './link.ts'
import type { Presence } from './presence.ts'
import { identifier, isDocumentTopic } from './topics.ts'

/** Under which prefixes something of ours may stand at the broker: remembered in the state. */
export interface Remembered {
  readonly prefix: string
  readonly discovery: string | null
}

/** Reads what stands at a broker: what an earlier life of ours left there is known only from there. */
export interface Reader {
  read(link: Link): Promise<Map<string, string>>
  /** To be told of every retained message. */
  found(topic: string, payload: string): void
}

const MOST_ROUNDS = 10

/** `quiet` waits so long that no retained message in that time means that all of them have come. */
export function createReader(
  presence: Presence,
  remembered: Remembered | null,
  quiet: () => Promise<void>,
): Reader {
  let standing: Map<string, string> | null = null
  let heard = false
  return {
    async read(link) {
      const filters = standingFilters(presence, remembered)
      const found = new Map<string, string>()
      standing = found
      await link.subscribe(filters)
      let rounds = 0
      do {
        heard = false
        await quiet()
        rounds += 1
      } while (heard && rounds < MOST_ROUNDS)
      standing = null
      await link.unsubscribe(filters)
      return found
    },
    found(topic, payload) {
      heard = true
      if (payload !== '' && isOurs(presence, remembered, topic, payload)) standing?.set(topic, payload)
    },
  }
}

/** Filters that bring everything retained of ours, under present and earlier prefixes. */
function standingFilters(presence: Presence, remembered: Remembered | null): readonly string[] {
  const discoveries = [presence.discovery, remembered?.discovery ?? null].filter((one) => one !== null)
  const prefixes = [presence.prefix, ...(remembered === null ? [] : [remembered.prefix])]
  return [
    ...new Set([
      ...discoveries.map((one) => `${one}/device/+/config`),
      ...prefixes.map((one) => `${one}/${presence.instance}/#`),
    ]),
  ]
}

/** Whether a retained message is ours to clear: never one of another installation. */
function isOurs(presence: Presence, remembered: Remembered | null, topic: string, payload: string): boolean {
  if (isDocumentTopic(presence, topic)) return isOurDocument(presence, payload)
  return [presence.prefix, remembered?.prefix].some((one) => topic.startsWith(`${one}/${presence.instance}/`))
}

function isOurDocument(presence: Presence, payload: string): boolean {
  try {
    const document = JSON.parse(payload) as { o?: { name?: unknown }; dev?: { ids?: unknown } } | null
    const ids = document?.dev?.ids
    const own = Array.isArray(ids) && ids.every((id) => String(id).startsWith(identifier(presence)))
    return document?.o?.name === ORIGIN && own
  } catch {
    return false
  }
}
