import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { inStep } from '../../src/kit/in-step.ts'

t.test('Those who come within a few turns take each step together', async (t) => {
  const together = inStep({ quiet: 3, most: 20 })
  const steps: string[] = []
  const work = async (name: string) => {
    await together()
    steps.push(`${name} reads`)
    await Promise.resolve()
    steps.push(`${name} writes`)
  }
  const first = [work('a'), work('b')]
  await nextTurn()
  first.push(work('c'))
  await Promise.all(first)
  t.same(steps, ['a reads', 'b reads', 'c reads', 'a writes', 'b writes', 'c writes'])
  await work('late')
  t.same(steps.slice(6), ['late reads', 'late writes'], 'who comes later waits for nobody')
})
