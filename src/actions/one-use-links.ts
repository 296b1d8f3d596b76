import type { Incident } from '../domain/incident.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { keyedHash, sha256 } from '../kit/ids.ts'

export type LinkVerb = 'acknowledge' | 'snooze'

/** What a link would do, or why it does nothing any more. */
export interface LinkLook {
  readonly standing: 'open' | 'done' | 'used' | 'expired' | 'nothing-open' | 'unknown'
  readonly verb: LinkVerb | null
  /** Open incidents it acts on. */
  readonly incidents: readonly Incident[]
  /** Why it does nothing, for the page; null while it is open or has just acted. */
  readonly because: Text | null
}

export interface OneUseLinksNeeds {
  readonly clock: Clock
  /** Known only to this installation; tokens are made from it and only their hashes are kept. */
  readonly key: string | Uint8Array
  state(): State
  change(step: (state: State) => State): Promise<State>
  acknowledge(state: State, incidentId: string, done: { at: string; by: string }): State
  snooze(state: State, incidentId: string, until: string): State
}

const FEATURE = 'notice-links'
const GOOD_FOR_DAYS = 7
const SNOOZE_HOURS = 24
const MOST_LINKS = 2000
const DAY_MS = 86_400_000

/** Links in messages that act without signing in: whoever holds one may use it, once, for a week. */
export function createOneUseLinks(needs: OneUseLinksNeeds) {
  const token = (notices: readonly Notice[], verb: LinkVerb) =>
    keyedHash(
      needs.key,
      `${verb} ${notices
        .map(({ id }) => id)
        .sort()
        .join(' ')}`,
    )

  return {
    /** The same for every attempt to send the same notices. */
    token,

    /** Makes the links of these notices good; part of the change that counts the attempt. */
    mint(state: State, notices: readonly Notice[], now: Date): State {
      const incidentIds = openIncidents(state, notices)
      if (incidentIds.length === 0) return state
      const expiresAt = new Date(now.getTime() + GOOD_FOR_DAYS * DAY_MS).toISOString()
      const by = notices[0]?.channel ?? ''
      const links = { ...linksOf(state) }
      for (const verb of ['acknowledge', 'snooze'] as const) {
        const hash = sha256(token(notices, verb))
        links[hash] ??= { verb, incidentIds, by, expiresAt, usedAt: null }
      }
      return withLinks(state, links, now)
    },

    /** What a link would do now. Changes nothing. */
    look: (given: string): LinkLook => look(needs.state(), given, needs.clock.now()),

    /** Does it. The second time it says that it was used. */
    async use(given: string): Promise<LinkLook> {
      const now = needs.clock.now()
      let seen = look(needs.state(), given, now)
      await needs.change((state) => {
        seen = look(state, given, now)
        const hash = sha256(given)
        const link = linksOf(state)[hash]
        if (seen.standing !== 'open' || link === undefined) return state
        const used = withLinks(
          state,
          { ...linksOf(state), [hash]: { ...link, usedAt: now.toISOString() } },
          now,
        )
        return seen.incidents.reduce((before, incident) => act(before, link, incident.id, now), used)
      })
      return seen.standing === 'open' ? { ...seen, standing: 'done' } : seen
    },
  }

  function act(state: State, link: StoredLink, incidentId: string, now: Date): State {
    if (link.verb === 'acknowledge') {
      return needs.acknowledge(state, incidentId, { at: now.toISOString(), by: link.by })
    }
    return needs.snooze(state, incidentId, new Date(now.getTime() + SNOOZE_HOURS * 3_600_000).toISOString())
  }
}

interface StoredLink {
  readonly verb: LinkVerb
  readonly incidentIds: readonly string[]
  /** Channel it went out by: who acknowledged. */
  readonly by: string
  readonly expiresAt: string
  readonly usedAt: string | null
}

function look(state: State, given: string, now: Date): LinkLook {
  const links = linksOf(state)
  const hash = sha256(given)
  const link = Object.hasOwn(links, hash) ? links[hash] : undefined
  const closed = (standing: LinkLook['standing'], verb: LinkVerb | null): LinkLook => ({
    standing,
    verb,
    incidents: [],
    because: text(`notices.link.${standing}`),
  })
  if (link === undefined) return closed('unknown', null)
  if (link.usedAt !== null) return closed('used', link.verb)
  if (Date.parse(link.expiresAt) <= now.getTime()) return closed('expired', link.verb)
  const incidents = link.incidentIds.flatMap((id) => {
    const incident = Object.hasOwn(state.incidents, id) ? state.incidents[id] : undefined
    return incident !== undefined && incident.closedAt === null ? [incident] : []
  })
  if (incidents.length === 0) return closed('nothing-open', link.verb)
  return { standing: 'open', verb: link.verb, incidents, because: null }
}

function linksOf(state: State): Readonly<Record<string, StoredLink>> {
  return (state.features[FEATURE] as Readonly<Record<string, StoredLink>> | undefined) ?? {}
}

/** Expired ones go two weeks late, so that a link can say that it expired; then the oldest beyond the limit. */
function withLinks(state: State, links: Readonly<Record<string, StoredLink>>, now: Date): State {
  const gone = now.getTime() - 2 * GOOD_FOR_DAYS * DAY_MS
  const known = Object.entries(links).filter(([, link]) => Date.parse(link.expiresAt) > gone)
  const kept = known.length <= MOST_LINKS ? known : known.sort(byExpiry).slice(-MOST_LINKS)
  return { ...state, features: { ...state.features, [FEATURE]: Object.fromEntries(kept) } }
}

function byExpiry([, a]: [string, StoredLink], [, b]: [string, StoredLink]): number {
  return Date.parse(a.expiresAt) - Date.parse(b.expiresAt)
}

function openIncidents(state: State, notices: readonly Notice[]): string[] {
  const named = notices.filter(({ kind }) => kind !== 'closed').flatMap(({ incidentIds }) => incidentIds)
  return [...new Set(named)].filter(
    (id) => Object.hasOwn(state.incidents, id) && state.incidents[id]?.closedAt === null,
  )
}
