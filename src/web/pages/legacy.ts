import type { Context } from 'koa'
import { runId } from '../../domain/run.ts'
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
export async function legacyRun(ctx: Context, house: House): Promise<void> {
  const id = serverIdOf(String(ctx['params'].server), house)
  const no = /^run_[0-9a-z]{1,10}$/.test(String(ctx['params'].run)) ? String(ctx['params'].run) : null
  const old = no === null ? await house.care.import.oldRun(String(ctx['params'].run)) : null
  if (old !== null) return goTo(ctx, `/runs/${runId(old)}`)
  goTo(ctx, no !== null ? `/runs/${no}` : id === null ? '/' : `/servers/${id}`)
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
