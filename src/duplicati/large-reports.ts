import type { Worker } from 'node:worker_threads'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { ReadReport } from './report.ts'
import type { ReportFacts, WorkerAnswer } from './report-worker.ts'

/** Heap of the worker in MB: enough for a body at the highest limit, small beside the machine. */
const HEAP_MB = 512
const IDLE_MS = 20_000
/** Duplicati waits 100 s for an answer; a document that takes this long must not hold up the next. */
const LONGEST_MS = 90_000

/** Reads big reports one at a time beside the main thread, so that nobody else waits and memory stays bounded. */
export interface LargeReports {
  /** Throws Failure `invalid`; `too-large` where the worker ran out of memory or died. */
  read(body: Uint8Array, about: ReportFacts): Promise<ReadReport>
  close(): Promise<void>
}

export function createLargeReports(): LargeReports {
  let worker: Worker | null = null
  let waiting: Waiting | null = null
  let idle: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const settle = (tell: (one: Waiting) => void) => {
    const one = waiting
    waiting = null
    if (one === null) return
    clearTimeout(one.limit)
    tell(one)
  }
  const giveUp = (cause?: Error) =>
    settle(({ reject }) =>
      reject(
        new Failure('too-large', text('report.too-large-to-read'), cause === undefined ? {} : { cause }),
      ),
    )
  const stop = async () => {
    clearTimeout(idle)
    const one = worker
    worker = null
    giveUp()
    await one?.terminate()
  }
  // Listeners are added once and stay: a worker that has lost all of them hears no message any more.
  const start = () => {
    const one = startWorker()
    const gone = (cause?: Error) => {
      if (worker !== one) return
      worker = null
      giveUp(cause)
    }
    one.on('message', (answer: WorkerAnswer) => settle((asker) => tellAnswer(asker, answer)))
    one.on('error', gone)
    one.on('exit', () => gone())
    return one
  }
  const readNow = (body: Uint8Array, about: ReportFacts) =>
    new Promise<ReadReport>((resolve, reject) => {
      clearTimeout(idle)
      worker ??= start()
      waiting = { resolve, reject, limit: setTimeout(() => void stop(), LONGEST_MS) }
      worker.postMessage({ body, about })
    }).finally(() => {
      idle = setTimeout(() => void stop(), IDLE_MS)
      idle.unref()
    })

  return {
    read(body, about) {
      const next = turn.then(() => readNow(body, about))
      turn = next.catch(() => undefined)
      return next
    },
    close: stop,
  }
}

interface Waiting {
  resolve(read: ReadReport): void
  reject(error: Error): void
  readonly limit: NodeJS.Timeout
}

function tellAnswer({ resolve, reject }: Waiting, answer: WorkerAnswer): void {
  if (answer.ok) resolve(answer.read)
  else reject(answer.text === null ? new Error(answer.message) : new Failure(answer.code, answer.text))
}

/** The worker is this folder's `report-worker`, in the language this file is run in. */
function startWorker(): Worker {
  const here = new URL(import.meta.url)
  const file = new URL(`./report-worker${here.pathname.endsWith('.ts') ? '.ts' : '.js'}`, here)
  // Most starts need no worker: its part of Node is read with the first one.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } })
  worker.unref()
  return worker
}
