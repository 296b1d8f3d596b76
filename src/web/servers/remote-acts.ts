import type { Job } from '../../domain/job.ts'
import { isReachable } from '../../domain/remote-reach.ts'
import { type Server, serverName } from '../../domain/server.ts'
import type { Visit } from '../visit.ts'

/** What an administrator can do at a server from where we stand; '' for what is not possible. */
export interface RemoteActs {
  readonly collectHref: string
  readonly runHref: string
  readonly stopHref: string
  readonly job: string
  readonly server: string
}

/** Null for viewers, and where the server is not reached. */
export function remoteActs(server: Server, job: Job | null, visit: Visit): RemoteActs | null {
  if (!visit.isAdministrator || !isReachable(server)) return null
  const canRun = server.connection?.allowRunNow === true && job !== null && job.backupId !== null
  const isRunning = job !== null && job.status.running?.status === 'running'
  const base = `/jobs/${job?.id ?? ''}`
  return {
    collectHref: visit.link(`/servers/${server.id}/collect`),
    runHref: canRun && !isRunning ? visit.link(`${base}/run`) : '',
    stopHref: canRun && isRunning ? visit.link(`${base}/stop`) : '',
    job: job?.name ?? '',
    server: serverName(server),
  }
}
