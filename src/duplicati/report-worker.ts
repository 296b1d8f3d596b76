import { parentPort } from 'node:worker_threads'
import type { FailureCode } from '../domain/failure.ts'
import { Failure } from '../domain/failure.ts'
import type { Arrival, RunLog } from '../domain/run.ts'
import type { Text } from '../domain/text.ts'
import { readReport } from './report.ts'

export type ReportFacts = Parameters<typeof readReport>[1]

export type WorkerAnswer =
  | { ok: true; read: { arrival: Arrival; log: RunLog } }
  | { ok: false; code: FailureCode; text: Text | null; message: string }

// A class does not survive the way between threads: a Failure goes as its parts.
parentPort?.on('message', ({ body, about }: { body: Uint8Array; about: ReportFacts }) => {
  parentPort?.postMessage(answer(body, about))
})

function answer(body: Uint8Array, about: ReportFacts): WorkerAnswer {
  try {
    return { ok: true, read: readReport(body, about) }
  } catch (error) {
    const failure = error instanceof Failure ? error : null
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, code: failure?.code ?? 'invalid', text: failure?.text ?? null, message }
  }
}
