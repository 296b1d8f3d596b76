import { windowsOf, withoutWindows } from '../../domain/keep-windows.ts'
import { incidentsOf, noticesTaken, secretsOf, withoutThese } from '../../domain/removal.ts'
import { numbersIn, rangesOf, type TrashItem, trashOf, withTrash } from '../../domain/trash.ts'
import type { Actor } from '../actor.ts'
import { mustAdminister, signed } from '../actor.ts'
import type { CareNeeds } from './care-needs.ts'
import { rebuildJob } from './rebuild-job.ts'
import { type Scope, type Selection, select } from './scope.ts'

/**
 * Puts runs, jobs or servers into the trash, where they wait for seven days. What goes stands in the state before
 * a run is moved, so that a crash in between is finished at the next start (`finishMoves`). Gives what went.
 */
export function removeData(needs: CareNeeds): (scope: Scope, by: Actor) => Promise<Selection> {
  return async (scope, by) => {
    mustAdminister(by)
    await needs.settled()
    const selection = select(needs, scope)
    if (selection.groups.length === 0 && selection.removal.jobs.size + selection.removal.servers.size === 0)
      return selection
    const id = needs.newId('trash')
    let item: TrashItem | null = null
    await needs.change((state) => {
      const { removal } = selection
      const after = withoutThese(state, removal)
      const touched = new Set([...removal.jobs, ...selection.groups.map((group) => group.jobId)])
      item = {
        id,
        at: needs.clock.now().toISOString(),
        by: by.who,
        what: selection.what,
        label: selection.label,
        servers: [...removal.servers].flatMap((one) => state.servers[one] ?? []),
        jobs: [...touched].flatMap((one) => state.jobs[one] ?? []),
        moved: selection.groups.map(({ serverId, jobId, nos }, at) => ({
          from: { serverId, jobId },
          to: { serverId, jobId: `${id}_${at}` },
          ranges: rangesOf(nos),
        })),
        incidents: incidentsOf(state, removal),
        notices: noticesTaken(state, after),
        windows: windowsOf(state, removal),
        secrets: secretsOf(state, removal),
        upTo: Math.max(0, ...[...touched].map((one) => newestNo(needs, one))),
      }
      return withTrash(withoutWindows(after, item.windows ?? []), [...trashOf(state), item])
    })
    if (item !== null) await makeMoves(needs, item)
    await needs.audit({
      action: 'care.remove',
      ...signed(by),
      result: 'done',
      target: id,
      changes: { runs: [selection.removal.runs.size, 0] },
    })
    needs.changed('care')
    return selection
  }
}

/** Moves runs to where an item says they are now, as far as they are not there yet, and judges their jobs anew. */
export async function makeMoves(needs: CareNeeds, item: TrashItem): Promise<number> {
  const touched = new Set<string>()
  let moved = 0
  for (const { from, to, ranges } of item.moved) {
    const nos = numbersIn(ranges).filter((no) => {
      const row = needs.history.row(no)
      return row !== null && row.jobId === from.jobId && row.serverId === from.serverId
    })
    if (nos.length === 0) continue
    await needs.move({ nos }, to)
    moved += nos.length
    touched.add(from.jobId).add(to.jobId)
  }
  for (const jobId of touched) await rebuildJob(needs, jobId)
  return moved
}

/** After a crash: whatever was removed or merged, but not moved to its end. */
export async function finishMoves(needs: CareNeeds): Promise<void> {
  for (const item of trashOf(needs.state())) await makeMoves(needs, item)
}

function newestNo(needs: CareNeeds, jobId: string): number {
  return needs.history.ofJob(jobId).reduce((newest, row) => Math.max(newest, row.no), 0)
}
