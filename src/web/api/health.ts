import type { Context } from 'koa'
import { VERSION } from '../../kit/package-facts.ts'
import type { House } from '../house.ts'
import { noStore } from './no-store.ts'

/** What the database holds, in place of the tables that the reference product lists. */
const PARTS = ['settings', 'users', 'sessions', 'tokens', 'servers', 'jobs', 'incidents', 'notices', 'runs']

/** `GET /api/health`: 200 while reports can be saved, 503 while they cannot. */
export function health(ctx: Context, house: House): void {
  const { mode } = house.store.health()
  const isWell = mode === 'ok'
  noStore(ctx)
  ctx.status = isWell ? 200 : 503
  ctx.body = {
    status: isWell ? 'healthy' : 'degraded',
    database: 'connected',
    basicConnection: true,
    tablesFound: PARTS.length,
    tables: PARTS,
    preparedStatements: isWell,
    ...(isWell ? {} : { preparedStatementsError: mode }),
    initializationStatus: 'complete',
    initializationComplete: true,
    connectionHealth: isWell,
    ...(isWell ? {} : { connectionHealthError: mode }),
    timestamp: house.clock.now().toISOString(),
    connectionDetails: { status: isWell ? 'ready' : mode },
    version: VERSION,
    storage: mode,
    scheduledWork: scheduledWork(house),
  }
}

/** When each work of the timetable was last done and whether it went well; why not, the settings page says. */
function scheduledWork({ calendar }: House): Record<string, { at: string; ok: boolean }> {
  return Object.fromEntries(
    Object.entries(calendar.outcomes()).map(([name, { startedAt, finishedAt, ok }]) => [
      name,
      { at: finishedAt ?? startedAt, ok },
    ]),
  )
}

/** `GET /healthz`: the same in one word, for orchestrators. */
export function healthz(ctx: Context, house: House): void {
  const isWell = house.store.health().mode === 'ok'
  noStore(ctx)
  ctx.status = isWell ? 200 : 503
  ctx.type = 'text/plain'
  ctx.body = isWell ? 'ok\n' : `${house.store.health().mode}\n`
}

/** `GET /api/ping`: alive. */
export function ping(ctx: Context): void {
  noStore(ctx)
  ctx.body = { ok: true }
}
