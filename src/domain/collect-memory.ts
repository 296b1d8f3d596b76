import type { LogMark } from './log-mark.ts'
import type { State } from './state.ts'

/** What collecting from one server remembers between two times. Lives in `State.features['collect']`. */
export interface CollectMemory {
  /** Machine whose rows the marks speak of; another machine starts anew. */
  readonly machineId: string | null
  /** As the server told it last. */
  readonly machineName: string | null
  readonly triedAt: string | null
  /** When all of its jobs were read to the end last. */
  readonly completedAt: string | null
  /** Jobs (`DB-3`) whose database was in use; they are tried again soon. */
  readonly locked: readonly string[]
  readonly marks: readonly LogMark[]
  /** Errors of the server's own log up to this moment have been looked at. */
  readonly errorsUpTo: string | null
}

export const NOTHING_COLLECTED: CollectMemory = {
  machineId: null,
  machineName: null,
  triedAt: null,
  completedAt: null,
  locked: [],
  marks: [],
  errorsUpTo: null,
}

const FEATURE = 'collect'

/** The memory of a server, by our id of it; an empty one where nothing was collected yet. */
export function collectMemory(state: Pick<State, 'features'>, serverId: string): CollectMemory {
  const all = memories(state)
  return { ...NOTHING_COLLECTED, ...(Object.hasOwn(all, serverId) ? all[serverId] : undefined) }
}

/** The state with this memory; servers that are gone are forgotten with it. */
export function withCollectMemory(state: State, serverId: string, memory: CollectMemory): State {
  const kept = Object.entries(memories(state)).filter(([id]) => Object.hasOwn(state.servers, id))
  const all = { ...Object.fromEntries(kept), [serverId]: memory }
  return { ...state, features: { ...state.features, [FEATURE]: all } }
}

function memories(state: Pick<State, 'features'>): Readonly<Record<string, CollectMemory>> {
  return (state.features[FEATURE] ?? {}) as Readonly<Record<string, CollectMemory>>
}
