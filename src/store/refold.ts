import type { Ledger } from '../domain/ledger-shape.ts'
import type { Run } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import type { Unfolded } from './read-segment.ts'
import { runOf } from './run-line.ts'
import type { RunTable } from './run-table.ts'
import { type OnBug, settle } from './settle.ts'
import type { Shelf } from './shelf.ts'

export interface Refolded {
  readonly state: State
  /** Runs whose line must be written again under other ids. */
  readonly moved: readonly {
    readonly run: Run
    readonly ids: { readonly serverId: string; readonly jobId: string }
  }[]
}

/**
 * Folds in what is on disk and not in the state, in the order of writing, revisions included: the very same
 * steps as when the lines were written. Runs that were deleted since are left out.
 */
export async function refold(
  parts: { readonly shelf: Shelf; readonly table: RunTable; readonly ledger: Ledger; readonly onBug: OnBug },
  state: State,
  unfolded: readonly Unfolded[],
): Promise<Refolded> {
  const { shelf, table, ledger, onBug } = parts
  const moved: { run: Run; ids: { serverId: string; jobId: string } }[] = []
  let folded = state
  for (const { seq, at } of unfolded) {
    const line = await shelf.readLine(at)
    const row = line === null ? null : table.rowOf(Number(line['no']))
    if (line === null || row === null) continue
    const run = runOf(line)
    const settled = settle(ledger, folded, { run, seq }, onBug)
    folded = settled.state
    if (settled.moved !== null) moved.push({ run, ids: settled.moved })
  }
  return { state: folded, moved }
}
