import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import type { Run } from '../../domain/run.ts'
import { runNo } from '../../domain/run.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'
import { absoluteLink } from './absolute-link.ts'
import { noStore } from './no-store.ts'
import { logJson, rowJson, runJson } from './run-json.ts'
import { wholeNumber } from './whole-number.ts'

/** `GET /api/v1/jobs/:id/runs?page=&per_page=`: runs of a job of any operation, newest first. */
export async function jobRuns(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const { jobs } = house.store.state()
  const id = String(ctx['params'].id)
  if (!Object.hasOwn(jobs, id)) throw new Failure('not-found', text('api.no-such-job'))
  const page = wholeNumber(ctx, 'page', { otherwise: 1, from: 1, to: 1_000_000 })
  const perPage = wholeNumber(ctx, 'per_page', { otherwise: 50, from: 1, to: 500 })
  const total = house.store.history.countOfJob(id)
  const rows = house.store.history.ofJob(id, { limit: perPage, offset: (page - 1) * perPage })
  noStore(ctx)
  ctx.body = { runs: rows.map(rowJson), page, per_page: perPage, total, pages: Math.ceil(total / perPage) }
}

/** `GET /api/v1/runs/:id`: everything we know of a run; with `?log=1` its log lines too. */
export async function run(ctx: Context, house: House): Promise<void> {
  const found = await findRun(house, String(ctx['params'].id))
  const withLines = ctx.query['log'] === '1'
  const log = withLines ? await house.store.log(found.no) : null
  noStore(ctx)
  ctx.body = {
    ...runJson(found, visitOf(ctx).words),
    log: logJson(house.store.logState(found.no), log),
    url: absoluteLink(house, visitOf(ctx), `/runs/${String(ctx['params'].id)}`),
  }
}

async function findRun(house: House, id: string): Promise<Run> {
  const no = runNo(id)
  const found = no === null || house.store.history.row(no) === null ? null : await house.store.run(no)
  if (found === null) throw new Failure('not-found', text('api.no-such-run'))
  return found
}
