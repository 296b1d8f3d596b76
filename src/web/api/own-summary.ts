import type { Context } from 'koa'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'
import { noStore } from './no-store.ts'
import { secondsSince } from './seconds-since.ts'
import type { Totals } from './totals.ts'
import { totalsOf } from './totals.ts'

/** `GET /api/v1/summary`: everything in one flat object for dashboards. Nothing in it is ever null. */
export async function ownSummary(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const { words } = visitOf(ctx)
  const now = house.clock.now()
  const totals = totalsOf(house.store.state(), house.store.history, now)
  const { byState, lastBackupAt } = totals
  noStore(ctx)
  ctx.body = {
    status: overallStatus(totals),
    status_text: words.say(...statusText(totals)),
    servers: totals.servers,
    jobs: totals.jobs,
    ok: byState.ok,
    warning: byState.warning,
    failing: byState.failed,
    overdue: byState.overdue,
    late: byState.late,
    running: byState.running,
    paused: byState.paused,
    unknown: byState.unknown,
    new: byState.new,
    incidents: totals.openIncidents,
    runs: totals.backupRuns,
    source_bytes: totals.sourceBytes,
    stored_bytes: totals.storedBytes,
    uploaded_bytes: totals.uploadedBytes,
    last_backup: lastBackupAt ?? '',
    last_backup_text: lastBackupAt === null ? words.say('api.never') : words.relative(lastBackupAt, now),
    seconds_since_last: lastBackupAt === null ? 0 : secondsSince(lastBackupAt, now),
  }
}

/** One word for all jobs: `error` where one failed or is overdue, `warning` where something is odd or open. */
export function overallStatus({ byState, openIncidents }: Totals): 'ok' | 'warning' | 'error' {
  if (byState.failed + byState.overdue > 0) return 'error'
  return byState.warning + byState.late + byState.unknown + openIncidents > 0 ? 'warning' : 'ok'
}

function statusText(totals: Totals): [key: string, values?: Readonly<Record<string, number>>] {
  const { byState } = totals
  const count = byState.failed + byState.overdue + byState.warning + byState.late + byState.unknown
  if (count > 0) return ['api.status.attention', { count }]
  if (totals.openIncidents > 0) return ['api.status.incidents', { count: totals.openIncidents }]
  return totals.jobs === 0 ? ['api.status.none'] : ['api.status.good']
}
