import t from 'tap'
import { fuzz } from '../support/fuzz.ts'

const MOST_GROWTH_MB = 30

t.test('no request makes the program fail, tell a secret or keep memory', async (t) => {
  const { statuses, wrong, heap } = await fuzz({ seed: 1, requests: 1000 })
  t.same(wrong, [])
  t.ok((statuses.get(200) ?? 0) > 50 && (statuses.get(404) ?? 0) > 10, 'requests of every kind arrive')
  t.ok(heap[1] - heap[0] < MOST_GROWTH_MB, `${heap[0].toFixed(1)} MB, then ${heap[1].toFixed(1)} MB`)
})
