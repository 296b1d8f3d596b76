import type { RemoteProgress } from '../domain/remote-shape.ts'
import { jobIdOf } from './job-id.ts'
import { countOf, isPart, numberOf, stringOf } from './remote-parts.ts'

/** `GET /progressstate`: the last state there was; compare its task with the active one to see whether it still runs. */
export function readProgress(value: unknown): RemoteProgress | null {
  const state = isPart(value) ? value : null
  const taskId = countOf(state, 'TaskID')
  if (taskId === null) return null
  const counting = state?.['StillCounting'] === true
  const overall = numberOf(state, 'OverallProgress')
  return {
    taskId,
    backupId: jobIdOf(state, 'BackupID'),
    phase: stringOf(state, 'Phase', 100),
    progress: overall === null ? null : Math.min(1, Math.max(0, overall)),
    bytesPerSecond: countOf(state, 'BackendSpeed'),
    filesDone: countOf(state, 'ProcessedFileCount'),
    filesTotal: counting ? null : countOf(state, 'TotalFileCount'),
    bytesDone: countOf(state, 'ProcessedFileSize'),
    bytesTotal: counting ? null : countOf(state, 'TotalFileSize'),
  }
}
