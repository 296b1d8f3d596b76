import { Draft } from './draft.ts'
import { Failure } from './failure.ts'
import { close, openIncident } from './incident-changes.ts'
import type { Job } from './job.ts'
import type { State } from './state.ts'
import { text } from './text.ts'
import { forgetTurns } from './turns.ts'
import { withdrawWaiting } from './waiting-notices.ts'
import { isWarningMuted, type MutedWarning } from './warning-kinds.ts'

const MOST_MUTED = 200

/**
 * Someone knows this warning of a job. Where nothing else is wrong with its newest run, the alarm about it ends
 * without a word. Said again, the later end holds. Throws Failure `not-found`.
 */
export function muteWarning(state: State, jobId: string, muted: MutedWarning): State {
  const draft = new Draft(state)
  const job = jobOf(draft, jobId)
  const others = (job.muted ?? []).filter(({ kind }) => kind !== muted.kind)
  if (others.length >= MOST_MUTED)
    throw new Failure('conflict', text('failure.too-many-muted', { most: MOST_MUTED }))
  const next: Job = { ...job, muted: [...others, muted] }
  draft.put('jobs', jobId, next)
  const open = openIncident(draft, { serverId: job.serverId, jobId }, 'warning')
  if (open !== undefined && isWarningMuted(next, Date.parse(muted.at))) {
    withdrawWaiting(draft, open)
    close(draft, open, muted.at, text('incident.closed.muted', { by: muted.by }))
    // That somebody ended it is no coming and going.
    if (openIncident(draft, open, 'unstable') === undefined) forgetTurns(draft, open)
  }
  return draft.finish()
}

/** The warning is heard again from the next run on. Throws Failure `not-found`. */
export function unmuteWarning(state: State, jobId: string, kind: string): State {
  const draft = new Draft(state)
  const job = jobOf(draft, jobId)
  mutedOf(job, kind)
  const { muted: all = [], ...rest } = job
  const muted = all.filter((one) => one.kind !== kind)
  draft.put('jobs', jobId, muted.length === 0 ? rest : { ...rest, muted })
  return draft.finish()
}

/** Throws Failure `not-found` where the warning is not muted. */
export function mutedOf(job: Pick<Job, 'muted'>, kind: string): MutedWarning {
  const found = job.muted?.find((one) => one.kind === kind)
  if (found === undefined) throw new Failure('not-found', text('failure.not-muted'))
  return found
}

function jobOf(draft: Draft, jobId: string): Job {
  const job = draft.job(jobId)
  if (job === undefined) throw new Failure('not-found', text('failure.no-such-job'))
  return job
}
