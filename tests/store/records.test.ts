import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { type Arrival, runId } from '../../src/domain/run.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { freshFolder, open } from '../support/open-store.ts'
import { setClock } from '../support/set-clock.ts'
import { tinyLedger } from '../support/tiny-ledger.ts'

t.test('A recorded run is on disk and in the history, with its log', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const recorded = await store.record(arrival(1, { warnings: 2 }), runLog(20))
  const { committed, ...told } = recorded
  const row = store.history.row(recorded.no)
  t.match(told, { no: 1, runId: runId(1), duplicate: false, revised: false, newServer: true })
  t.match(row, { no: 1, serverId: told.serverId, jobId: told.jobId, operation: 'Backup', result: 'success' })
  t.match(row, { durationS: 90.5, versions: 7, warnings: 2, hasLog: true, uploadedBytes: 5000 })
  const line = await readFile(join(dir, 'runs', '2026-11-001.ndjson'), 'utf8')
  t.equal(line.split('\n').length, 3, 'a header, the run, and nothing more')
  t.match(JSON.parse(line.split('\n')[1] ?? ''), { v: 1, no: 1, rev: 0, run: { operation: 'Backup' } })
  const pack = await readFile(join(dir, 'logs', '2026-11-001.1.gzpack'))
  t.match(JSON.parse(gunzipSync(pack).toString()), { linesLeftOut: 0 })
  t.match(await store.run(1), { ...arrival(1, { warnings: 2 }), no: 1, rev: 0, serverId: told.serverId })
  t.same(await store.log(1), runLog(20))
  t.equal(store.logState(1), 'kept')
  await committed
  t.equal(store.state().foldedUpTo, 1, 'the state knows of it once it is committed')
})

t.test('A run without a log has none, and a run that is not there has nothing', async (t) => {
  const store = await open(t, await freshFolder(t))
  const { no } = await store.record(arrival(1), null)
  t.equal(store.logState(no), 'none')
  t.equal(await store.log(no), null)
  t.equal(await store.run(99), null)
  t.equal(store.history.row(99), null)
  t.equal(store.logState(99), 'none')
  t.same(store.history.ofJob('job_unknown'), [])
  t.equal(store.history.countOfJob('job_unknown'), 0)
})

t.test('Everything is there again after closing and opening', async (t) => {
  const dir = await freshFolder(t)
  const first = await open(t, dir)
  for (let n = 0; n < 30; n++) {
    await first.record(
      arrival(n, { job: `job-${n % 3}`, result: n % 7 === 0 ? 'error' : 'warning' }),
      runLog(n % 4),
    )
  }
  await first.close()
  const rows = first.history.latest(100)
  const second = await open(t, dir)
  t.same(second.history.latest(100), rows)
  t.same(second.history.totals, first.history.totals)
  t.same(second.state(), first.state())
  for (const { no, jobId } of rows) {
    t.same(await second.run(no), await first.run(no))
    t.same(await second.log(no), await first.log(no))
    t.same(second.history.ofJob(jobId), first.history.ofJob(jobId))
  }
  const next = await second.record(arrival(31), null)
  t.equal(next.no, 31, 'numbers go on')
})

t.test('Eight uploads of the same report at once are one run, on one server', async (t) => {
  const store = await open(t, await freshFolder(t))
  const told = await Promise.all(Array.from({ length: 8 }, () => store.record(arrival(1), runLog(3))))
  t.equal(store.history.size, 1)
  t.same(new Set(told.map(({ no }) => no)), new Set([1]))
  t.equal(told.filter(({ duplicate }) => !duplicate).length, 1)
  await Promise.all(told.map(({ committed }) => committed))
  t.equal(Object.keys(store.state().servers).length, 1)
})

t.test('First reports of one machine at once, of many jobs, share its server', async (t) => {
  const store = await open(t, await freshFolder(t))
  const jobs = Array.from({ length: 20 }, (_, i) => `job-${i}`)
  const told = await Promise.all(jobs.map((job) => store.record(arrival(1, { job }), null)))
  await Promise.all(told.map(({ committed }) => committed))
  t.equal(new Set(told.map(({ serverId }) => serverId)).size, 1)
  t.equal(Object.keys(store.state().jobs).length, 20)
  t.equal(store.history.size, 20)
})

