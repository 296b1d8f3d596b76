import { cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Low } from 'lowdb'
import t from 'tap'
import type { State } from '../../src/domain/state.ts'
import { BYTES, Columns, FLOATS, WHOLES } from '../../src/store/columns.ts'
import { inTurns } from '../../src/store/complete-in-turns.ts'
import { errorCode, realDisk } from '../../src/store/disk.ts'
import { DraftFile } from '../../src/store/draft-file.ts'
import { DurableJsonFile } from '../../src/store/durable.ts'
import { faultOf } from '../../src/store/fault.ts'
import { JobRows } from '../../src/store/job-rows.ts'
import { jsonPieces } from '../../src/store/json-pieces.ts'
import { isSound, sealLine } from '../../src/store/line.ts'
import { listenAt, shortWay } from '../../src/store/lock.ts'
import { SegmentFile } from '../../src/store/segment-file.ts'
import { compareSegments, parseSegmentFile } from '../../src/store/segment-name.ts'
import { tarHeader } from '../../src/store/tar-header.ts'
import { arrival } from '../support/arrivals.ts'
import { faultyDisk, nth } from '../support/faulty-disk.ts'
import { freshFolder, open } from '../support/open-store.ts'

t.test('The durable file is a lowdb adapter like any other', async (t) => {
  const dir = await freshFolder(t)
  const path = join(dir, 'db.json')
  const low = new Low<{ n: number }>(new DurableJsonFile(realDisk, path, dir), { n: 0 })
  await low.read()
  t.equal(low.data.n, 0, 'without a file the first value counts')
  await low.update((data) => {
    data.n = 5
  })
  const again = new Low<{ n: number }>(new DurableJsonFile(realDisk, path, dir), { n: 0 })
  await again.read()
  t.equal(again.data.n, 5)
  await writeFile(path, '{"n":')
  await t.rejects(again.read(), SyntaxError)
  const disk = faultyDisk()
  disk.fault = ({ op }) => (op === 'readFile' ? 'EIO' : null)
  await t.rejects(new DurableJsonFile(disk, path, dir).read(), { code: 'EIO' })
})

t.test('What a flood of runs left to do is done a few jobs at a time', async (t) => {
  let left = 10
  let others = 0
  let over = false
  const other = () => {
    others++
    if (!over) setImmediate(other)
  }
  setImmediate(other)
  await inTurns((jobs) => {
    const some = Math.min(left, jobs)
    left -= some
    return some > 0
  })
  over = true
  t.equal(left, 0)
  t.ok(others >= 2, 'others have their turns')
  let calls = 0
  await inTurns(() => ++calls > 0)
  t.ok(calls < 1000, 'a flood without end holds no write up for ever')
})

t.test('A large state is written in pieces that say what one text would say', async (t) => {
  const jobs = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`job_${at}`, { name: `"${at}" – ä`.repeat(40) }]),
  )
  const odd = {
    text: '{"',
    none: null,
    nothing: undefined,
    list: [1, undefined],
    at: new Date(0),
    empty: {},
    10: 1,
  }
  for (const state of [{ jobs, ...odd }, { inside: { ...odd, fn: () => 1 } }, {}, { fn: () => 1, jobs }]) {
    const pieces = await jsonPieces(state)
    t.equal(Buffer.concat(pieces).toString(), JSON.stringify(state))
  }
  t.ok((await jsonPieces({ jobs })).length > 2, 'other work has its turn between them')
})

t.test('The first write of a file that fails at its end leaves no file', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  disk.fault = nth(1, 'ENOSPC', ({ op }) => op === 'syncFolder')
  await t.rejects(new DurableJsonFile(disk, join(dir, 'db.json'), dir).write({ n: 1 }), { code: 'ENOSPC' })
  t.same(await readdir(dir), [])
})

t.test('A segment is a lowdb adapter too', async (t) => {
  const dir = await freshFolder(t)
  const file = new SegmentFile(realDisk, join(dir, 'a.ndjson'), join(dir, 'draft'))
  t.equal(await file.read(), null)
  const lines = ['{"a":1}', '{"b":2}'].map(sealLine)
  await file.write(lines)
  t.same(await file.read(), lines)
  t.same(await readdir(dir), ['a.ndjson'])
})

