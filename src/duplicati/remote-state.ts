import type { RemoteState } from '../domain/remote-shape.ts'
import { jobIdOf } from './job-id.ts'
import { countOf, isPart, listOf, momentOf, type Part, partOf, stringOf } from './remote-parts.ts'

/** `GET /serverstate`: what the server is doing and will do next. */
export function readState(value: unknown): RemoteState {
  const state = isPart(value) ? value : null
  return {
    paused: stringOf(state, 'ProgramState') === 'Paused',
    active: activeOf(partOf(state, 'ActiveTask')),
    planned: listOf(state, 'ProposedSchedule').flatMap(plannedOf),
    newerVersion: stringOf(state, 'UpdatedVersion', 100),
  }
}

function activeOf(task: Part | null): RemoteState['active'] {
  const taskId = countOf(task, 'Item1')
  return taskId === null ? null : { taskId, backupId: jobIdOf(task, 'Item2') }
}

function plannedOf(pair: Part): { backupId: string; at: string }[] {
  const [backupId, at] = [jobIdOf(pair, 'Item1'), momentOf(pair, 'Item2')]
  return backupId === null || at === null ? [] : [{ backupId, at }]
}
