import type { Context } from 'koa'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'

/** `GET /detail/:server`: an address of the reference product, by machine id or by our own. */
export function legacyServer(ctx: Context, house: House): void {
  const id = serverIdOf(String(ctx['params'].server), house)
  const wanted = String(ctx.query['backup'] ?? '')
  const job = Object.values(house.store.state().jobs).find(
    (one) => one.serverId === id && one.name === wanted,
  )
  goTo(ctx, id === null ? '/' : job === undefined ? `/servers/${id}` : `/jobs/${job.id}`)
}

/** `GET /detail/:server/backup/:run`: runs there have ids that we do not know; ours are taken. */
export function legacyRun(ctx: Context, house: House): void {
  const id = serverIdOf(String(ctx['params'].server), house)
  const no = /^run_[0-9a-z]{1,10}$/.test(String(ctx['params'].run)) ? String(ctx['params'].run) : null
  goTo(ctx, no !== null ? `/runs/${no}` : id === null ? '/' : `/servers/${id}`)
}

/** The sections of the reference's settings and where the same is found here. */
const TABS: ReadonlyMap<string, string> = new Map([
  ['notifications', 'notifications'],
  ['monitoring', 'monitoring'],
  ['backup-monitoring', 'monitoring'],
  ['overdue', 'monitoring'],
  ['templates', 'templates'],
  ['ntfy', 'ntfy'],
  ['email', 'email'],
  ['server', 'servers'],
  ['display', 'display'],
  ['database-maintenance', 'database'],
  ['users', 'users'],
  ['audit', 'audit'],
  ['audit-retention', 'audit'],
  ['application-logs', 'log'],
])

/** The section that `/settings?tab=...` means; null where there is none of that name. */
export function legacySettings(tab: unknown): string | null {
  const section = typeof tab === 'string' ? TABS.get(tab) : undefined
  return section === undefined ? null : `/settings/${section}`
}

function serverIdOf(given: string, house: House): string | null {
  const servers = Object.values(house.store.state().servers)
  const found = servers.find((one) => one.id === given || one.machineId === given || one.name === given)
  return found?.id ?? null
}

function goTo(ctx: Context, path: string): void {
  ctx.status = 308
  ctx.redirect(visitOf(ctx).link(path))
}
