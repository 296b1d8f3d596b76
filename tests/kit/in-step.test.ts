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

t.test('While others come they are waited for, but not for ever', async (t) => {
  const together = inStep({ quiet: 2, most: 10 })
  const going: number[] = []
  const come = (n: number) => together().then(() => going.push(n))
  for (let n = 0; n < 4; n++) {
    void come(n)
    await nextTurn()
    t.same(going, [], `${n} is waited with`)
  }
  for (let turn = 0; turn < 3; turn++) await nextTurn()
  t.same(going, [0, 1, 2, 3], 'two turns without anybody')

  let turns = 0
  void come(9)
  for (; going.length === 4 && turns < 50; turns++) {
    await nextTurn()
    void together()
  }
  t.equal(going[4], 9)
  t.ok(turns <= 11, 'let go although somebody comes in every turn')
})
