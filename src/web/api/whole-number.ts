import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'

/** A whole number of the query; throws Failure `invalid` where it is none or outside the range. */
export function wholeNumber(
  ctx: Context,
  name: string,
  range: { readonly otherwise: number; readonly from: number; readonly to: number },
): number {
  const given = ctx.query[name]
  if (given === undefined || given === '') return range.otherwise
  const number = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
  if (!(number >= range.from && number <= range.to)) {
    const values = { name, from: String(range.from), to: String(range.to) }
    throw new Failure('invalid', text('api.not-a-number', values), { field: name })
  }
  return number
}
