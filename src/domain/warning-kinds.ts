import { fingerprint } from './fingerprint.ts'
import type { Job } from './job.ts'
import { ms } from './moment.ts'
import type { Run } from './run.ts'
import type { PauseEnd } from './server.ts'

/** A warning that somebody knows: alone it raises no alarm and leaves its job green. */
export interface MutedWarning {
  /** Its fingerprint. */
  readonly kind: string
  /** One of its texts, for people. */
  readonly sample: string
  readonly by: string
  readonly at: string
  readonly until: PauseEnd
}

type Warned = Pick<
  Run,
  'result' | 'interrupted' | 'partial' | 'errors' | 'exception' | 'firstWarnings' | 'firstErrors'
>

/** Kinds of the warnings that a run names; null where warnings are not all that is wrong with it. */
export function kindsOf(run: Warned): readonly string[] | null {
  if (!isOnlyWarned(run)) return null
  return [...new Set(run.firstWarnings.map(fingerprint))]
}

function isOnlyWarned(run: Warned): boolean {
  if (run.result !== 'warning' || run.interrupted || run.partial || run.exception !== null) return false
  return run.errors === 0 && run.firstErrors.length === 0 && run.firstWarnings.length > 0
}

/** Those that hold at a moment. */
export function mutedNow(job: Pick<Job, 'muted'>, nowMs: number): readonly MutedWarning[] {
  return (job.muted ?? []).filter(({ until }) => until === 'forever' || ms(until) > nowMs)
}

/** The kinds among these that nobody muted. */
export function freshKinds(
  job: Pick<Job, 'muted'>,
  kinds: readonly string[],
  nowMs: number,
): readonly string[] {
  const muted = new Set(mutedNow(job, nowMs).map(({ kind }) => kind))
  return muted.size === 0 ? kinds : kinds.filter((kind) => !muted.has(kind))
}

/** Whether all that is wrong with the newest backup run are warnings that are muted now. */
export function isWarningMuted(job: Pick<Job, 'muted' | 'status'>, nowMs: number): boolean {
  const { warned, lastRun } = job.status
  if (warned === undefined || warned.kinds === null || warned.no !== lastRun?.no) return false
  return warned.kinds.length > 0 && freshKinds(job, warned.kinds, nowMs).length === 0
}

/** A run as it is to be told: without the warnings that are muted. */
export function withoutMuted<R extends Warned>(job: Pick<Job, 'muted'>, run: R, nowMs: number): R {
  const muted = new Set(mutedNow(job, nowMs).map(({ kind }) => kind))
  if (muted.size === 0) return run
  return { ...run, firstWarnings: run.firstWarnings.filter((one) => !muted.has(fingerprint(one))) }
}

/** A run with the warnings first that are not of these kinds: they are the news. */
export function newsFirst<R extends Pick<Run, 'firstWarnings'>>(run: R, known: readonly string[]): R {
  if (known.length === 0) return run
  const isNews = (one: string) => !known.includes(fingerprint(one))
  const news = run.firstWarnings.filter(isNews)
  return { ...run, firstWarnings: [...news, ...run.firstWarnings.filter((one) => !isNews(one))] }
}
