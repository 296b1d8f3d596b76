import t from 'tap'
import { remembered } from '../../src/kit/remembered.ts'

t.test('A text that comes again is not worked on again, but for long ones and very many', async (t) => {
  const asked: string[] = []
  const shout = remembered((text) => {
    asked.push(text)
    return text === '' ? null : text.toUpperCase()
  }, 5)
  t.same([shout('a'), shout('a'), shout(''), shout('')], ['A', 'A', null, null])
  t.same(asked, ['a', ''])
  t.same([shout('longer'), shout('longer')], ['LONGER', 'LONGER'])
  t.equal(asked.length, 4)
  for (let n = 0; n < 2000; n++) shout(String(n))
  asked.length = 0
  for (let n = 0; n < 2000; n++) shout(String(n))
  t.ok(asked.length > 500, 'memory has an end')
  t.ok(asked.length < 2000)
})
