import { Draft } from '../domain/draft.ts'
import type { RunningNow } from '../domain/job.ts'
import { knownJob } from '../domain/known-job.ts'
import type { Identity } from '../domain/run.ts'
import { withHeard, withSilence } from '../domain/running.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'

/** A live status of Duplicati (2.3.1 and later), as its parser gives it. */
export interface LiveWord {
  readonly identity: Identity
  readonly running: RunningNow
  readonly finished: boolean
}

export interface NoteLiveStatusNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<unknown>
  /** Told after it is on disk. */
  said(jobId: string): void
}

/**
 * Notes that a run has started, goes on or has ended. A job that we do not know yet is left alone: its first report
 * makes it. Gives the id of the job, null where there is none.
 */
export function noteLiveStatus(needs: NoteLiveStatusNeeds): (word: LiveWord) => Promise<string | null> {
  return async (word) => {
    const jobId = knownJob(needs.state(), word.identity)?.id ?? null
    if (jobId === null) return null
    await needs.change((state) => {
      const job = state.jobs[jobId]
      const draft = new Draft(state)
      if (job !== undefined) draft.put('jobs', jobId, withHeard(job, word))
      return draft.finish()
    })
    needs.said(jobId)
    return jobId
  }
}

/** Once a minute: what has not been heard of for minutes is stalled, for a day forgotten. */
export function settleRunning(needs: NoteLiveStatusNeeds): () => Promise<void> {
  return async () => {
    const changed: string[] = []
    await needs.change((state) => {
      const draft = new Draft(state)
      changed.length = 0
      for (const job of Object.values(state.jobs)) {
        const next = withSilence(job, needs.clock.now())
        if (next !== job) changed.push(job.id)
        draft.put('jobs', job.id, next)
      }
      return draft.finish()
    })
    for (const jobId of changed) needs.said(jobId)
  }
}
