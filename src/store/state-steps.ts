import type { State } from '../domain/state.ts'

/** A step from state to state that is not committed yet. */
export interface Step {
  fn(state: State): State
  /** The run that this step folds in; null for a change that someone asked for. */
  readonly no: number | null
  done(state: State): void
  fail(error: unknown): void
}

/** A step that folds a run in, and what is told when it is committed. */
export function foldStep(no: number, fn: Step['fn']): { readonly step: Step; readonly told: Promise<void> } {
  let teller: Pick<Step, 'done' | 'fail'> = { done: () => undefined, fail: () => undefined }
  const told = new Promise<void>((resolve, reject) => {
    teller = { done: () => resolve(), fail: reject }
  })
  return { step: { fn, no, ...teller }, told }
}

/** Whether nobody waits for a change among these: folds can wait for others to share a write. */
export function onlyFolds(steps: readonly Step[]): boolean {
  return steps.every((step) => step.no !== null)
}

/** Tells those who wait for the steps that the state is on disk; gives the numbers of the runs among them. */
export function tellDone(steps: readonly Step[], state: State): readonly number[] {
  for (const step of steps) step.done(state)
  return steps.flatMap((step) => step.no ?? [])
}
