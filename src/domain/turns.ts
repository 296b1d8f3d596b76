import type { Draft } from './draft.ts'
import type { IncidentCause } from './incident.ts'
import type { Job } from './job.ts'

/**
 * Where the incidents of a job or server opened and ended lately: the numbers of the newest run there was then, for
 * clocks jump and numbers do not.
 */
export type Turns = Readonly<
  Partial<Record<IncidentCause, { readonly opened: readonly number[]; readonly last: number }>>
>

/** A job, or with `jobId` null its server as a whole. */
export interface Turning {
  readonly serverId: string
  readonly jobId: string | null
}

/** What counts as "lately", and as many runs without a change are steady again; of a server for each of its jobs. */
export const STEADY_RUNS = 10

/** The runs by which a subject is judged: their numbers, newest first, and how many of them are "lately". */
export function runsOf(draft: Draft, about: Turning): { numbers: readonly number[]; lately: number } {
  const jobs = jobsIn(draft, about).filter((job) => job.status.recent.length > 0)
  const numbers = jobs.flatMap((job) => job.status.recent.map((run) => run.no)).sort((a, b) => b - a)
  return { numbers, lately: STEADY_RUNS * Math.max(1, jobs.length) }
}

export function turnsOf(draft: Draft, about: Turning): Turns {
  const subject = about.jobId === null ? draft.server(about.serverId) : draft.job(about.jobId)
  return subject?.turns ?? {}
}

/** Writes down that an incident opened. Returns how often incidents of this cause opened lately, this one included. */
export function noteOpened(draft: Draft, about: Turning, cause: IncidentCause): number {
  const { numbers, lately } = runsOf(draft, about)
  const [newest = 0] = numbers
  const since = numbers[lately - 1] ?? 0
  const before = turnsOf(draft, about)[cause]?.opened ?? []
  const opened = [...before.filter((no) => no >= since && no !== newest), newest]
  keep(draft, about, { ...turnsOf(draft, about), [cause]: { opened, last: newest } })
  return opened.length
}

/** Writes down that an incident ended. */
export function noteEnded(draft: Draft, about: Turning, cause: IncidentCause): void {
  const turns = turnsOf(draft, about)
  const known = turns[cause]
  const [newest = 0] = runsOf(draft, about).numbers
  if (known !== undefined && known.last !== newest)
    keep(draft, about, { ...turns, [cause]: { ...known, last: newest } })
}

/** Forgets all of it: what comes next begins anew. */
export function forgetTurns(draft: Draft, about: Turning): void {
  if (Object.keys(turnsOf(draft, about)).length > 0) keep(draft, about, {})
}

function keep(draft: Draft, { serverId, jobId }: Turning, turns: Turns): void {
  const server = draft.server(serverId)
  const job = jobId === null ? undefined : draft.job(jobId)
  if (job !== undefined) draft.put('jobs', job.id, { ...job, turns })
  else if (jobId === null && server !== undefined) draft.put('servers', server.id, { ...server, turns })
}

function jobsIn(draft: Draft, { serverId, jobId }: Turning): readonly Job[] {
  if (jobId === null) return draft.jobs().filter((job) => job.serverId === serverId)
  const job = draft.job(jobId)
  return job === undefined ? [] : [job]
}
