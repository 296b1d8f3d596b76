import { Failure } from '../../domain/failure.ts'
import type { Job } from '../../domain/job.ts'
import { windowsUnmerged, withWindowsAgain } from '../../domain/keep-windows.ts'
import { withIncidents, withNotices } from '../../domain/removal.ts'
import type { State } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'
import { numbersIn, type TrashItem, trashOf, withTrash } from '../../domain/trash.ts'
import { type Actor, mustAdminister, signed } from '../actor.ts'
import type { CareNeeds } from './care-needs.ts'
import { rebuildJob } from './rebuild-job.ts'
import { dropDoubles, joinTwins } from './twins.ts'

/**
 * Brings back what was removed or merged: runs to where they were, jobs and servers as they were. A job that got
 * runs since is judged anew. @throws Failure `not-found`; `conflict` where something later has to be undone first
 */
export function undoRemoval(needs: CareNeeds): (id: string, by: Actor) => Promise<TrashItem> {
  return async (id, by) => {
    mustAdminister(by)
    await needs.settled()
    const items = trashOf(needs.state())
    const item = items.find((one) => one.id === id)
    if (item === undefined) throw new Failure('not-found', text('care.undo.gone'))
    const later = items.slice(items.indexOf(item) + 1).find((one) => isAbout(one, item))
    if (later !== undefined)
      throw new Failure('conflict', text('care.undo.later-first', { label: later.label }))
    for (const { from, to, ranges } of item.moved) {
      const nos = numbersIn(ranges).filter((no) => needs.history.row(no)?.jobId === to.jobId)
      if (nos.length > 0) await needs.move({ nos }, from)
    }
    const others = new Set(items.flatMap((one) => (one === item ? [] : one.jobs.map((job) => job.id))))
    const stale = item.jobs
      .filter((job) => others.has(job.id) || hasNewer(needs, job.id, item.upTo ?? 0))
      .map((job) => job.id)
    await needs.change((state) =>
      withTrash(
        withItsWords(withIncidents(withThings(state, item, new Set(stale)), item.incidents ?? []), item),
        trashOf(state).filter((one) => one.id !== id),
      ),
    )
    const joined = item.what === 'merge' ? [] : await joinTwins(needs, item)
    const touched = new Set([...stale, ...joined])
    if (item.what !== 'merge') await dropDoubles(needs, item, touched)
    for (const jobId of touched) await rebuildJob(needs, jobId)
    await needs.audit({ action: 'care.undo', ...signed(by), result: 'done', target: id })
    needs.changed('care')
    return item
  }
}

/** A job keeps what people changed on it since, and gets back what its runs said of it. */
function withThings(state: State, item: TrashItem, stale: ReadonlySet<string>): State {
  const servers = { ...state.servers }
  for (const server of item.servers)
    if (item.what === 'merge' || !Object.hasOwn(servers, server.id)) servers[server.id] = server
  const jobs: Record<string, Job> = { ...state.jobs }
  for (const job of item.jobs) {
    const now = jobs[job.id]
    if (now === undefined || item.what === 'merge') jobs[job.id] = job
    else if (!stale.has(job.id)) {
      const { status, nextScheduled, expectation } = job
      jobs[job.id] = { ...now, status, nextScheduled, expectation }
    }
  }
  return { ...state, servers, jobs, secrets: { ...state.secrets, ...item.secrets } }
}

function withItsWords(before: State, { what, windows = [], notices = [] }: TrashItem): State {
  const state = withNotices(before, notices)
  return what === 'merge' ? windowsUnmerged(state, windows) : withWindowsAgain(state, windows)
}

function isAbout(one: TrashItem, other: TrashItem): boolean {
  const jobs = new Set(other.jobs.map((job) => job.id))
  const servers = new Set(other.servers.map((server) => server.id))
  const drops = one.what !== 'runs' || other.what === 'merge'
  return (
    drops &&
    (one.jobs.some((job) => jobs.has(job.id) || servers.has(job.serverId)) ||
      one.servers.some(
        (server) => servers.has(server.id) || other.jobs.some((job) => job.serverId === server.id),
      ))
  )
}

function hasNewer(needs: CareNeeds, jobId: string, upTo: number): boolean {
  return needs.history.ofJob(jobId).some((row) => row.no > upTo)
}
