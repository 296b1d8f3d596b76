import type { Context } from 'koa'
import type { JobState } from '../../domain/job.ts'
import type { Server } from '../../domain/server.ts'
import { serverName } from '../../domain/server.ts'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'
import { absoluteLink } from './absolute-link.ts'
import { activeJobs, lastKnown } from './newest.ts'
import { noStore } from './no-store.ts'
import { stateNow } from './state-now.ts'

/** `GET /api/v1/servers`: every server with what its jobs add up to. What is unknown is null. */
export async function servers(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const visit = visitOf(ctx)
  const active = Object.values(house.store.state().servers).filter((server) => server.archivedAt === null)
  const listed = active.map((server) => ({
    ...serverJson(house, server),
    url: absoluteLink(house, visit, `/servers/${server.id}`),
  }))
  noStore(ctx)
  ctx.body = { servers: listed.sort((one, other) => collator.compare(one.display_name, other.display_name)) }
}

const collator = new Intl.Collator('en', { numeric: true })

/** From what needs a person most to what needs nobody. */
const WORST_FIRST: readonly JobState[] = [
  'failed',
  'overdue',
  'warning',
  'late',
  'unknown',
  'running',
  'ok',
  'new',
  'paused',
]

function serverJson(house: House, server: Server) {
  const state = house.store.state()
  const now = house.clock.now()
  const own = activeJobs(state).filter((job) => job.serverId === server.id)
  const states = new Set(own.map((job) => stateNow(state, job, now)))
  const sum = (figure: 'sourceBytes' | 'storedBytes') =>
    own.reduce((total, job) => total + (lastKnown(job, figure) ?? 0), 0)
  return {
    id: server.id,
    machine_id: server.machineId,
    name: server.name,
    alias: server.alias,
    display_name: serverName(server),
    note: server.note,
    tags: server.tags,
    state: WORST_FIRST.find((word) => states.has(word)) ?? 'new',
    jobs: own.length,
    source_bytes: sum('sourceBytes'),
    stored_bytes: sum('storedBytes'),
    created_at: server.createdAt,
    last_report_at: server.lastReportAt,
    operating_system: server.operatingSystem,
    duplicati_version: server.duplicatiVersion,
    newer_version: server.newerVersion,
    clock_skew_s: server.clockSkewS,
  }
}
