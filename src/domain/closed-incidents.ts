import type { Draft } from './draft.ts'
import type { Incident } from './incident.ts'
import type { State } from './state.ts'

/** Where closed incidents wait in `State.features` until the journal has them. */
export const CLOSED_INCIDENTS = 'closed-incidents'

const MOST_WAITING = 5_000
const MOST_KEPT = 500

interface Closed {
  /** Not in the journal yet, oldest first. */
  readonly waiting: readonly Incident[]
  /** In the journal, but a notice that is still owed speaks of them. */
  readonly kept: readonly Incident[]
}

const NONE: Closed = { waiting: [], kept: [] }

/** Closed incidents that the journal does not have yet. Write them there (fsync), then say so by `journaled`. */
export function closedIncidents(state: Pick<State, 'features'>): readonly Incident[] {
  return closedOf(state.features[CLOSED_INCIDENTS]).waiting
}

/**
 * The state after the journal took these. A crash in between writes them twice: readers of the journal take the
 * last line of an id.
 */
export function journaled(state: State, ids: ReadonlySet<string>): State {
  const { waiting, kept } = closedOf(state.features[CLOSED_INCIDENTS])
  const done = waiting.filter((incident) => ids.has(incident.id))
  if (done.length === 0) return state
  const spokenOf = idsOwed(state)
  const next: Closed = {
    waiting: waiting.filter((incident) => !ids.has(incident.id)),
    kept: [...kept, ...done].filter((incident) => spokenOf.has(incident.id)).slice(-MOST_KEPT),
  }
  return { ...state, features: { ...state.features, [CLOSED_INCIDENTS]: next } }
}

/** An incident by its id: open, or closed a short while ago (notices still owed can speak of it). */
export function findIncident(state: Pick<State, 'incidents' | 'features'>, id: string): Incident | null {
  if (Object.hasOwn(state.incidents, id)) return state.incidents[id] ?? null
  const { waiting, kept } = closedOf(state.features[CLOSED_INCIDENTS])
  return (
    waiting.findLast((incident) => incident.id === id) ??
    kept.findLast((incident) => incident.id === id) ??
    null
  )
}

/** Puts closed incidents where the journal finds them. */
export function keepClosed(draft: Draft, closed: readonly Incident[]): void {
  if (closed.length === 0) return
  const { waiting, kept } = closedOf(draft.feature(CLOSED_INCIDENTS))
  const next: Closed = { waiting: [...waiting, ...closed].slice(-MOST_WAITING), kept }
  draft.put('features', CLOSED_INCIDENTS, next)
}

/** Whether an incident of this id was closed a short while ago. */
export function wasClosed(draft: Draft, id: string): boolean {
  const { waiting, kept } = closedOf(draft.feature(CLOSED_INCIDENTS))
  return waiting.some((incident) => incident.id === id) || kept.some((incident) => incident.id === id)
}

function idsOwed(state: State): ReadonlySet<string> {
  const owed = Object.values(state.notices).filter((notice) => notice.state === 'owed')
  return new Set(owed.flatMap((notice) => notice.incidentIds))
}

function closedOf(stored: unknown): Closed {
  return (stored as Closed | undefined) ?? NONE
}
