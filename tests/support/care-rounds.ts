import type { Scope } from '../../src/actions/care/scope.ts'
import type { App } from '../../src/app.ts'
import { trashOf } from '../../src/domain/trash.ts'
import { differences, everythingSeen } from './everything-seen.ts'
import type { Visitor } from './visitors.ts'

const BY = { who: 'Ada', from: 'a test', administrator: true }

/**
 * Removes and merges in every way, one after another and then on top of each other, and undoes it. Gives what was not
 * as before, by the name of the step; none where all was.
 */
export async function careRounds(
  app: App,
  who: Visitor,
  options: { readonly runs: number; readonly pages: boolean; readonly days: number },
): Promise<{ readonly steps: number; readonly wrong: readonly string[] }> {
  const { store, care } = app.house
  const look = () => everythingSeen(app, who, options)
  const before = await look()
  const size = store.history.size
  const wrong: string[] = []
  const compare = async (name: string) => {
    const [first, ...more] = differences(before, await look())
    if (first !== undefined) wrong.push(`${name}: ${first} and ${more.length} more`)
    if (store.history.size !== size) wrong.push(`${name}: ${store.history.size} runs of ${size}`)
  }
  const undo = async () => {
    const item = trashOf(store.state()).at(-1)
    if (item !== undefined) await care.undo(item.id, BY)
  }
  const steps = stepsOf(app, options.days)
  for (const { name, act, isGone } of steps) {
    await act()
    if (!isGone()) wrong.push(`${name}: nothing went`)
    await undo()
    await compare(name)
  }
  const pile = steps.filter((one) => one.name !== 'everything' && one.name !== 'age')
  for (const { act } of pile) await act().catch(() => undefined)
  while (trashOf(store.state()).length > 0) await undo()
  await compare('one on top of another')
  return { steps: steps.length + 1, wrong }
}

interface Step {
  readonly name: string
  act(): Promise<unknown>
  isGone(): boolean
}

function stepsOf(app: App, days: number): readonly Step[] {
  const { store, care } = app.house
  const { jobs, servers } = store.state()
  const [one, other, third] = Object.values(servers)
  const [job, twin] = Object.values(jobs).filter((each) => each.serverId === third?.id)
  if (!one || !other || !third || !job || !twin) throw new Error('Too little to remove and to merge')
  const no = store.history.ofJob(job.id)[0]?.no ?? 0
  const size = store.history.size
  const remove = (scope: Scope, isGone: () => boolean): Step => ({
    name: scope.kind,
    act: () => care.remove(scope, BY),
    isGone,
  })
  const merge = (kind: 'servers' | 'jobs', from: string, into: string, isGone: () => boolean): Step => ({
    name: `merge ${kind}`,
    act: () => care.merge({ kind, from, into }, BY),
    isGone,
  })
  return [
    remove({ kind: 'age', days }, () => store.history.size < size),
    remove({ kind: 'run', no }, () => store.history.size < size),
    remove({ kind: 'job-runs', jobId: job.id }, () => store.history.countOfJob(job.id) === 0),
    merge('jobs', twin.id, job.id, () => store.state().jobs[twin.id] === undefined),
    remove({ kind: 'job', jobId: job.id }, () => store.state().jobs[job.id] === undefined),
    merge('servers', other.id, one.id, () => store.state().servers[other.id] === undefined),
    remove({ kind: 'server', serverId: one.id }, () => store.state().servers[one.id] === undefined),
    remove({ kind: 'everything' }, () => store.history.size === 0),
  ]
}
