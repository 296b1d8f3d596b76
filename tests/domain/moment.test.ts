import t from 'tap'
import { DAY, iso } from '../../src/domain/moment.ts'
import { seededRandom } from '../support/random.ts'

t.test('A moment is written as the standard writes it, in any year and to the millisecond', async (t) => {
  const random = seededRandom(7)
  const odd = [
    0,
    -1,
    1,
    DAY - 1,
    DAY,
    -DAY,
    253_402_300_800_000,
    -62_167_219_200_001,
    8.64e15,
    -8.64e15,
    1234.9,
    -0.5,
  ]
  const any = Array.from({ length: 2000 }, () => random.between(-60e12, 250e12))
  const wrong = [...odd, ...any, ...odd].filter((ms) => iso(ms) !== new Date(ms).toISOString())
  t.same(wrong, [])
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + DAY])
    t.throws(() => iso(none), RangeError)
})
