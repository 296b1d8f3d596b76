import type { Text } from '../domain/text.ts'
import type { Collected, CollectProgress } from './collect-needs.ts'

/** Counts while collecting from a server, and tells how far it is. */
export interface Tally {
  add(news: { readonly rows?: number; readonly recorded?: number; readonly known?: number }): void
  fail(job: string | null, reason: Text): void
  tell(progress: Partial<Pick<CollectProgress, 'step' | 'job' | 'jobsDone' | 'jobsOf'>>): void
  result(stopped: boolean): Collected
}

export function createTally(serverId: string, onProgress: (progress: CollectProgress) => void): Tally {
  const failed: { job: string | null; reason: Text }[] = []
  let now: CollectProgress = {
    serverId,
    step: 'waiting',
    job: null,
    jobsDone: 0,
    jobsOf: null,
    rows: 0,
    recorded: 0,
    known: 0,
    failed: 0,
  }
  const next = (change: Partial<CollectProgress>) => {
    now = { ...now, ...change }
    onProgress(now)
  }
  return {
    add: ({ rows = 0, recorded = 0, known = 0 }) =>
      next({ rows: now.rows + rows, recorded: now.recorded + recorded, known: now.known + known }),
    fail(job, reason) {
      // A log with thousands of bad rows is told by its first ones and their number.
      if (failed.length < 100) failed.push({ job, reason })
      next({ failed: now.failed + 1 })
    },
    tell: (progress) => next(progress),
    result: (stopped) => ({ serverId, recorded: now.recorded, known: now.known, failed, stopped }),
  }
}
