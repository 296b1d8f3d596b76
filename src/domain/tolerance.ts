import type { Job } from './job.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import type { Server } from './server.ts'

/** What of a server matters for the expectation of its jobs. */
export type ExpectingServer = Pick<Server, 'overrides' | 'pausedUntil'>

/** Minutes of silence after a due run before it is an alarm: the job's own, its server's, or the default. */
export function toleranceMinutes(job: Job, server: ExpectingServer, settings: MonitoringSettings): number {
  return job.overrides.toleranceMinutes ?? server.overrides.toleranceMinutes ?? settings.toleranceMinutes
}
