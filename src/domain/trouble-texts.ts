import type { Job } from './job.ts'
import { reasonLine } from './reason-line.ts'
import type { Run } from './run.ts'
import { type Server, serverName } from './server.ts'
import { type Text, type TextValue, text } from './text.ts'

type Told = Pick<
  Run,
  'exception' | 'firstErrors' | 'firstWarnings' | 'warnings' | 'errors' | 'result' | 'interrupted'
>

/** Why a job failed, with how often in a row. */
export function failedBecause(
  job: Job,
  server: Server,
  what: { run: Told; count: number; noneGood: boolean },
): Text {
  const { run, count } = what
  const values = { ...named(job, server), count }
  if (what.noneGood) return text('incident.failed.no-good-run', values)
  const reason = run.exception ?? run.firstErrors[0] ?? run.firstWarnings[0]
  return reason === undefined
    ? text('incident.failed.plain', values)
    : text('incident.failed.reason', { ...values, reason: reasonLine(reason) })
}

export function warningBecause(job: Job, server: Server, run: Told): Text {
  const count = run.warnings + run.errors
  const reason = run.firstWarnings[0] ?? run.firstErrors[0]
  const values = { ...named(job, server), count }
  return reason === undefined
    ? text('incident.warning.plain', values)
    : text('incident.warning.reason', { ...values, reason: reasonLine(reason) })
}

export function interruptedBecause(job: Job, server: Server, run: Told): Text {
  return text(
    run.interrupted ? 'incident.warning.interrupted' : 'incident.warning.unknown',
    named(job, server),
  )
}

export function operationBecause(run: Pick<Run, 'operation' | 'exception' | 'firstErrors'>): Text {
  const reason = run.exception ?? run.firstErrors[0]
  const { operation } = run
  return reason === undefined
    ? text('incident.operation.plain', { operation })
    : text('incident.operation.reason', { operation, reason: reasonLine(reason) })
}

/** Names as they were when it happened. */
export function named(
  job: Pick<Job, 'name'>,
  server: Pick<Server, 'alias' | 'name'>,
): Record<string, TextValue> {
  return { job: job.name, server: serverName(server) }
}
