import { Failure } from '../../domain/failure.ts'
import { ImportShares } from '../../domain/import-share.ts'
import type { State } from '../../domain/state.ts'
import { type Text, text } from '../../domain/text.ts'
import { takeAudit } from './import-audit.ts'
import { withSettings } from './import-settings.ts'
import type { ImportNeeds, ImportSource, SourceRun } from './import-source.ts'
import { withServers, withUsers } from './import-state.ts'

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
 * Brings in servers, runs with logs, settings, users and the audit log, and counts it in `shares`. What is here
 * already stays as it is, so it may be done again. A cancel keeps what has come so far.
 */
export async function importReference(
  needs: ImportNeeds,
  source: ImportSource,
  shares: ImportShares,
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<ImportTally> {
  await change(needs, shares, (state, own) => withServers(state, source, needs, own))
  shares.count('runs', { found: source.survey.timeless })
  const tally = await takeRuns(needs, source, shares, tell, signal)
  await change(needs, shares, (state, own) =>
    withUsers(withSettings(state, source, needs, own), source, needs, own),
  )
  await takeAudit(needs, source, shares, signal)
  return tally
}

/** A step of the state may be taken again: what it counts is told once. */
async function change(
  needs: ImportNeeds,
  shares: ImportShares,
  step: (state: State, own: ImportShares) => State,
): Promise<void> {
  let own = new ImportShares()
  await needs.change((state) => {
    own = new ImportShares()
    return step(state, own)
  })
  shares.add(own.list())
}

async function takeRuns(
  needs: ImportNeeds,
  source: ImportSource,
  shares: ImportShares,
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<ImportTally> {
  let [recorded, known, failed, done] = [0, 0, 0, 0]
  let firstFailure: Text | null = null
  let [batch, weight] = [[] as SourceRun[], 0]
  const cannot = (reason: Text) => {
    failed++
    firstFailure ??= reason
    shares.note('runs', reason)
  }
  const take = async (run: SourceRun): Promise<readonly [string, number] | null> => {
    try {
      const { arrival, log } = needs.read(run.report, run.receivedAt)
      const versionTimes = arrival.versionTimes ?? (run.versionTimes.length > 0 ? run.versionTimes : null)
      const kept = await needs.record({ ...arrival, versionTimes }, log)
      const what = kept.duplicate ? 'here' : 'comes'
      if (kept.duplicate) known++
      else recorded++
      shares.one('runs', what)
      if (log.lines.length > 0) shares.one('logs', what)
      if (versionTimes !== null) shares.one('versions', what)
      return [run.oldId, kept.no]
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'invalid') throw error
      shares.one('runs', 'neither')
      cannot(error.text)
      return null
    }
  }
  const flush = async () => {
    const pairs = await Promise.all(batch.map(take))
    await needs.remember(pairs.flatMap((pair) => (pair === null || pair[0] === '' ? [] : [pair])))
    done += batch.length
    batch = []
    weight = 0
    tell(done, source.survey.runs)
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const run of source.eachRun()) {
    signal.throwIfAborted()
    if ('key' in run) {
      shares.one('runs', 'neither')
      cannot(run)
      continue
    }
    batch.push(run)
    weight += run.weight
    if (batch.length === TOGETHER || weight > WEIGHT_TOGETHER) await flush()
  }
  if (batch.length > 0) await flush()
  return { recorded, known, failed, firstFailure }
}

/** What came of it, as one sentence. */
export function tallyText(tally: ImportTally): Text {
  const { recorded, known, failed, firstFailure } = tally
  if (failed === 0 || firstFailure === null) return text('import.done', { recorded, known })
  return text('import.done-but', { recorded, known, failed, reason: firstFailure })
}