t.test('A repeated report is the same run, also after a restart and without newer revision', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const first = await store.record(arrival(1), null)
  const again = await store.record(arrival(1), null)
  t.match(again, { no: first.no, duplicate: true, revised: false })
  await store.close()
  const later = await open(t, dir)
  t.match(await later.record(arrival(1), null), { no: first.no, duplicate: true, revised: false })
  const halfSecond = arrival(1, { begin: `${(arrival(1).begin ?? '').slice(0, 19)}.750Z` })
  t.match(await later.record(halfSecond, null), { duplicate: true }, 'whole seconds count')
  const restore = await later.record(arrival(1, { operation: 'Restore' }), null)
  t.match(restore, { duplicate: false }, 'another operation at the same second is another run')
  t.equal(later.history.size, 2)
})

t.test('Without a begin time the same document is the same run for fifteen minutes', async (t) => {
  const store = await open(t, await freshFolder(t))
  const at = (received: string, more: Partial<Arrival> = {}) => arrival(1, { begin: null, received, ...more })
  const first = await store.record(at('2026-11-20T10:00:00Z'), null)
  t.match(await store.record(at('2026-11-20T10:14:59Z'), null), { no: first.no, duplicate: true })
  t.match(await store.record(at('2026-11-20T10:30:00Z'), null), { duplicate: false })
  t.match(await store.record(at('2026-11-20T10:01:00Z', { bodyHash: 'ff'.repeat(32) }), null), {
    duplicate: false,
  })
  const samePrefix = `${arrival(1).bodyHash.slice(0, 8)}${'0'.repeat(56)}`
  t.match(await store.record(at('2026-11-20T10:02:00Z', { bodyHash: samePrefix }), null), {
    duplicate: false,
  })
  t.match(await store.record(at('2026-11-20T10:02:00Z', { begin: 'never' }), null), { duplicate: true })
  t.equal(store.history.size, 4)
})

t.test(
  'A run whose begin lies after its arrival stands at its arrival, and a repeat of it is known',
  async (t) => {
    const dir = await freshFolder(t)
    const store = await open(t, dir)
    const ahead = arrival(1, { begin: '2026-11-20T13:00:00Z', received: '2026-11-20T12:00:00Z' })
    const { no } = await store.record(ahead, null)
    t.equal(store.history.row(no)?.atMs, Date.parse('2026-11-20T12:00:00Z'))
    await store.record(arrival(2, { begin: '2026-11-20T12:30:00Z', received: '2026-11-20T12:31:00Z' }), null)
    const later = { ...ahead, received: '2026-11-25T12:00:00Z' }
    t.match(await store.record(later, null), { no, duplicate: true })
    await store.close()
    t.match(await (await open(t, dir)).record(later, null), { no, duplicate: true })
  },
)

t.test('A richer copy becomes a later revision of the same run, and the last one wins', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const first = await store.record(arrival(1, { messages: 1 }), null)
  await store.record(arrival(2), null)
  const richer = await store.record(arrival(1, { messages: 5, errors: 1 }), runLog(4))
  t.match(richer, { no: first.no, duplicate: true, revised: true })
  t.match(await store.run(first.no), { rev: 1, messages: 5, errors: 1 })
  t.equal((await store.log(first.no))?.lines.length, 4, 'the log came with the richer copy')
  const richest = await store.record(arrival(1, { messages: 9 }), runLog(2))
  t.match(richest, { no: first.no, revised: true })
  t.equal((await store.log(first.no))?.lines.length, 4, 'the longer log stays')
  t.equal(store.history.size, 2)
  t.equal((await store.record(arrival(3), null)).no, 5, 'a number is never used twice, revisions use them up')
  await store.close()
  const again = await open(t, dir)
  t.match(again.history.row(first.no), { messages: 9 })
  t.match(await again.run(first.no), { rev: 2 })
  t.equal((await again.log(first.no))?.lines.length, 4)
  t.same(again.state(), store.state())
})

