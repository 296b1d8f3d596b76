import t from 'tap'
import { watchYear } from '../support/watched-year.ts'

t.test(
  'three months with troubles, restarts and lost channels bring exactly the words that are due',
  async (t) => {
    const found = watchYear({ from: '2026-02-15', days: 75, servers: 4, jobs: 3, sweepMinutes: 15, seed: 7 })
    t.same(found.wrong, [])
    t.same(found.invented, [])
    t.same(found.twice, [])
    t.same(found.lost, [])
    t.ok(found.troubles >= 15 && found.notices > 40 && found.restarts > 5, JSON.stringify(found))
  },
)
