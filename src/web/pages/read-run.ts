import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { type Run, runNo } from '../../domain/run.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'

/** The run that the address names. Throws Failure `not-found`. */
export async function readRun(ctx: Context, house: House): Promise<Run> {
  const no = runNo(String(ctx['params'].id))
  const run = no === null ? null : await house.store.run(no)
  if (run === null) throw new Failure('not-found', text('error.no-such-run'))
  return run
}
