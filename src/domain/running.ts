import type { Job, RunningNow } from './job.ts'
import { DAY, MINUTE, ms } from './moment.ts'

/** Live status comes every 30 seconds, progress at least every minute: this long without a word is odd. */
const STALLED_MS = 5 * MINUTE
/** After this nobody waits any more for what was said to be running. */
const FORGOTTEN_MS = DAY
/** How far apart the begin in a report and in a live status of the same run may be. */
const SAME_MS = 2 * MINUTE

/** A word of a run that is going on, or has just ended. "Completed" is an end, not a success: the report says which. */
export interface Heard {
  readonly running: RunningNow
  readonly finished: boolean
}

/** The job after a word about its run; the same object where it tells nothing new. */
export function withHeard(job: Job, heard: Heard): Job {
  const before = job.status.running
  const said = heard.running
  if (isReported(job, said)) return isSameRun(before, said) ? withRunning(job, null) : job
  // Words may come in another order than they were sent.
  if (before !== null && ms(before.startedAt) > ms(said.startedAt) + SAME_MS) return job
  if (isSameRun(before, said) && ms(before.heardAt) > ms(said.heardAt)) return job
  const status = heard.finished ? 'finished-without-report' : 'running'
  return withRunning(job, { ...said, status, ...carried(before, said) })
}

/** The job after time has passed: no word for five minutes is stalled, for a day forgotten. */
export function withSilence(job: Job, now: Date): Job {
  const { running } = job.status
  if (running === null) return job
  const silentMs = now.getTime() - ms(running.heardAt)
  if (silentMs > FORGOTTEN_MS) return withRunning(job, null)
  return silentMs > STALLED_MS && running.status === 'running'
    ? withRunning(job, { ...running, status: 'stalled' })
    : job
}

export function withRunning(job: Job, running: RunningNow | null): Job {
  return job.status.running === running ? job : { ...job, status: { ...job.status, running } }
}

/** Whether the report of this very run is here already: it may overtake the last live status. */
function isReported(job: Job, said: RunningNow): boolean {
  const { lastOther, recent } = job.status
  const begins = [...recent, ...(lastOther?.operation === said.operation ? [lastOther] : [])]
  return begins.some((run) => Math.abs(ms(run.at) - ms(said.startedAt)) < SAME_MS)
}

export function isSameRun(before: RunningNow | null, said: RunningNow): before is RunningNow {
  return before !== null && Math.abs(ms(before.startedAt) - ms(said.startedAt)) < SAME_MS
}

/** What the word before knew and this one does not say: the task, and how fast it went since. */
function carried(before: RunningNow | null, said: RunningNow): Partial<RunningNow> {
  if (!isSameRun(before, said)) return {}
  const seconds = (ms(said.heardAt) - ms(before.heardAt)) / 1000
  const bytes = said.bytesDone === null || before.bytesDone === null ? -1 : said.bytesDone - before.bytesDone
  const speed =
    said.bytesPerSecond ?? (seconds >= 1 && bytes >= 0 ? Math.round(bytes / seconds) : before.bytesPerSecond)
  return { taskId: said.taskId ?? before.taskId, startedAt: before.startedAt, bytesPerSecond: speed }
}
