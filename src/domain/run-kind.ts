import type { RunResult } from './run.ts'

/** How a run is drawn: each has its own shape and word, colour is never alone. */
export type RunKind = 'success' | 'warning' | 'failed' | 'unknown'

/** Interrupted runs are never drawn as success. */
export function kindOf(run: { readonly result: RunResult; readonly interrupted: boolean }): RunKind {
  if (run.result === 'error' || run.result === 'fatal') return 'failed'
  if (run.result === 'unknown') return 'unknown'
  return run.result === 'warning' || run.interrupted ? 'warning' : 'success'
}
