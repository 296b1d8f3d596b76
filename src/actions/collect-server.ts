import { type CollectMemory, collectMemory, withCollectMemory } from '../domain/collect-memory.ts'
import { Failure } from '../domain/failure.ts'
import type { LogMark } from '../domain/log-mark.ts'
import { identityOf } from '../domain/recognise.ts'
import { type RemoteNews, withRemoteNews } from '../domain/remote-news.ts'
import { reachOf, secretName } from '../domain/remote-reach.ts'
import type { RemoteJob, RemoteSession } from '../domain/remote-shape.ts'
import type { Server } from '../domain/server.ts'
import { type Text, text } from '../domain/text.ts'
import { collectErrors } from './collect-errors.ts'
import { collectLog } from './collect-log.ts'
import type { Collected, CollectNeeds, CollectProgress } from './collect-needs.ts'
import { createTally, type Tally } from './collect-tally.ts'
import type { RowsOf } from './take-rows.ts'

/**
 * Collects from one server: what it is, its schedules, the log of each job, failures that no log has. Never throws
 * a Failure: what went wrong is in the result and, for the server's page, in its connection.
 */
export async function collectServer(
  needs: CollectNeeds,
  serverId: string,
  options: { readonly signal: AbortSignal; onProgress(progress: CollectProgress): void },
): Promise<Collected> {
  const tally = createTally(serverId, options.onProgress)
  const collecting = new Collecting(needs, serverId, tally)
  try {
    await collecting.run(options.signal)
    tally.tell({ step: 'done', job: null })
    const { recorded, known, failed } = tally.result(false)
    needs.log.info(`Collected from ${serverId}`, { serverId, recorded, known, failed: failed.length })
    return tally.result(false)
  } catch (error) {
    const stopped = options.signal.aborted
    if (!stopped && !(error instanceof Failure))
      needs.log.error(`Collecting from ${serverId} failed in a way nobody foresaw`, { error })
    const reason = error instanceof Failure ? error.text : text('duplicati.failure.unexpected')
    if (!stopped) await collecting.noteFailure(reason)
    tally.tell({ step: stopped ? 'stopped' : 'failed', job: null })
    return tally.result(stopped)
  }
}

class Collecting {
  readonly #needs: CollectNeeds
  readonly #serverId: string
  readonly #tally: Tally
  readonly #locked: string[] = []

  constructor(needs: CollectNeeds, serverId: string, tally: Tally) {
    this.#needs = needs
    this.#serverId = serverId
    this.#tally = tally
  }

