import { Failure } from '../domain/failure.ts'
import type { OpenOptions, Reach, ReachStep, RemoteServers, RemoteSession } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { createConversation } from './conversation.ts'
import { createExchange, LIMITS, type Limits } from './exchange.ts'
import { jobPath } from './job-id.ts'
import { readProgress } from './progress.ts'
import { readErrors } from './remote-errors.ts'
import { readFacts } from './remote-facts.ts'
import { readJobs } from './remote-jobs.ts'
import { countOf, isPart } from './remote-parts.ts'
import { readRows } from './remote-rows.ts'
import { readState } from './remote-state.ts'
import { readTask, readTasks } from './remote-tasks.ts'
import { createSignIn } from './sign-in.ts'

const API = '/api/v1'
/** Signing out is a courtesy: nobody waits long for it. */
const LEAVE_MS = 3000

/**
 * The REST API of Duplicati 2.0.6 and later, over node:http and node:https.
 * @param outside `limits` for tests; the defaults are `LIMITS`
 */
export function createRemoteServers(outside: { clock: Clock; limits?: Partial<Limits> }): RemoteServers {
  return { open: (reach, options = {}) => openSession(reach, options, outside) }
}

function openSession(
  reach: Reach,
  options: OpenOptions,
  outside: { clock: Clock; limits?: Partial<Limits> },
): RemoteSession {
  const onStep = each(options.onStep)
  const limits = { ...LIMITS, ...outside.limits }
  const exchange = createExchange(reach, { limits, signal: options.signal, onStep })
  const signIn = createSignIn({ exchange, reach, clock: outside.clock, onStep })
  const { get, post } = createConversation({ exchange, signIn, reach, onStep })

  return {
    async facts() {
      const facts = await readFacts(get, outside.clock, reach.address)
      onStep('machine')
      return facts
    },
    state: async () => readState(await get(`${API}/serverstate`)),
    async jobs(known) {
      const jobs = readJobs(await get(`${API}/backups`), known, outside.clock.now())
      onStep('jobs')
      return jobs
    },
    rows: async (backupId, page) => await readRows(get, backupId, page),
    errors: async (since) => await readErrors(get, since),
    progress: async () => readProgress(await get(`${API}/progressstate`, { orMissing: true })),
    async run(backupId) {
      const task = await post(`${API}/backup/${jobPath(backupId)}/run`)
      const taskId = countOf(isPart(task) ? task : null, 'ID')
      if (taskId !== null) return taskId
      throw new Failure('unavailable', text('duplicati.failure.not-duplicati', { address: reach.address }))
    },
    async stop(taskId, how) {
      await post(`${API}/task/${Math.trunc(taskId)}/${how}`)
    },
    task: async (taskId) => readTask(await get(`${API}/task/${Math.trunc(taskId)}`, { orMissing: true })),
    tasks: async () => readTasks(await get(`${API}/tasks`)),
    async close() {
      await signIn.leave(AbortSignal.timeout(LEAVE_MS)).catch(() => undefined)
      exchange.close()
    },
  }
}

/** A step is told once, however often its request is made. */
function each(onStep: ((step: ReachStep) => void) | undefined): (step: ReachStep) => void {
  const told = new Set<ReachStep>()
  return (step) => {
    if (told.has(step)) return
    told.add(step)
    onStep?.(step)
  }
}