t.test('A log that comes with a later copy of a run without one is kept', async (t) => {
  const store = await open(t, await freshFolder(t))
  const { no } = await store.record(arrival(1), null)
  t.match(await store.record(arrival(1), { lines: [], linesLeftOut: 0, raw: null }), { revised: false })
  t.match(await store.record(arrival(1), runLog(2)), { duplicate: true, revised: true })
  t.equal((await store.log(no))?.lines.length, 2)
})

t.test('Runs that arrive out of order stand in the order of their begin', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const order = [5, 1, 9, 3, 7, 2, 8, 4, 6, 0]
  for (const n of order) await store.record(arrival(n), null)
  const { jobId } = store.history.row(1) ?? { jobId: '' }
  const begins = () => store.history.ofJob(jobId).map(({ messages }) => messages)
  t.same(begins(), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  t.same(
    store.history.ofJob(jobId, { limit: 3, offset: 2 }).map(({ messages }) => messages),
    [7, 6, 5],
  )
  t.same(
    store.history.latest(3).map(({ messages }) => messages),
    [0, 6, 4],
    'latest is by arrival',
  )
  t.same(
    store.history.latest(2, 9).map(({ messages }) => messages),
    [5],
  )
  await store.close()
  const again = await open(t, dir)
  t.same(again.history.ofJob(jobId), store.history.ofJob(jobId))
  t.equal(again.history.countOfJob(jobId), 10)
})

t.test('Unknown numbers are NaN in the history and null in the run, very large ones are kept', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const base = arrival(1)
  const figures = {
    ...base.figures,
    sourceBytes: null,
    versions: null,
    storedBytes: 2 ** 60,
    addedFiles: 2 ** 40,
  }
  const { no } = await store.record({ ...base, figures, durationS: null, result: 'unknown', end: null }, null)
  const check = (row: ReturnType<typeof store.history.row>) => {
    t.ok(Number.isNaN(row?.sourceBytes) && Number.isNaN(row?.versions) && Number.isNaN(row?.durationS))
    t.equal(row?.storedBytes, 2 ** 60)
    t.equal(row?.addedFiles, 2 ** 32 - 2, 'counts end at 32 bits in the index')
    t.equal(row?.result, 'unknown')
  }
  check(store.history.row(no))
  await store.close()
  const again = await open(t, dir)
  check(again.history.row(no))
  t.equal((await again.run(no))?.figures.addedFiles, 2 ** 40, 'and not in the line')
})

t.test('Names and texts of any kind go through unharmed', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const odd = [
    '__proto__',
    'a","run":{"x":1',
    '\u0000\u2028</script>',
    '🦆'.repeat(5000),
    'constructor',
    '\n{"op":"del"',
  ]
  const nos: number[] = []
  for (const [i, text] of odd.entries()) {
    const { no } = await store.record(arrival(i, { operation: text, exception: text, job: text }), null)
    nos.push(no)
  }
  await store.close()
  const again = await open(t, dir)
  for (const [i, text] of odd.entries()) {
    t.equal(again.history.row(nos[i] ?? 0)?.operation, text)
    t.equal((await again.run(nos[i] ?? 0))?.exception, text)
  }
})

t.test('Only real backups count in the totals', async (t) => {
  const store = await open(t, await freshFolder(t))
  await store.record(arrival(1), null)
  await store.record(arrival(2, { dryRun: true }), null)
  await store.record(arrival(3, { operation: 'Restore' }), null)
  const base = arrival(4)
  await store.record({ ...base, figures: { ...base.figures, uploadedBytes: null } }, null)
  t.same(store.history.totals, { backupRuns: 2, uploadedBytes: 5000 })
  const version = store.history.version
  await store.remove([1])
  t.same(store.history.totals, { backupRuns: 1, uploadedBytes: 0 })
  t.ok(store.history.version > version)
})

