import { Failure } from '../../domain/failure.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import type { Removal } from '../../domain/removal.ts'
import { serverName } from '../../domain/server.ts'
import { type Text, text } from '../../domain/text.ts'
import type { CareNeeds } from './care-needs.ts'

/** What somebody wants removed. */
export type Scope =
  | { readonly kind: 'age'; readonly days: number }
  | { readonly kind: 'run'; readonly no: number }
  | { readonly kind: 'job-runs'; readonly jobId: string }
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'server'; readonly serverId: string }
  | { readonly kind: 'everything' }

/** What a scope means now. */
export interface Selection {
  readonly label: Text
  readonly what: 'runs' | 'job' | 'server' | 'everything'
  readonly groups: readonly RunGroup[]
  readonly removal: Removal
  readonly logs: number
  readonly oldestMs: number | null
  readonly newestMs: number | null
}

export interface RunGroup {
  readonly serverId: string
  readonly jobId: string
  readonly nos: readonly number[]
}

const DAY_MS = 86_400_000

/** Reads what would go. Changes nothing. @throws Failure `not-found`, `invalid` */
export function select(needs: CareNeeds, scope: Scope): Selection {
  const state = needs.state()
  switch (scope.kind) {
    case 'age': {
      if (!(scope.days >= 1 && scope.days <= 36_500)) throw new Failure('invalid', text('care.age.days'))
      const before = needs.clock.now().getTime() - scope.days * DAY_MS
      const label = text('care.label.age', { days: scope.days })
      return gather(needs, { label, what: 'runs' }, Object.keys(state.jobs), (atMs) => atMs < before)
    }
    case 'run': {
      const row = needs.history.row(scope.no)
      const job = row === null ? undefined : state.jobs[row.jobId]
      if (row === null || job === undefined) throw new Failure('not-found', text('error.no-such-run'))
      const label = text('care.label.run', { job: job.name, at: { at: new Date(row.atMs).toISOString() } })
      return gather(needs, { label, what: 'runs' }, [row.jobId], (_, no) => no === scope.no)
    }
    case 'job-runs':
    case 'job': {
      const job = Object.hasOwn(state.jobs, scope.jobId) ? state.jobs[scope.jobId] : undefined
      if (job === undefined) throw new Failure('not-found', text('error.no-such-job'))
      const label = text(`care.label.${scope.kind}`, { job: job.name, server: nameOf(needs, job.serverId) })
      const what = scope.kind === 'job' ? 'job' : 'runs'
      return gather(needs, { label, what }, [job.id], () => true)
    }
    case 'server': {
      const label = text('care.label.server', { server: nameOf(needs, scope.serverId) })
      const jobs = jobsOf(state, scope.serverId).map((job) => job.id)
      return gather(needs, { label, what: 'server', servers: [scope.serverId] }, jobs, () => true)
    }
    case 'everything': {
      const what = { label: text('care.label.everything'), what: 'everything' as const }
      return gather(
        needs,
        { ...what, servers: Object.keys(state.servers) },
        Object.keys(state.jobs),
        () => true,
      )
    }
  }
}

function nameOf(needs: CareNeeds, serverId: string): string {
  const { servers } = needs.state()
  const server = Object.hasOwn(servers, serverId) ? servers[serverId] : undefined
  if (server === undefined) throw new Failure('not-found', text('error.no-such-server'))
  return serverName(server)
}

function gather(
  needs: CareNeeds,
  { label, what, servers = [] }: Pick<Selection, 'label' | 'what'> & { servers?: readonly string[] },
  jobIds: readonly string[],
  goes: (atMs: number, no: number) => boolean,
): Selection {
  const groups: RunGroup[] = []
  let logs = 0
  let oldest = Number.POSITIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  for (const jobId of jobIds) {
    const rows = needs.history.ofJob(jobId).filter((row) => goes(row.atMs, row.no))
    for (const row of rows) {
      if (row.hasLog) logs++
      oldest = Math.min(oldest, row.atMs)
      newest = Math.max(newest, row.atMs)
    }
    const serverId = needs.state().jobs[jobId]?.serverId ?? ''
    if (rows.length > 0) groups.push({ serverId, jobId, nos: rows.map((row) => row.no) })
  }
  return {
    label,
    what,
    groups,
    logs,
    removal: {
      servers: new Set(servers),
      jobs: new Set(what === 'runs' ? [] : jobIds),
      runs: new Set(groups.flatMap((group) => group.nos)),
    },
    oldestMs: Number.isFinite(oldest) ? oldest : null,
    newestMs: Number.isFinite(newest) ? newest : null,
  }
}
