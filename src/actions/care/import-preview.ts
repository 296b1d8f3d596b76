import { type ImportShare, ImportShares } from '../../domain/import-share.ts'
import { type Job, NEVER_RAN } from '../../domain/job.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import type { State } from '../../domain/state.ts'
import { withSettings } from './import-settings.ts'
import type { ImportNeeds, ImportSource, SourceJob } from './import-source.ts'
import { serverHere, withServers, withUsers } from './import-state.ts'

/** What an import would bring, kind by kind, by the same steps; nothing is kept. */
export function previewImport(source: ImportSource, needs: ImportNeeds): readonly ImportShare[] {
  const shares = new ImportShares(source.notes)
  let ids = 0
  const dry: ImportNeeds = {
    ...needs,
    newId: (kind) => `${kind}_planned${++ids}`,
    seal: () => ({ sealed: '', setAt: '' }),
  }
  let state = withServers(needs.state(), source, dry, shares)
  for (const job of lastNamed(source.survey.jobs)) state = withPlanned(state, job, source, dry)
  withUsers(withSettings(state, source, dry, shares), source, dry, shares)
  const { runs, timeless, withLog, withVersions } = source.survey
  shares.count('runs', { found: runs + timeless, comes: runs })
  shares.count('logs', { found: withLog, comes: withLog })
  shares.count('versions', { found: withVersions, comes: withVersions })
  shares.count('audit', { found: source.auditRows, comes: source.auditRows })
  return shares.list()
}

/** A job that was renamed bears its last name. */
function lastNamed(jobs: readonly SourceJob[]): readonly SourceJob[] {
  const found = new Map<string, SourceJob>()
  for (const job of jobs) {
    const key = JSON.stringify([job.server, job.backupId || job.name])
    if (job.newestMs >= (found.get(key)?.newestMs ?? Number.NEGATIVE_INFINITY)) found.set(key, job)
  }
  return [...found.values()]
}

function withPlanned(state: State, one: SourceJob, source: ImportSource, needs: ImportNeeds): State {
  const whose = source.servers.find((server) => server.id === one.server)
  const server = whose === undefined ? null : serverHere(state, whose, needs)
  const name = needs.identify({ 'backup-name': one.name }).backupName ?? ''
  if (server === null || jobsOf(state, server.id).some((job) => job.name === name)) return state
  const job: Job = {
    id: needs.newId('job'),
    serverId: server.id,
    backupId: null,
    name,
    note: '',
    tags: [],
    createdAt: needs.now().toISOString(),
    formerBackupIds: [],
    archivedAt: null,
    pausedUntil: null,
    overrides: {},
    schedule: null,
    nextScheduled: null,
    status: NEVER_RAN,
    expectation: null,
  }
  return { ...state, jobs: { ...state.jobs, [job.id]: job } }
}