t.test('A draft is put in place whole or not at all', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const paths = { draft: join(dir, 'draft'), path: join(dir, 'file') }
  disk.fault = ({ op }) => (op === 'rename' ? 'ENOSPC' : null)
  await t.rejects(DraftFile.write(disk, paths, Buffer.from('x')), { code: 'ENOSPC' })
  t.same(await readdir(dir), [])
  disk.fault = () => null
  await DraftFile.write(disk, paths, Buffer.alloc(0))
  await DraftFile.write(disk, paths, Buffer.alloc(3 * 1024 * 1024, 'y'))
  t.equal((await readFile(paths.path)).length, 3 * 1024 * 1024)
})

t.test('A line is sound only whole, and only with its own sum', (t) => {
  const line = sealLine('{"a":"ü"}')
  const end = line.length - 1
  t.ok(isSound(line, 0, end))
  t.equal(JSON.parse(line.toString()).a, 'ü')
  for (let i = 0; i < end; i++) {
    t.notOk(isSound(line, 0, i), `cut at ${i}`)
    const flipped = Buffer.from(line)
    flipped[i] = (flipped[i] ?? 0) ^ 4
    t.notOk(isSound(flipped, 0, end), `flipped at ${i}`)
  }
  t.end()
})

t.test('Columns keep what is put in, over chunks, and refuse rows that are not there', (t) => {
  const columns = new Columns()
  for (let i = 0; i < 10_000; i++) {
    const row = columns.grow()
    const warnings = i % 2 === 0 ? i : null
    const values = [
      2,
      9,
      1.5,
      2,
      null,
      i * 2 ** 40,
      5,
      6,
      7,
      8,
      warnings,
      -1,
      2 ** 40,
      13,
      14,
      15,
      2 ** 32 - 1,
    ]
    columns.fill(row, values, [i, 1, 2, 3, 4, 5])
  }
  t.equal(columns.float(FLOATS.sourceBytes, 9999), 9999 * 2 ** 40)
  t.equal(columns.whole(WHOLES.no, 5000), 5000)
  t.equal(columns.count(WHOLES.warnings, 5000), 5000)
  t.ok(Number.isNaN(columns.count(WHOLES.warnings, 5001)))
  t.ok(Number.isNaN(columns.count(WHOLES.errors, 1)), 'a number below zero says nothing')
  t.equal(columns.count(WHOLES.messages, 1), 2 ** 32 - 2, 'what is too great is kept as the greatest')
  t.same([columns.byte(BYTES.result, 1), columns.byte(BYTES.flags, 9999)], [2, 9])
  const floats = [FLOATS.begin, FLOATS.received, FLOATS.duration, FLOATS.storedBytes]
  t.same(
    floats.map((column) => columns.float(column, 4097)),
    [1.5, 2, Number.NaN, 7],
  )
  const wholes = [
    WHOLES.job,
    WHOLES.length,
    WHOLES.versions,
    WHOLES.addedFiles,
    WHOLES.deletedFiles,
    WHOLES.hash,
  ]
  t.same(
    wholes.map((column) => columns.whole(column, 4097)),
    [1, 5, 8, 13, 15, 2 ** 32 - 1],
  )
  const other = new Columns()
  other.copyFrom(columns, 9000)
  t.equal(other.whole(WHOLES.no, 0), 9000)
  t.throws(() => columns.whole(WHOLES.no, 20_000), RangeError)
  t.end()
})

t.test('The rows of a job are in order however they came', (t) => {
  const at = [50, 10, 40, 10, 30, 20, 50]
  const inserted = new JobRows((row) => at[row] ?? 0)
  const pushed = new JobRows((row) => at[row] ?? 0)
  for (const row of at.keys()) {
    inserted.insert(row)
    pushed.push(row)
  }
  pushed.delete(4)
  pushed.push(4)
  pushed.sort()
  const list = (rows: JobRows) => Array.from({ length: rows.count }, (_, i) => rows.at(i))
  t.same(list(inserted), [1, 3, 5, 4, 2, 0, 6])
  t.same(list(pushed), list(inserted))
  inserted.delete(5)
  inserted.delete(5)
  t.same(list(inserted), [1, 3, 4, 2, 0, 6])
  t.equal(inserted.firstAtOrAfter(40), 3)
  t.end()
})

