import { Failure } from '../../domain/failure.ts'
import type { Override } from '../../domain/job.ts'
import type { Arrival, RunLog } from '../../domain/run.ts'
import type { SealedSecret, State } from '../../domain/state.ts'
import { type Text, text } from '../../domain/text.ts'
import { withServers, withSettings, withUsers } from './import-state.ts'

/** What is brought in; `reference-import` reads it from the file. */
export interface ImportSource {
  readonly servers: readonly {
    readonly id: string
    readonly name: string
    readonly alias: string
    readonly note: string
    readonly address: string
    readonly createdAt: string | null
    readonly password: string | null
  }[]
  readonly runs: number
  readonly users: readonly { readonly name: string; readonly isAdministrator: boolean }[]
  readonly settings: {
    readonly settings: Readonly<Record<string, unknown>>
    readonly secrets: ReadonlyMap<string, string>
    readonly overrides: readonly {
      readonly server: string
      readonly job: string | null
      readonly override: Override
    }[]
  }
  eachRun(): Iterable<SourceRun>
  eachAudit(): Iterable<{ readonly at: string; readonly [name: string]: string }>
}

interface SourceRun {
  readonly oldId: string
  readonly report: unknown
  readonly receivedAt: Date
  readonly versionTimes: readonly string[]
  readonly weight: number
}

export interface ImportNeeds {
  state(): State
  change(step: (state: State) => State): Promise<State>
  read(report: unknown, receivedAt: Date): { readonly arrival: Arrival; readonly log: RunLog }
  record(
    arrival: Arrival,
    log: RunLog,
  ): Promise<{ readonly no: number; readonly duplicate: boolean; readonly committed: Promise<void> }>
  seal(secret: string): SealedSecret
  newId(kind: string): string
  now(): Date
  appendAudit(entry: { readonly at: string }): Promise<void>
  /** Old ids of runs and our numbers. */
  remember(pairs: readonly (readonly [string, number])[]): Promise<void>
}

export interface ImportTally {
  readonly recorded: number
  readonly known: number
  readonly failed: number
  readonly firstFailure: Text | null
}

/** Runs that share an fsync, and how long their texts may be together. */
const TOGETHER = 256
const WEIGHT_TOGETHER = 4_000_000

/**
 * Brings in servers, runs with logs, settings, users and the audit log. What is here already stays as it is, so it
 * may be done again. A cancel keeps what has come so far.
 */
export async function importReference(
  needs: ImportNeeds,
  source: ImportSource,
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<ImportTally> {
  await needs.change((state) => withServers(state, source, needs))
  const tally = await takeRuns(needs, source, tell, signal)
  await needs.change((state) => withUsers(withSettings(state, source, needs), source, needs))
  await takeAudit(needs, source)
  return tally
}

async function takeRuns(
  needs: ImportNeeds,
  source: ImportSource,
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<ImportTally> {
  let [recorded, known, failed, done] = [0, 0, 0, 0]
  let firstFailure: Text | null = null
  let [batch, weight] = [[] as SourceRun[], 0]
  const take = async (run: SourceRun): Promise<readonly [string, number] | null> => {
    try {
      const { arrival, log } = needs.read(run.report, run.receivedAt)
      const versionTimes = arrival.versionTimes ?? (run.versionTimes.length > 0 ? run.versionTimes : null)
      const kept = await needs.record({ ...arrival, versionTimes }, log)
      if (kept.duplicate) known++
      else recorded++
      return [run.oldId, kept.no]
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'invalid') throw error
      failed++
      firstFailure ??= error.text
      return null
    }
  }
  const flush = async () => {
    const pairs = await Promise.all(batch.map(take))
    await needs.remember(pairs.flatMap((pair) => (pair === null || pair[0] === '' ? [] : [pair])))
    done += batch.length
    batch = []
    weight = 0
    tell(done, source.runs)
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const run of source.eachRun()) {
    signal.throwIfAborted()
    batch.push(run)
    weight += run.weight
    if (batch.length === TOGETHER || weight > WEIGHT_TOGETHER) await flush()
  }
  if (batch.length > 0) await flush()
  return { recorded, known, failed, firstFailure }
}

const FEATURE = 'reference-import'

/** Entries up to the newest that came before are known. */
async function takeAudit(needs: ImportNeeds, source: ImportSource): Promise<void> {
  const upTo = (needs.state().features[FEATURE] as { auditUpTo?: string } | undefined)?.auditUpTo ?? ''
  const fresh = [...source.eachAudit()].filter((entry) => entry.at > upTo).reverse()
  for (let from = 0; from < fresh.length; from += 500) {
    await Promise.all(fresh.slice(from, from + 500).map((entry) => needs.appendAudit(auditEntry(entry))))
  }
  const newest = fresh.at(-1)?.at
  if (newest === undefined) return
  await needs.change((state) => ({
    ...state,
    features: { ...state.features, [FEATURE]: { auditUpTo: newest } },
  }))
}

function auditEntry(entry: { readonly at: string; readonly [name: string]: string }) {
  const { at, who = '', from = '', action = '', target = '', status } = entry
  const result = status === 'success' ? 'done' : 'failed'
  return { at, action: 'import.entry', who, from, result, target: `${action} ${target}`.trim() }
}

/** What came of it, as one sentence. */
export function tallyText(tally: ImportTally): Text {
  const { recorded, known, failed, firstFailure } = tally
  if (failed === 0 || firstFailure === null) return text('import.done', { recorded, known })
  return text('import.done-but', { recorded, known, failed, reason: firstFailure })
}
