import { Draft } from '../domain/draft.ts'
import { Failure } from '../domain/failure.ts'
import type { Job, RunningNow } from '../domain/job.ts'
import { reachOf, secretName } from '../domain/remote-reach.ts'
import type { RemoteServers, RemoteSession } from '../domain/remote-shape.ts'
import { withRunning } from '../domain/running.ts'
import { type Server, serverName } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'

export interface RunNowNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  readonly servers: RemoteServers
  secret(name: string): string | null
  audit(line: AuditLine): Promise<void>
  said(jobId: string): void
}

export interface RunNow {
  /** Puts the job into its server's queue; gives the number of the task there. */
  run(jobId: string, by: Actor): Promise<number>
  /** `stop` ends it after the current file, `abort` at once. */
  stop(jobId: string, how: 'stop' | 'abort', by: Actor): Promise<void>
}

/** Starts and stops jobs: for administrators, at servers where it was switched on, with a line in the audit log. */
export function runNow(needs: RunNowNeeds): RunNow {
  async function at<T>(
    jobId: string,
    action: string,
    by: Actor,
    doing: (session: RemoteSession, job: Job) => Promise<T>,
  ) {
    const line = { action, ...signed(by), target: jobId }
    try {
      const { job, server } = allowed(needs.state(), jobId, by)
      const session = needs.servers.open(reachOf(server, needs.secret(secretName(server.id))))
      const done = await doing(session, job).finally(() => session.close())
      await needs.audit({ ...line, result: 'done' })
      return done
    } catch (error) {
      if (error instanceof Failure) {
        const result = error.code === 'forbidden' ? 'refused' : 'failed'
        await needs.audit({ ...line, result, reason: error.text.key })
      }
      throw error
    }
  }

  async function note(jobId: string, running: RunningNow): Promise<void> {
    await needs.change((state) => {
      const draft = new Draft(state)
      const job = draft.job(jobId)
      if (job !== undefined) draft.put('jobs', jobId, withRunning(job, running))
      return draft.finish()
    })
    needs.said(jobId)
  }

  return {
    async run(jobId, by) {
      const taskId = await at(jobId, 'job.run', by, (session, job) => session.run(idOf(job)))
      await note(jobId, begun(taskId, needs.clock.now().toISOString()))
      return taskId
    },
    async stop(jobId, how, by) {
      await at(jobId, `job.${how}`, by, async (session, job) => session.stop(await taskOf(session, job), how))
    },
  }
}

function allowed(state: State, jobId: string, by: Actor): { job: Job; server: Server } {
  mustAdminister(by)
  const job = Object.hasOwn(state.jobs, jobId) ? state.jobs[jobId] : undefined
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (job === undefined || server === undefined) {
    throw new Failure('not-found', text('duplicati.failure.no-such-job'))
  }
  if (server.connection?.allowRunNow === true) return { job, server }
  throw new Failure('forbidden', text('duplicati.failure.run-not-allowed', { server: serverName(server) }))
}

function idOf(job: Job): string {
  if (job.backupId !== null) return job.backupId
  throw new Failure('not-found', text('duplicati.failure.no-server-job'))
}

/** The task as the server sees it now: a number that we noted may have ended and another begun. */
async function taskOf(session: RemoteSession, job: Job): Promise<number> {
  const { active } = await session.state()
  if (active !== null && active.backupId === job.backupId) return active.taskId
  const waiting = (await session.tasks()).find(
    (task) => task.backupId !== null && task.backupId === job.backupId,
  )
  if (waiting !== undefined) return waiting.taskId
  throw new Failure('conflict', text('duplicati.failure.not-running', { job: job.name }))
}

function begun(taskId: number, at: string): RunningNow {
  return {
    operation: 'Backup',
    startedAt: at,
    heardAt: at,
    phase: null,
    progress: null,
    bytesPerSecond: null,
    filesDone: null,
    filesTotal: null,
    bytesDone: null,
    bytesTotal: null,
    source: 'progress',
    status: 'running',
    taskId,
  }
}
