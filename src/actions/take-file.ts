import { Failure } from '../domain/failure.ts'
import type { Arrival, Identity, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'

/** A run of a file, ready to be read; `identity` null where the file does not say whose it is. */
export interface FileRun {
  readonly identity: Identity | null
  /** Reads it for this job. Null where it is no result; throws Failure `invalid` where it cannot be read. */
  read(identity: Identity | null): { readonly arrival: Arrival; readonly log: RunLog } | null
}

export interface TakeFileNeeds {
  state(): State
  /** The runs of a file; throws Failure `invalid` where there are none. */
  open(content: string): readonly FileRun[]
  record(arrival: Arrival, log: RunLog): Promise<{ readonly duplicate: boolean }>
  audit(line: AuditLine): Promise<void>
}

export interface TakenFile {
  readonly recorded: number
  readonly known: number
  /** Which entry, counted from one, and why. */
  readonly failed: readonly { readonly entry: number; readonly reason: Text }[]
}

/** So many are written together. */
const TOGETHER = 16
const TOLD = 100

/**
 * Takes the runs of a file that was collected elsewhere or exported from Duplicati. Entries that do not name their
 * job belong to `jobId`. One bad entry never stops the rest.
 * @throws Failure `invalid` where the file has no runs, or does not say whose and nobody else did
 */
export function takeFile(
  needs: TakeFileNeeds,
): (file: { content: string; jobId: string | null }, by: Actor) => Promise<TakenFile> {
  return async ({ content, jobId }, by) => {
    mustAdminister(by)
    const runs = needs.open(content)
    const chosen = jobId === null ? null : identityOf(needs.state(), jobId)
    const failed: { entry: number; reason: Text }[] = []
    let recorded = 0
    let known = 0
    const take = async (run: FileRun, entry: number) => {
      try {
        const read = run.read(run.identity ?? chosen)
        if (read === null) return
        const { duplicate } = await needs.record(read.arrival, read.log)
        if (duplicate) known += 1
        else recorded += 1
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'invalid') throw error
        if (failed.length < TOLD) failed.push({ entry, reason: error.text })
      }
    }
    for (let from = 0; from < runs.length; from += TOGETHER) {
      await Promise.all(runs.slice(from, from + TOGETHER).map((run, index) => take(run, from + index + 1)))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await needs.audit({ action: 'runs.file', ...signed(by), result: 'done' })
    return { recorded, known, failed }
  }
}

function identityOf(state: State, jobId: string): Identity {
  const job = Object.hasOwn(state.jobs, jobId) ? state.jobs[jobId] : undefined
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (job === undefined || server === undefined) {
    throw new Failure('not-found', text('duplicati.failure.no-such-job'))
  }
  const { machineId, name: machineName } = server
  return { machineId, machineName, backupId: job.backupId, backupName: job.name, sender: null }
}
