import { Failure } from '../../domain/failure.ts'
import type { RunRow } from '../../domain/history.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import { windowsInMerge, windowsMerged } from '../../domain/keep-windows.ts'
import { type MergePlan, merged, planServers } from '../../domain/merging.ts'
import { noticesTaken } from '../../domain/removal.ts'
import { serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'
import { type MovedRuns, rangesOf, type TrashItem, trashOf, withTrash } from '../../domain/trash.ts'
import { type Actor, mustAdminister, signed } from '../actor.ts'
import type { CareNeeds } from './care-needs.ts'
import { rebuildJob } from './rebuild-job.ts'
import { makeMoves } from './remove-data.ts'
import { runKey } from './twins.ts'

/** Two servers, or two jobs, that shall become one: by our ids. */
export interface MergeWish {
  readonly kind: 'servers' | 'jobs'
  readonly from: string
  readonly into: string
}

export interface MergePreview {
  readonly plan: MergePlan
  /** How many runs change their job or server, and how many are there twice. */
  readonly runs: number
  readonly doubles: number
}

/** What would become one. @throws Failure `invalid`, `not-found` */
export function previewMerge(needs: CareNeeds, wish: MergeWish): MergePreview {
  const plan = planOf(needs.state(), wish)
  const moved = movesOf(needs, plan, 'trash_preview')
  const count = (some: readonly MovedRuns[]) =>
    some.reduce((sum, one) => sum + one.ranges.reduce((n, [first, last]) => n + last - first + 1, 0), 0)
  const doubles = count(moved.filter((one) => one.to.jobId.startsWith('trash_')))
  return { plan, runs: count(moved) - doubles, doubles }
}

/** Makes two servers or two jobs one. Runs that both have are kept once. Can be undone for seven days. */
export function mergeThings(needs: CareNeeds): (wish: MergeWish, by: Actor) => Promise<void> {
  return async (wish, by) => {
    mustAdminister(by)
    await needs.settled()
    const id = needs.newId('trash')
    let made: { item: TrashItem; plan: MergePlan } | null = null
    await needs.change((state) => {
      const plan = planOf(state, wish)
      const after = merged(state, plan)
      const notices = noticesTaken(state, after)
      const item = { ...itemOf(needs, state, plan, { id, by: by.who }), notices }
      made = { item, plan }
      return withTrash(windowsMerged(after, plan), [...trashOf(state), item])
    })
    if (made !== null) {
      const { item, plan } = made as { item: TrashItem; plan: MergePlan }
      await makeMoves(needs, item)
      for (const { into } of plan.pairs) await rebuildJob(needs, into.id)
    }
    const target = `${wish.from} ${wish.into}`
    await needs.audit({ action: 'care.merge', ...signed(by), result: 'done', target })
    needs.changed('care')
  }
}

function planOf(state: State, { kind, from, into }: MergeWish): MergePlan {
  if (from === into) throw new Failure('invalid', text('care.merge.same'))
  if (kind === 'servers') {
    const [one, other] = [own(state.servers, from), own(state.servers, into)]
    if (one === undefined || other === undefined) throw new Failure('not-found', text('error.no-such-server'))
    return planServers(state, one, other)
  }
  const [one, other] = [own(state.jobs, from), own(state.jobs, into)]
  const server = other === undefined ? undefined : own(state.servers, other.serverId)
  if (one === undefined || other === undefined || server === undefined)
    throw new Failure('not-found', text('error.no-such-job'))
  return { from: null, into: server, pairs: [{ from: one, into: other }], movers: [] }
}

function itemOf(
  needs: CareNeeds,
  state: State,
  plan: MergePlan,
  { id, by }: { id: string; by: string },
): TrashItem {
  const jobs = [
    ...(plan.from === null ? [] : jobsOf(state, plan.from.id)),
    ...plan.pairs.flatMap((pair) => [pair.from, pair.into]),
  ]
  const each = new Map(jobs.map((job) => [job.id, job]))
  const about = plan.from === null ? [plan.into] : [plan.from, plan.into]
  const [pair] = plan.pairs
  const label =
    plan.from === null
      ? text('care.label.merge-jobs', { from: pair?.from.name ?? '', into: pair?.into.name ?? '' })
      : text('care.label.merge-servers', { from: serverName(plan.from), into: serverName(plan.into) })
  const gone = new Set([...each.keys()])
  return {
    id,
    at: needs.clock.now().toISOString(),
    by,
    what: 'merge',
    label,
    servers: about,
    jobs: [...each.values()],
    moved: movesOf(needs, plan, id),
    incidents: Object.values(state.incidents).filter((one) =>
      one.jobId === null ? about.some((server) => server.id === one.serverId) : gone.has(one.jobId),
    ),
    windows: windowsInMerge(state, plan),
    secrets: Object.fromEntries(
      Object.entries(state.secrets).filter(([name]) => about.some((server) => name.includes(server.id))),
    ),
    upTo: [...each.keys()]
      .flatMap((jobId) => needs.history.ofJob(jobId))
      .reduce((newest, row) => Math.max(newest, row.no), 0),
  }
}

function movesOf(needs: CareNeeds, plan: MergePlan, id: string): readonly MovedRuns[] {
  const moves: MovedRuns[] = []
  const add = (from: MovedRuns['from'], to: MovedRuns['to'], rows: readonly RunRow[]) => {
    if (rows.length > 0) moves.push({ from, to, ranges: rangesOf(rows.map((row) => row.no)) })
  }
  for (const [at, { from, into }] of plan.pairs.entries()) {
    const known = new Set(needs.history.ofJob(into.id).map(runKey))
    const rows = needs.history.ofJob(from.id)
    const isDouble = (row: RunRow) => !Number.isNaN(row.beginMs) && known.has(runKey(row))
    const home = { serverId: from.serverId, jobId: from.id }
    const target = { serverId: into.serverId, jobId: into.id }
    add(
      home,
      target,
      rows.filter((row) => !isDouble(row)),
    )
    add(home, { ...target, jobId: `${id}_${at}` }, rows.filter(isDouble))
  }
  for (const job of plan.movers) {
    const to = { serverId: plan.into.id, jobId: job.id }
    add({ serverId: job.serverId, jobId: job.id }, to, needs.history.ofJob(job.id))
  }
  return moves
}

function own<T>(map: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(map, id) ? map[id] : undefined
}