  async run(signal: AbortSignal): Promise<void> {
    const { secret, servers } = this.#needs
    this.#tally.tell({ step: 'connecting' })
    const reach = reachOf(this.#server(), secret(secretName(this.#serverId)))
    const session = servers.open(reach, { signal })
    try {
      await this.#collect(session, signal)
    } finally {
      const closed = session.close()
      if (!signal.aborted) await closed
    }
  }

  /** What the server's page says until the next contact. */
  async noteFailure(reason: Text): Promise<void> {
    this.#tally.fail(null, reason)
    const now = this.#needs.clock.now().toISOString()
    await this.#needs
      .change((state) => {
        const server = state.servers[this.#serverId]
        if (server === undefined || server.connection === null) return state
        const connection = { ...server.connection, lastError: reason }
        const noted = { ...state, servers: { ...state.servers, [server.id]: { ...server, connection } } }
        return withCollectMemory(noted, server.id, { ...collectMemory(state, server.id), triedAt: now })
      })
      .catch((error: unknown) => this.#needs.log.error('A failed collection could not be noted', { error }))
  }

  async #collect(session: RemoteSession, signal: AbortSignal): Promise<void> {
    const facts = await session.facts()
    const server = this.#server()
    const before = this.#memory()
    const identity = identityOf(this.#needs.state(), server, facts, before.machineName)
    await this.#remember({ ...before, ...machineOf(before, facts), triedAt: this.#now() })
    const state = await session.state()
    const jobs = await session.jobs({ zone: facts.zone, state })
    this.#tally.tell({ step: 'rows', jobsOf: jobs.length })
    for (const [index, job] of busyLast(jobs, state.active?.backupId).entries()) {
      signal.throwIfAborted()
      this.#tally.tell({ job: job.name, jobsDone: index })
      await this.#log(session, { job, facts, identity, signal })
    }
    this.#tally.tell({ job: null, jobsDone: jobs.length })
    await this.#learn({ facts, state, jobs })
    const of = { serverId: this.#serverId, facts, jobs, identity, signal, since: this.#memory().errorsUpTo }
    const errorsUpTo = await collectErrors(this.#needs, session, of, this.#tally)
    const locked = this.#locked
    const done = locked.length === 0 ? { completedAt: this.#now() } : {}
    await this.#remember({ ...this.#memory(), ...done, locked, errorsUpTo })
  }

  /** The log of one job. Its own troubles end neither the others nor the server. */
  async #log(session: RemoteSession, of: RowsOf): Promise<void> {
    const { backupId, name } = of.job
    const mark = this.#memory().marks.find((one) => one.backupId === backupId)
    const keep = async (next: LogMark) => {
      const memory = this.#memory()
      const marks = [...memory.marks.filter((one) => one.backupId !== backupId), next]
      await this.#remember({ ...memory, marks })
    }
    try {
      await collectLog(this.#needs, session, of, { mark, keep }, this.#tally)
    } catch (error) {
      if (!(error instanceof Failure) || !isOfJob(error)) throw error
      if (error.text.key === LOCKED) this.#locked.push(backupId)
      this.#tally.fail(name, error.text)
    }
  }

  async #learn(news: RemoteNews): Promise<void> {
    const { change, clock, newId } = this.#needs
    const ids = new Map(news.jobs.map((job) => [job.backupId, newId('job')]))
    const idOf = (backupId: string) => ids.get(backupId) ?? newId('job')
    await change((state) => withRemoteNews(state, this.#serverId, news, clock.now(), idOf))
  }

  #server(): Server {
    const server = this.#needs.state().servers[this.#serverId]
    if (server === undefined) throw new Failure('not-found', text('duplicati.failure.no-such-server'))
    return server
  }

  #memory(): CollectMemory {
    return collectMemory(this.#needs.state(), this.#serverId)
  }

  async #remember(memory: CollectMemory): Promise<void> {
    await this.#needs.change((state) =>
      Object.hasOwn(state.servers, this.#serverId) ? withCollectMemory(state, this.#serverId, memory) : state,
    )
  }

  #now(): string {
    return this.#needs.clock.now().toISOString()
  }
}

const LOCKED = 'duplicati.failure.database-locked'
/** Refusals that concern one job; everything else concerns the server. */
const OF_JOB = [
  LOCKED,
  'duplicati.failure.no-such-job',
  'duplicati.failure.too-big',
  'duplicati.failure.server-error',
]

/** Whether other jobs of the server can be read all the same. */
export function isOfJob(error: Failure): boolean {
  return OF_JOB.includes(error.text.key)
}

/** Marks speak of the rows of one machine; at another they would hide what is new. */
function machineOf(
  before: CollectMemory,
  facts: RemoteNews['facts'],
): Pick<CollectMemory, 'machineId' | 'machineName' | 'marks' | 'errorsUpTo'> {
  const same = before.machineId === null || before.machineId === facts.machineId
  return {
    machineId: facts.machineId,
    machineName: facts.machineName,
    marks: same ? before.marks : [],
    errorsUpTo: same ? before.errorsUpTo : null,
  }
}

/** The job that is running has its database in use, perhaps not any more when the others are done. */
function busyLast(jobs: readonly RemoteJob[], busy: string | null | undefined): readonly RemoteJob[] {
  return [...jobs.filter((job) => job.backupId !== busy), ...jobs.filter((job) => job.backupId === busy)]
}
