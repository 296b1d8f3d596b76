import type { Context } from 'koa'
import type { MergeWish } from '../../../actions/care/merge-things.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'
import { serverNamesApart } from './merge-suggestions.ts'

/** `GET /settings/database/merge?kind=servers|jobs&from&into`: what would become one. */
export function mergePage(ctx: Context, house: House): void {
  const wish = wishOf(single(ctx.query))
  const { plan, runs, doubles } = house.care.previewMerge(wish)
  const [pair] = plan.pairs
  const nameOf = serverNamesApart(house.store.state(), visitOf(ctx))
  sendSettings(ctx, house, 'database', 'pages/care/merge', {
    wish,
    from: plan.from === null ? (pair?.from.name ?? '') : nameOf(plan.from),
    into: plan.from === null ? (pair?.into.name ?? '') : nameOf(plan.into),
    pairs: plan.pairs.map(({ from, into }) => ({ from: from.name, into: into.name })),
    movers: plan.movers.map((job) => job.name),
    runs,
    doubles,
  })
}

/** `POST /settings/database/merge`. */
export async function merge(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 4096)
  const by = { ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator }
  await house.care.merge(wishOf(Object.fromEntries(form)), by)
  done(ctx, '/settings/database#trash', text('care.merged'))
}

function wishOf(given: Readonly<Record<string, string>>): MergeWish {
  const kind = given['kind'] === 'jobs' ? 'jobs' : 'servers'
  return { kind, from: given['from'] ?? '', into: given['into'] ?? '' }
}
