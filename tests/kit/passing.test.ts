import t from 'tap'
import { Passing } from '../../src/kit/passing.ts'

t.test('What comes and goes is there from when it came until it went', (t) => {
  const passing = new Passing<{ key: string; n: number }>()
  const first = { key: 'a', n: 1 }
  const second = { key: 'b', n: 2 }
  const third = { key: 'a', n: 3 }
  for (const one of [first, second, third]) passing.add(one)
  t.equal(passing.size, 3)
  t.equal(
    passing.find((one) => one.key === 'a'),
    third,
    'of several the one that came last',
  )
  passing.delete(third)
  passing.delete(third)
  t.equal(
    passing.find((one) => one.key === 'a'),
    first,
  )
  t.same([...passing], [first, second])
  t.equal(
    passing.find((one) => one.key === 'c'),
    undefined,
  )
  t.end()
})
