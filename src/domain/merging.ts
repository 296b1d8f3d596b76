import type { Job } from './job.ts'
import { jobsOf } from './jobs-of.ts'
import { secretName } from './remote-reach.ts'
import { type Server, serverName } from './server.ts'
import type { State } from './state.ts'

/** Which jobs become one when two servers do, and which just change their server. */
export interface MergePlan {
  readonly into: Server
  /** null where two jobs of any servers become one. */
  readonly from: Server | null
  readonly pairs: readonly { readonly from: Job; readonly into: Job }[]
  readonly movers: readonly Job[]
}

export interface MergeSuggestion {
  readonly from: Server
  readonly into: Server
}

/** Servers that look like one machine: a new machine id under a known name, or the same name twice. */
export function suggestedMerges(state: Pick<State, 'servers'>): readonly MergeSuggestion[] {
  const servers = Object.values(state.servers).filter((server) => server.archivedAt === null)
  const found: MergeSuggestion[] = []
  for (const from of servers) {
    const named = servers.find(
      (one) => one !== from && isNamesake(one, from) && one.createdAt <= from.createdAt,
    )
    const into = from.maybeSameAs === null ? named : (state.servers[from.maybeSameAs] ?? named)
    const isKnown = found.some((one) => one.into === from && one.from === into)
    if (into !== undefined && into !== from && !isKnown) found.push({ from, into })
  }
  return found
}

/** How two servers would become one. */
export function planServers(state: State, from: Server, into: Server): MergePlan {
  const there = jobsOf(state, into.id)
  const plan = jobsOf(state, from.id).map((job) => ({
    from: job,
    into: there.find((one) => isSame(one, job)),
  }))
  return {
    from,
    into,
    pairs: plan.flatMap((one) => (one.into === undefined ? [] : [{ from: one.from, into: one.into }])),
    movers: plan.flatMap((one) => (one.into === undefined ? [one.from] : [])),
  }
}

/** The state after a merge; runs are moved by the store. */
export function merged(state: State, plan: MergePlan): State {
  const jobs: Record<string, Job> = { ...state.jobs }
  for (const { from, into } of plan.pairs) {
    delete jobs[from.id]
    jobs[into.id] = oneJob(from, into)
  }
  for (const job of plan.movers) jobs[job.id] = { ...job, serverId: plan.into.id }
  const gone = new Set(plan.pairs.map((pair) => pair.from.id))
  const incidents = Object.values(state.incidents)
    .filter((one) => (one.jobId === null ? one.serverId !== plan.from?.id : !gone.has(one.jobId)))
    .map((one) => (one.serverId === plan.from?.id ? { ...one, serverId: plan.into.id } : one))
  const open = Object.fromEntries(incidents.map((one) => [one.id, one]))
  const next = { ...state, jobs, incidents: open, notices: stillTrue(state, open) }
  if (plan.from === null) return next
  const { [plan.from.id]: _gone, ...servers } = state.servers
  const secrets = { ...state.secrets }
  const secret = secrets[secretName(plan.from.id)]
  delete secrets[secretName(plan.from.id)]
  if (secret !== undefined && plan.into.connection === null) secrets[secretName(plan.into.id)] = secret
  return { ...next, secrets, servers: { ...servers, [plan.into.id]: oneServer(plan.from, plan.into) } }
}

/** Without what is still to be said of nothing but incidents that went: the one that stays is judged anew. */
function stillTrue(state: State, open: State['incidents']): State['notices'] {
  const isGone = (id: string) => Object.hasOwn(state.incidents, id) && !Object.hasOwn(open, id)
  return Object.fromEntries(
    Object.entries(state.notices).filter(
      ([, { state: fate, incidentIds }]) =>
        fate !== 'owed' || incidentIds.length === 0 || !incidentIds.every(isGone),
    ),
  )
}

/** What the one that stays lacks is taken from the other; ids and name are those that reported last. */
function oneServer(from: Server, into: Server): Server {
  const latest = (from.lastReportAt ?? '') > (into.lastReportAt ?? '') ? from : into
  const former = [...(into.formerNames ?? []), from.name, into.name].filter((name) => name !== latest.name)
  return {
    ...into,
    name: latest.name,
    machineId: latest.machineId ?? into.machineId ?? from.machineId,
    formerNames: [...new Set(former)],
    alias: into.alias === '' ? from.alias : into.alias,
    note: into.note === '' ? from.note : into.note,
    tags: [...new Set([...into.tags, ...from.tags])],
    address: into.address === '' ? from.address : into.address,
    publicAddress: into.publicAddress === '' ? from.publicAddress : into.publicAddress,
    connection: into.connection ?? from.connection,
    overrides: { ...from.overrides, ...into.overrides },
    lastReportAt: latest.lastReportAt,
    duplicatiVersion: latest.duplicatiVersion,
    operatingSystem: latest.operatingSystem,
    createdAt: [from.createdAt, into.createdAt].sort()[0] ?? into.createdAt,
    maybeSameAs: null,
  }
}

function oneJob(from: Job, into: Job): Job {
  const latest = (from.status.lastRun?.at ?? '') > (into.status.lastRun?.at ?? '') ? from : into
  const ids = [...into.formerBackupIds, ...from.formerBackupIds, from.backupId, into.backupId]
  const former = ids.filter((id): id is string => id !== null && id !== latest.backupId)
  return {
    ...into,
    backupId: latest.backupId,
    name: latest.name,
    formerBackupIds: [...new Set(former)],
    note: into.note === '' ? from.note : into.note,
    tags: [...new Set([...into.tags, ...from.tags])],
    schedule: into.schedule ?? from.schedule,
    overrides: { ...from.overrides, ...into.overrides },
    ...mutedOfBoth(from, into),
  }
}

function mutedOfBoth(from: Job, into: Job): Pick<Job, 'muted'> {
  const both = new Map([...(from.muted ?? []), ...(into.muted ?? [])].map((one) => [one.kind, one]))
  return both.size === 0 ? {} : { muted: [...both.values()] }
}

function isNamesake(one: Server, other: Server): boolean {
  return one.name !== '' && (one.name === other.name || serverName(one) === serverName(other))
}

/** By name only: every Duplicati counts its backup ids from one, so two machines have the same for different jobs. */
function isSame(one: Job, other: Job): boolean {
  return one.name === other.name
}
