import type { RemoteTask } from '../domain/remote-shape.ts'
import { jobIdOf } from './job-id.ts'
import { countOf, isPart, stringOf } from './remote-parts.ts'

const STATUS: ReadonlyMap<string, RemoteTask['status']> = new Map([
  ['Waiting', 'waiting'],
  ['Running', 'running'],
  ['Completed', 'completed'],
  ['Failed', 'failed'],
])

/** `GET /task/{id}`. `completed` only means that nothing was thrown: warnings and errors stand in the log. */
export function readTask(value: unknown): RemoteTask | null {
  const task = isPart(value) ? value : null
  const taskId = countOf(task, 'ID')
  return taskId === null ? null : { taskId, status: STATUS.get(stringOf(task, 'Status') ?? '') ?? 'unknown' }
}

/** `GET /tasks`: what waits and runs. */
export function readTasks(value: unknown): readonly { taskId: number; backupId: string | null }[] {
  return (Array.isArray(value) ? value.filter(isPart) : []).flatMap((task) => {
    const taskId = countOf(task, 'ID') ?? countOf(task, 'TaskID')
    return taskId === null
      ? []
      : [{ taskId, backupId: jobIdOf(task, 'BackupID') ?? jobIdOf(task, 'BackupId') }]
  })
}
