import { Worker } from 'node:worker_threads'
import { Failure } from '../domain/failure.ts'
import type { Arrival, RunLog } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import type { ReportFacts, WorkerAnswer } from './report-worker.ts'

/** Heap of the worker in MB: enough for a body at the highest limit, small beside the machine. */
const HEAP_MB = 512
const IDLE_MS = 20_000

/** Reads big reports one at a time beside the main thread, so that nobody else waits and memory stays bounded. */
export interface LargeReports {
  /** Throws Failure `invalid`; `too-large` where the worker ran out of memory or died. */
  read(body: Uint8Array, about: ReportFacts): Promise<{ arrival: Arrival; log: RunLog }>
  close(): Promise<void>
}

export function createLargeReports(): LargeReports {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const readNow = (body: Uint8Array, about: ReportFacts) =>
    new Promise<{ arrival: Arrival; log: RunLog }>((resolve, reject) => {
      const one = worker ?? startWorker()
      worker = one
      const settle = () => {
        one.removeAllListeners()
        one.on('error', () => undefined)
        idle = setTimeout(() => void stop(), IDLE_MS)
        idle.unref()
      }
      one.once('message', (answer: WorkerAnswer) => {
        settle()
        if (answer.ok) resolve(answer.read)
        else reject(answer.text === null ? new Error(answer.message) : new Failure(answer.code, answer.text))
      })
      one.once('error', (error) => {
        worker = null
        reject(new Failure('too-large', text('report.too-large-to-read'), { cause: error }))
      })
      one.once('exit', () => {
        worker = null
        reject(new Failure('too-large', text('report.too-large-to-read')))
      })
      one.postMessage({ body, about })
    })

  const stop = async () => {
    clearTimeout(idle)
    const one = worker
    worker = null
    await one?.terminate()
  }

  return {
    read(body, about) {
      const next = turn.then(() => {
        clearTimeout(idle)
        return readNow(body, about)
      })
      turn = next.catch(() => undefined)
      return next
    },
    close: stop,
  }
}

/** The worker is this folder's `report-worker`, in the language this file is run in. */
function startWorker(): Worker {
  const here = new URL(import.meta.url)
  const file = new URL(`./report-worker${here.pathname.endsWith('.ts') ? '.ts' : '.js'}`, here)
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } })
  worker.unref()
  return worker
}
