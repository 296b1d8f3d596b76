import type { History } from '../../domain/history.ts'
import type { Run } from '../../domain/run.ts'
import type { State } from '../../domain/state.ts'
import type { Clock } from '../../kit/clock.ts'
import type { AuditLine } from '../actor.ts'

/** What removing, undoing and merging ask of the house. */
export interface CareNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  settled(): Promise<void>
  readonly history: History
  run(no: number): Promise<Run | null>
  move(
    from: { readonly jobId: string } | { readonly nos: readonly number[] },
    to: { readonly serverId: string; readonly jobId: string },
  ): Promise<void>
  remove(nos: readonly number[]): Promise<number>
  newId(kind: string): string
  audit(line: AuditLine): Promise<void>
  /** After something changed that pages and topics show. */
  changed(why: string): void
}
