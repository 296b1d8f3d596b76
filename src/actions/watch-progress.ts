import { Draft } from '../domain/draft.ts'
import { Failure } from '../domain/failure.ts'
import type { Job, RunningNow } from '../domain/job.ts'
import { jobsOf } from '../domain/jobs-of.ts'
import { isReachable, reachOf, secretName } from '../domain/remote-reach.ts'
import type { RemoteProgress, RemoteServers, RemoteSession, RemoteState } from '../domain/remote-shape.ts'
import { withHeard } from '../domain/running.ts'
import type { Server } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'

export interface WatchProgressNeeds {
  readonly clock: Clock
  readonly log: { error(message: string, facts?: object): void }
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  readonly servers: RemoteServers
  secret(name: string): string | null
  /** A job's running now has changed. */
  said(jobId: string): void
  /** A run has ended at a server: its row can be collected. */
  ended(serverId: string): void
}

export interface ProgressWatch {
  /** Asks the servers whose turn it is; called every few seconds. */
  look(): Promise<void>
  /** What runs now, to the last question; what stands in the state may be half a minute older. */
  current(jobId: string): RunningNow | null
  stop(): Promise<void>
}

interface Watched {
  readonly session: RemoteSession
  /** The connection it was opened for; another one needs another session. */
  readonly connection: unknown
  readonly address: string
  nextMs: number
  failures: number
  looking: boolean
}

const IDLE_MS = 60_000
const BUSY_MS = 5000
const LONGEST_MS = 15 * 60_000
/** The state is written for a change of phase, else this often. */
const WRITTEN_MS = 30_000

/** Watches what runs at the servers that we can reach: every minute, and every five seconds while something does. */
export function watchProgress(needs: WatchProgressNeeds): ProgressWatch {
  const watched = new Map<string, Watched>()
  const latest = new Map<string, RunningNow>()
  const stopped = new AbortController()

  async function look(): Promise<void> {
    const servers = Object.values(needs.state().servers).filter(isWatched)
    for (const [serverId, one] of watched) {
      const server = servers.find((candidate) => candidate.id === serverId)
      if (server !== undefined && server.address === one.address && sameWay(server, one)) continue
      watched.delete(serverId)
      await one.session.close()
    }
    await Promise.all(servers.map(lookAt))
  }

  async function lookAt(server: Server): Promise<void> {
    const one = watched.get(server.id) ?? open(server)
    if (one === null || one.looking || needs.clock.elapsedMs() < one.nextMs) return
    one.looking = true
    try {
      const state = await one.session.state()
      const progress = state.active === null ? null : await one.session.progress()
      await note(server, state, progress)
      one.failures = 0
      one.nextMs = needs.clock.elapsedMs() + (state.active === null ? IDLE_MS : BUSY_MS)
    } catch (error) {
      if (!(error instanceof Failure))
        needs.log.error(`Progress of "${server.name}" could not be read`, { error })
      one.failures += 1
      one.nextMs = needs.clock.elapsedMs() + Math.min(LONGEST_MS, IDLE_MS * 2 ** one.failures)
    } finally {
      one.looking = false
    }
  }

  function open(server: Server): Watched | null {
    const secret = needs.secret(secretName(server.id))
    if (secret === null && server.connection?.auth !== 'none') return null
    const session = needs.servers.open(reachOf(server, secret), { signal: stopped.signal })
    const { connection, address } = server
    const one = { session, connection: wayOf(connection), address, nextMs: 0, failures: 0, looking: false }
    watched.set(server.id, one)
    return one
  }

  async function note(server: Server, state: RemoteState, progress: RemoteProgress | null): Promise<void> {
    for (const job of jobsOf(needs.state(), server.id)) {
      const before = job.status.running
      const active = state.active !== null && state.active.backupId === job.backupId ? state.active : null
      if (active !== null) await goesOn(job, runningOf(job, active.taskId, progress, needs.clock.now()))
      else if (
        before !== null &&
        before.source === 'progress' &&
        before.status !== 'finished-without-report'
      ) {
        await hasEnded(job, { ...(latest.get(job.id) ?? before), heardAt: needs.clock.now().toISOString() })
        needs.ended(server.id)
      }
    }
  }

  async function goesOn(job: Job, running: RunningNow): Promise<void> {
    const before = job.status.running
    latest.set(job.id, running)
    const age =
      before === null ? Number.POSITIVE_INFINITY : Date.parse(running.heardAt) - Date.parse(before.heardAt)
    const same = before !== null && before.phase === running.phase && before.status === 'running'
    if (!same || age >= WRITTEN_MS) await write(job.id, running, false)
    needs.said(job.id)
  }

  async function hasEnded(job: Job, running: RunningNow): Promise<void> {
    latest.delete(job.id)
    await write(job.id, running, true)
    needs.said(job.id)
  }

  async function write(jobId: string, running: RunningNow, finished: boolean): Promise<void> {
    await needs.change((state) => {
      const draft = new Draft(state)
      const job = draft.job(jobId)
      if (job !== undefined) draft.put('jobs', jobId, withHeard(job, { running, finished }))
      return draft.finish()
    })
  }

  return {
    look,
    current(jobId) {
      const kept = needs.state().jobs[jobId]?.status.running ?? null
      const newer = latest.get(jobId)
      return kept === null || newer === undefined || newer.heardAt < kept.heardAt ? kept : newer
    },
    async stop() {
      stopped.abort()
      await Promise.all([...watched.values()].map((one) => one.session.close()))
      watched.clear()
    },
  }
}

function isWatched(server: Server): boolean {
  return isReachable(server) && server.connection?.collect === true
}

/** What of a connection a session depends on: not when it was last used. */
function wayOf(connection: Server['connection']): string {
  return JSON.stringify({ ...connection, lastContactAt: null, lastError: null, schedulerPaused: false })
}

function sameWay(server: Server, one: Watched): boolean {
  return wayOf(server.connection) === one.connection
}

/** `Backup_ProcessingFiles` names operation and phase. The begin is when we first saw it. */
function runningOf(job: Job, taskId: number, progress: RemoteProgress | null, now: Date): RunningNow {
  const before = job.status.running
  const at = now.toISOString()
  const ours = progress !== null && progress.taskId === taskId ? progress : null
  const same = before !== null && before.taskId === taskId
  return {
    operation: /^([A-Za-z]+)_/.exec(ours?.phase ?? '')?.[1] ?? (same ? before.operation : 'Backup'),
    startedAt: same || before?.source === 'live' ? before.startedAt : at,
    heardAt: at,
    phase: ours?.phase ?? null,
    progress: ours?.progress ?? null,
    bytesPerSecond: ours?.bytesPerSecond ?? null,
    filesDone: ours?.filesDone ?? null,
    filesTotal: ours?.filesTotal ?? null,
    bytesDone: ours?.bytesDone ?? null,
    bytesTotal: ours?.bytesTotal ?? null,
    source: 'progress',
    status: 'running',
    taskId,
  }
}
