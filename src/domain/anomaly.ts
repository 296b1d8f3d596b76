import type { Draft } from './draft.ts'
import type { Job } from './job.ts'
import type { Server } from './server.ts'
import type { Text } from './text.ts'

/** What is odd about the newest run of a job; null where it is as usual. */
export function anomalyTrouble(
  _draft: Draft,
  _job: Job,
  _server: Server,
): { because: Text; count: number } | null {
  return null
}
