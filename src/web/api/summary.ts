import type { Context } from 'koa'
import type { House } from '../house.ts'
import { noStore } from './no-store.ts'
import { secondsSince } from './seconds-since.ts'
import { totalsOf } from './totals.ts'

/** `GET /api/summary`: the totals of the reference product, counted per job. */
export async function summary(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const now = house.clock.now()
  const totals = totalsOf(house.store.state(), house.store.history, now)
  noStore(ctx)
  ctx.body = {
    totalServers: totals.servers,
    totalBackupsRuns: totals.backupRuns,
    totalBackups: totals.jobsWithBackups,
    totalUploadedSize: totals.uploadedBytes,
    totalStorageUsed: totals.storedBytes,
    totalBackupSize: totals.sourceBytes,
    overdueBackupsCount: totals.byState.overdue,
    secondsSinceLastBackup: totals.lastBackupAt === null ? null : secondsSince(totals.lastBackupAt, now),
  }
}
