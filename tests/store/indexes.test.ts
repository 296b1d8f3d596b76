import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../src/store/store-shape.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { faultyDisk } from '../support/faulty-disk.ts'
import { open } from '../support/open-store.ts'
import type { SetClock } from '../support/set-clock.ts'
import { everything, threeMonths } from '../support/three-months.ts'

const SEPTEMBER = '2026-09-001.idx'

/** Three months with runs that were revised, deleted and moved since, closed. */
async function lived(t: Test): Promise<{ dir: string; clock: SetClock }> {
  const { dir, store, clock } = await threeMonths(t)
  await store.record(arrival(3, { begin: '2026-09-03T03:00:00Z', job: 'job-1', messages: 77 }), runLog(33))
  await store.remove([1, 12, 30])
  await store.move({ nos: [5, 25] }, { serverId: 'srv_other', jobId: 'job_other' })
  clock.set('2026-12-01T04:00:00Z')
  await store.record(arrival(1, { begin: '2026-12-01T03:00:00Z', received: '2026-12-01T04:00:00Z' }), null)
  await store.move(
    { jobId: store.history.row(2)?.jobId ?? '' },
    { serverId: 'srv_other', jobId: 'job_moved' },
  )
  await store.close()
  return { dir, clock }
}

/** What a store shows, and how much of its files is dead: compaction goes by that. */
async function shown(store: Store) {
  return {
    runs: await everything(store),
    size: store.history.size,
    totals: store.history.totals,
    state: store.state(),
    damage: store.health().damage,
    compacted: await store.compact(),
  }
}

async function openedAnew(t: Test, { dir, clock }: { dir: string; clock: SetClock }) {
  const store = await open(t, dir, { clock })
  const seen = await shown(store)
  await store.close()
  return seen
}

t.test('A month that is over is read from its index at the next start, and shows the same', async (t) => {
  const folder = await lived(t)
  const index = join(folder.dir, 'index')
  const store = await open(t, folder.dir, { clock: folder.clock })
  const before = await everything(store)
  await store.close()
  t.same(
    (await readdir(index)).sort(),
    [SEPTEMBER, '2026-10-001.idx', '2026-11-001.idx'],
    'December grows still',
  )

  const disk = faultyDisk()
  const parsed: string[] = []
  disk.fault = ({ op, path }) => {
    if (op === 'readFile' && path.endsWith('.idx')) parsed.push(path.slice(index.length + 1))
    return null
  }
  const again = await open(t, folder.dir, { clock: folder.clock, disk })
  t.same(parsed, [SEPTEMBER, '2026-10-001.idx', '2026-11-001.idx'])
  t.notOk(
    disk.calls.some(({ op, path }) => op === 'write' && path.startsWith(index)),
    'none is made anew',
  )
  t.same(await everything(again), before)
  const withIndexes = await shown(again)
  await again.close()

  const other = await lived(t)
  const lineByLine = await openedAnew(t, other)
  t.same(withIndexes.totals, lineByLine.totals)
  t.same(withIndexes.size, lineByLine.size)
  t.same(withIndexes.compacted, lineByLine.compacted, 'as much is dead')
})

t.test('An index that is broken, cut, empty, or of another file counts for nothing', async (t) => {
  const folder = await lived(t)
  const expected = await openedAnew(t, folder)
  const index = join(folder.dir, 'index')
  const whole = await readFile(join(index, '2026-10-001.idx'))
  const flipped = Buffer.from(whole)
  flipped[whole.length - 100] = (flipped[whole.length - 100] ?? 0) ^ 1
  const broken = {
    flipped,
    empty: Buffer.alloc(0),
    cut: whole.subarray(0, 500),
    text: Buffer.from('DSI1 no index'),
  }
  for (const [name, bytes] of Object.entries({ ...broken, 'that of October': whole })) {
    await writeFile(join(index, SEPTEMBER), bytes)
    t.match(
      await openedAnew(t, folder),
      { runs: expected.runs, size: expected.size, damage: expected.damage },
      name,
    )
    t.notSame(await readFile(join(index, SEPTEMBER)), bytes, `${name}: made anew`)
  }
})

t.test('A byte that flips in a month that is over is found although there is an index', async (t) => {
  const folder = await lived(t)
  await openedAnew(t, folder)
  const path = join(folder.dir, 'runs', '2026-10-001.ndjson')
  const bytes = await readFile(path)
  bytes[700] = (bytes[700] ?? 0) ^ 1
  await writeFile(path, bytes)
  const store = await open(t, folder.dir, { clock: folder.clock })
  t.equal(store.health().damage.badLines, 1)
  t.equal((await readdir(join(folder.dir, 'quarantine'))).length, 1)
  await store.close()
  const again = await open(t, folder.dir, { clock: folder.clock })
  t.equal(again.health().damage.badLines, 1, 'and at every start')
})

t.test('A disk that refuses an index, or a folder without one, opens all the same', async (t) => {
  const folder = await lived(t)
  const disk = faultyDisk()
  disk.fault = ({ op, path }) => (op !== 'list' && path.includes('/index') ? 'ENOSPC' : null)
  const store = await open(t, folder.dir, { clock: folder.clock, disk })
  t.equal(store.health().mode, 'ok')
  const runs = await everything(store)
  await store.close()
  t.same((await openedAnew(t, folder)).runs, runs)
  await rm(join(folder.dir, 'index'), { recursive: true })
  t.same((await openedAnew(t, folder)).runs, runs)
})

t.test('The index of a month whose file is gone goes too', async (t) => {
  const folder = await lived(t)
  await openedAnew(t, folder)
  await rm(join(folder.dir, 'runs', '2026-09-001.ndjson'))
  await openedAnew(t, folder)
  t.notOk((await readdir(join(folder.dir, 'index'))).includes(SEPTEMBER))
})