t.test('Names of segments are read and ordered as numbers', (t) => {
  t.equal(parseSegmentFile('2026-11-001.ndjson.bak'), null)
  const names = ['2026-11-1000', '2026-12-001', '2026-11-999', '2025-12-001']
  const parsed = names.flatMap((name) => parseSegmentFile(`${name}.ndjson`) ?? []).sort(compareSegments)
  t.same(
    parsed.map(({ month, part }) => `${month} ${part}`),
    ['2025-12 1', '2026-11 999', '2026-11 1000', '2026-12 1'],
  )
  t.end()
})

t.test('A folder on a file system without fsync of folders is no fault', async (t) => {
  await realDisk.syncFolder('/proc')
  await t.rejects(realDisk.syncFolder('/proc/nowhere'), { code: 'ENOENT' })
  t.equal(await realDisk.freeBytes('/nowhere'), null)
  t.equal(errorCode(new Error('none')), '')
  t.equal(errorCode(null), '')
  t.equal(faultOf(Object.assign(new Error('odd'), { code: 'ERR_SOMETHING' })), 'bug')
  t.end()
})

t.test(
  'Without a way through /proc a long path is reached by a link in the folder of temporary files',
  async (t) => {
    const dir = join(await freshFolder(t), 'x'.repeat(60), 'y'.repeat(60))
    await mkdir(dir, { recursive: true })
    const way = await shortWay(dir, '/proc/nowhere')
    t.ok((await lstat(way.path)).isSymbolicLink())
    const server = await listenAt(join(way.path, '.lock'), 'name')
    t.same(await readdir(dir), ['.lock'])
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await way.end()
    await t.rejects(lstat(way.path), { code: 'ENOENT' })
    await t.rejects(listenAt('/nowhere/.lock', 'name'), { code: 'EACCES' })
  },
)

t.test('A tar header carries its sum', (t) => {
  const header = tarHeader({ name: 'runs/2026-11-001.ndjson', length: 0o1234, at: new Date(0) })
  t.equal(header.length, 512)
  t.equal(header.toString('latin1', 257, 265), 'ustar\x0000')
  const sum = Number.parseInt(header.toString('latin1', 148, 154), 8)
  header.fill(0x20, 148, 156)
  t.equal(
    header.reduce((total, byte) => total + byte, 0),
    sum,
  )
  t.end()
})

t.test('A run that was deleted before a crash is not folded in again', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const before = await readFile(join(dir, 'db.json'))
  for (const n of [1, 2, 3]) await store.record(arrival(n), null)
  await store.remove([2])
  await store.close()
  await writeFile(join(dir, 'db.json'), before)
  const again = await open(t, dir)
  t.equal(again.history.size, 2)
  t.equal(again.state().foldedUpTo, 3)
  t.match(Object.values(again.state().jobs), [{ note: /^2 4 / }])
})

t.test('A run whose job is another by the time it is folded in again goes to that one', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const first = await store.record(arrival(1), null)
  await first.committed
  await store.close()
  const db = join(dir, 'db.json')
  const state = JSON.parse(await readFile(db, 'utf8')) as State
  const later = await open(t, dir)
  const { no } = await later.record(arrival(2), null)
  await later.close()
  const job = state.jobs[first.jobId]
  await writeFile(db, JSON.stringify({ ...state, jobs: { job_new: { ...job, id: 'job_new' } } }))
  const copy = await freshFolder(t)
  await cp(dir, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') })
  const again = await open(t, copy)
  await again.record(arrival(3), null)
  t.equal(again.history.row(no)?.jobId, 'job_new')
  t.match(await again.run(no), { jobId: 'job_new', rev: 1 })
})

t.test('A pack that cannot be opened for the next run is tried again with the one after', async (t) => {
  const dir = await freshFolder(t)
  await (await open(t, dir)).close()
  const first = await open(t, dir)
  await first.record(arrival(1), null)
  await first.close()
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  disk.fault = nth(1, 'EMFILE', ({ op, path }) => op === 'open' && path.endsWith('.gzpack'))
  await t.rejects(store.record(arrival(2), null), /store.busy/)
  await store.record(arrival(3), null)
  t.equal(store.history.size, 2)
})
