import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Store } from '../../src/store/store-shape.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { faultyDisk } from '../support/faulty-disk.ts'
import { open } from '../support/open-store.ts'
import type { SetClock } from '../support/set-clock.ts'
import { everything, threeMonths } from '../support/three-months.ts'

const SEPTEMBER = '2026-09-001.idx'
const DECEMBER = '2026-12-001.idx'

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
    if (op === 'open' && path.endsWith('.idx')) parsed.push(path.slice(index.length + 1))
    return null
  }
  const again = await open(t, folder.dir, { clock: folder.clock, disk })
  t.same(parsed.slice(0, 3), [SEPTEMBER, '2026-10-001.idx', '2026-11-001.idx'])
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

/** A month that grows and is large enough for an index of what is in it so far. */
async function growing(t: Test): Promise<{ dir: string; clock: SetClock; size: number }> {
  const { dir, store, clock } = await threeMonths(t)
  clock.set('2026-12-01T04:00:00Z')
  const long = ['x'.repeat(20_000)]
  const reports = Array.from({ length: 60 }, (_, n) => arrival(1000 + n, { firstErrors: long }))
  await Promise.all(reports.map((report) => store.record(report, null)))
  await store.remove([35])
  await store.close()
  await (await open(t, dir, { clock })).close()
  t.ok((await readdir(join(dir, 'index'))).includes(DECEMBER))
  return { dir, clock, size: (await stat(join(dir, 'runs', '2026-12-001.ndjson'))).size }
}

t.test('A large month that grows is read from an index as far as that goes, then line by line', async (t) => {
  const { dir, clock, size } = await growing(t)
  const store = await open(t, dir, { clock })
  await store.record(arrival(1003, { messages: 88, received: '2026-12-01T05:00:00Z' }), runLog(2))
  await store.record(arrival(2000), runLog(3))
  await store.remove([40])
  const before = await everything(store)
  await store.close()
  const disk = faultyDisk()
  const again = await open(t, dir, { clock, disk })
  t.same(await everything(again), before)
  t.notOk(
    disk.calls.some(({ op, path }) => op === 'write' && path.endsWith(DECEMBER)),
    'little came since: none is made anew',
  )
  t.match(await again.record(arrival(3000), null), { no: before.rows.length + 4 })
  await again.close()

  await rm(join(dir, 'index'), { recursive: true })
  const lineByLine = await open(t, dir, { clock })
  await lineByLine.remove([lineByLine.history.latest(1)[0]?.no ?? 0])
  t.same(await everything(lineByLine), before)
  t.match(lineByLine.health().damage, { badLines: 0 })
  t.ok(size > 1024 * 1024)
})

t.test('Damage in a month that grows is found before and behind the end of its index', async (t) => {
  const { dir, clock, size } = await growing(t)
  const path = join(dir, 'runs', '2026-12-001.ndjson')
  const sound = await readFile(path)
  await writeFile(path, Buffer.concat([sound, Buffer.from('{"v":1,"no":99')]))
  const torn = await open(t, dir, { clock })
  t.match(torn.health().damage, { badLines: 0 })
  t.equal((await readdir(join(dir, 'quarantine'))).length, 1, 'the torn tail is set aside')
  t.equal((await stat(path)).size, size, 'and cut off')
  t.equal(torn.history.size, 89)
  await torn.close()

  const flipped = Buffer.from(sound)
  flipped[50_000] = (flipped[50_000] ?? 0) ^ 1
  await writeFile(path, flipped)
  const store = await open(t, dir, { clock })
  t.equal(store.health().damage.badLines, 1)
  t.equal(store.history.size, 88)
  await store.close()

  await writeFile(path, sound.subarray(0, size - 30_000))
  const cut = await open(t, dir, { clock })
  t.equal(cut.history.size, 30 + 58, 'a file that is shorter than its index says, its tombstone gone too')
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
    text: Buffer.from('DSI2 no index'),
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
