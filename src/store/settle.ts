import type { Ledger } from '../domain/ledger-shape.ts'
import type { Run } from '../domain/run.ts'
import type { State } from '../domain/state.ts'

/** Told of a run whose fold threw. */
export type OnBug = (error: unknown, run: Run) => void

export interface Settled {
  readonly state: State
  /** The ids that the run must have instead, because those in its line lead nowhere. */
  readonly moved: { readonly serverId: string; readonly jobId: string } | null
}

/**
 * Takes a run that is on disk into the state. The same whether it happens when the run was written or on the next
 * opening: what is made gets the ids that stand in the line.
 */
export function settle(
  ledger: Ledger,
  state: State,
  { run, seq }: { readonly run: Run; readonly seq: number },
  onBug: OnBug,
): Settled {
  try {
    return settleSoundly(ledger, state, run, seq)
  } catch (error) {
    // The run is kept and acknowledged whatever the arithmetic makes of it.
    onBug(error, run)
    return { state: counted(state, seq), moved: null }
  }
}

function settleSoundly(ledger: Ledger, state: State, run: Run, seq: number): Settled {
  const placed = ledger.place(state, run, (kind) => (kind === 'srv' ? run.serverId : run.jobId))
  const same = placed.serverId === run.serverId && placed.jobId === run.jobId
  if (same) return { state: counted(ledger.fold(placed.state, run), seq), moved: null }
  // A merge or a delete between placing and writing: what the line names is right as long as it is there.
  if (Object.hasOwn(state.jobs, run.jobId))
    return { state: counted(ledger.fold(state, run), seq), moved: null }
  return { state: counted(state, seq), moved: { serverId: placed.serverId, jobId: placed.jobId } }
}

function counted(state: State, seq: number): State {
  return seq <= state.foldedUpTo ? state : { ...state, foldedUpTo: seq }
}
