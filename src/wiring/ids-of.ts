import type { History } from '../domain/history.ts'
import { isReachable } from '../domain/remote-reach.ts'
import type { State } from '../domain/state.ts'

/** Jobs of these runs, each once. */
export function jobsOf(history: History, nos: readonly number[]): string[] {
  return [...new Set(nos.flatMap((no) => history.row(no)?.jobId ?? []))]
}

/** Servers that can be asked. */
export function collectable(state: State): string[] {
  return Object.values(state.servers)
    .filter(isReachable)
    .map((server) => server.id)
}