t.test('A new month, and a full file, begin a new segment; a clock that goes back does not', async (t) => {
  const dir = await freshFolder(t)
  const clock = setClock('2026-11-30T23:59:00Z')
  const store = await open(t, dir, { clock })
  await store.record(arrival(1), null)
  clock.set('2026-12-01T00:00:00Z')
  await store.record(arrival(2), runLog(2))
  clock.set('2026-10-01T00:00:00Z')
  await store.record(arrival(3), runLog(3))
  t.same(await readdir(join(dir, 'runs')), ['2026-11-001.ndjson', '2026-12-001.ndjson'])
  const big = arrival(4, { exception: 'x'.repeat(33 * 1024 * 1024) })
  await store.record(big, null)
  await store.record(arrival(5), runLog(5))
  t.same(await readdir(join(dir, 'runs')), ['2026-11-001.ndjson', '2026-12-001.ndjson', '2026-12-002.ndjson'])
  await store.close()
  const again = await open(t, dir, { clock })
  t.equal(again.history.size, 5)
  t.equal((await again.log(5))?.lines.length, 5)
  t.equal((await again.run(4))?.exception?.length, 33 * 1024 * 1024)
})

t.test('Segments stand in the order of writing, also the thousandth of a month', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  await store.record(arrival(1), null)
  await store.close()
  const runs = join(dir, 'runs')
  const bytes = await readFile(join(runs, '2026-11-001.ndjson'))
  const { rename } = await import('node:fs/promises')
  await rename(join(runs, '2026-11-001.ndjson'), join(runs, '2026-11-999.ndjson'))
  await writeFile(join(runs, '2026-11-1000.ndjson'), bytes.subarray(0, bytes.indexOf(10) + 1))
  await writeFile(join(runs, 'notes.txt'), 'not ours')
  const again = await open(t, dir)
  await again.record(arrival(2), null)
  t.ok((await stat(join(runs, '2026-11-1000.ndjson'))).size > bytes.indexOf(10) + 1)
  t.equal(again.history.size, 2)
})

t.test(
  'Listeners hear of runs after the commit that contains them, and one that throws hurts nobody',
  async (t) => {
    const store = await open(t, await freshFolder(t))
    const heard: number[] = []
    store.onCommitted(() => {
      throw new Error('a bug elsewhere')
    })
    const stop = store.onCommitted(({ nos }) => {
      for (const no of nos) t.ok(store.state().foldedUpTo >= no, 'the state has it')
      heard.push(...nos)
    })
    const told = await Promise.all([1, 2, 3].map((n) => store.record(arrival(n), null)))
    t.same(heard, [], 'an upload is acknowledged before')
    await Promise.all(told.map(({ committed }) => committed))
    t.same(heard, [1, 2, 3])
    stop()
    await (await store.record(arrival(4), null)).committed
    t.same(heard, [1, 2, 3])
  },
)

t.test('A run whose fold throws is kept all the same', async (t) => {
  const dir = await freshFolder(t)
  const ledger = {
    ...tinyLedger,
    fold: (state: Parameters<typeof tinyLedger.fold>[0], run: Parameters<typeof tinyLedger.fold>[1]) => {
      if (run.messages === 2) throw new Error('arithmetic')
      return tinyLedger.fold(state, run)
    },
  }
  const store = await open(t, dir, { ledger })
  for (const n of [1, 2, 3]) await store.record(arrival(n), null)
  t.equal(store.history.size, 3)
  await store.close()
  t.equal(store.state().foldedUpTo, 3)
  const again = await open(t, dir, { ledger })
  t.equal(again.history.size, 3)
  t.same(again.state(), store.state())
})

t.test('An arrival that cannot be placed is refused and leaves nothing behind', async (t) => {
  const store = await open(t, await freshFolder(t), {
    ledger: {
      ...tinyLedger,
      place: (state, run, newId) => {
        if (run.identity.machineId === 'bad') throw new Error('no place')
        return tinyLedger.place(state, run, newId)
      },
    },
  })
  await t.rejects(store.record(arrival(1, { machine: 'bad' }), null), /no place/)
  await store.record(arrival(1), null)
  t.equal(store.history.size, 1)
})

t.test('After closing nothing is taken any more', async (t) => {
  const store = await open(t, await freshFolder(t))
  await store.close()
  await t.rejects(store.record(arrival(1), null), /store.closed/)
  await t.rejects(
    store.change((state) => ({ ...state })),
    /store.closed/,
  )
  await t.rejects(store.journal('audit').append({ at: '2026-11-20T12:00:00Z' }), /store.closed/)
  await store.close()
})
