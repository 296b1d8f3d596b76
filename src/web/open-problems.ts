import type { State } from '../domain/state.ts'

/** How many open incidents nobody has acknowledged: the number on the tab. */
export function openProblems(state: State): number {
  let count = 0
  for (const incident of Object.values(state.incidents)) if (incident.acknowledged === null) count += 1
  return count
}
