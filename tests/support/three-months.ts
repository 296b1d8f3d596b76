import type { Test } from 'tap'
import type { Store } from '../../src/store/store-shape.ts'
import { arrival, runLog } from './arrivals.ts'
import { freshFolder, open } from './open-store.ts'
import { type SetClock, setClock } from './set-clock.ts'

/** Three months with ten runs each, one a day from the first of each month on; numbers 1 to 30. */
export async function threeMonths(t: Test): Promise<{ dir: string; store: Store; clock: SetClock }> {
  const dir = await freshFolder(t)
  const clock = setClock('2026-09-01T04:00:00Z')
  const store = await open(t, dir, { clock })
  for (const month of ['09', '10', '11']) {
    for (let day = 1; day <= 10; day++) {
      const begin = `2026-${month}-${String(day).padStart(2, '0')}T03:00:00.000Z`
      clock.set(begin)
      await store.record(arrival(day, { begin, received: begin, job: `job-${day % 2}` }), runLog(day))
    }
  }
  return { dir, store, clock }
}

/** What a reader sees of a database. */
export async function everything(store: Store) {
  const rows = store.history.latest(1000)
  const runs = []
  for (const { no } of rows)
    runs.push({ run: await store.run(no), log: await store.log(no), state: store.logState(no) })
  const jobs = [...new Set(rows.map(({ jobId }) => jobId))].sort()
  return { rows, runs, lists: jobs.map((jobId) => store.history.ofJob(jobId)), totals: store.history.totals }
}
