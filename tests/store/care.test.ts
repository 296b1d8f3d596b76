import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { extract } from 'tar-stream'
import { Holding } from '../../src/store/holding.ts'
import type { JournalEntry } from '../../src/store/store-shape.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { faultyDisk } from '../support/faulty-disk.ts'
import { freshFolder, open } from '../support/open-store.ts'
import { setClock } from '../support/set-clock.ts'
import { everything, threeMonths } from '../support/three-months.ts'

t.test('Deleted runs are gone, stay gone, and their numbers are never used again', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  t.equal(await store.remove([30, 29, 2, 2, 999]), 3)
  t.equal(store.history.size, 27)
  t.equal(await store.run(30), null)
  t.equal(store.history.row(2), null)
  t.equal(await store.remove([2]), 0)
  await store.close()
  const again = await open(t, dir, { clock })
  t.equal(again.history.size, 27)
  t.same(again.history.latest(1)[0]?.no, 28)
  t.equal((await again.record(arrival(700), null)).no, 31)
  t.match(await again.record(arrival(10, { begin: '2026-11-10T03:00:00Z', job: 'job-0' }), null), {
    duplicate: false,
    no: 32,
  })
})

t.test('A run may be deleted before it was committed', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const { no } = await store.record(arrival(1), null)
  t.equal(await store.remove([no]), 1)
  t.equal(store.state().foldedUpTo, 1, 'it was committed first')
  await store.close()
  const again = await open(t, dir)
  t.equal(again.history.size, 0)
  t.equal((await again.record(arrival(2), null)).no, 2)
})

t.test('A thousand and more runs are deleted at once', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  await Promise.all(Array.from({ length: 1500 }, (_, n) => store.record(arrival(n), null)))
  const nos = store.history.latest(1400).map(({ no }) => no)
  t.equal(await store.remove(nos), 1400)
  await store.close()
  t.equal((await open(t, dir)).history.size, 100)
})

t.test('Retention drops whole files from the oldest on and marks single runs elsewhere', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const pruned = await store.prune({ runsBefore: new Date('2026-10-06T00:00:00Z'), logsBefore: null })
  t.same(pruned, { runs: 15, logPacks: 0, deferred: false })
  t.same(await readdir(join(dir, 'runs')), ['2026-10-001.ndjson', '2026-11-001.ndjson'])
  t.same(await readdir(join(dir, 'logs')), ['2026-10-001.1.gzpack', '2026-11-001.1.gzpack'])
  t.equal(store.history.size, 15)
  await store.close()
  const again = await open(t, dir, { clock })
  t.equal(again.history.size, 15)
  t.equal(again.history.latest(99).at(-1)?.no, 16)
  t.same(await again.prune({ runsBefore: new Date('2026-10-06T00:00:00Z'), logsBefore: null }), {
    runs: 0,
    logPacks: 0,
    deferred: false,
  })
  t.equal((await again.prune({ runsBefore: new Date('2027-01-01T00:00:00Z'), logsBefore: null })).runs, 15)
  t.equal(again.history.size, 0)
  t.same(again.state(), store.state(), 'the state is for others to change')
  t.equal((await again.record(arrival(800), null)).no, 31)
})

t.test('Old runs that were collected late go by their own age', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const old = '2025-01-01T03:00:00Z'
  await store.record(arrival(1, { begin: old }), null)
  t.equal((await store.prune({ runsBefore: new Date('2026-01-01T00:00:00Z'), logsBefore: null })).runs, 1)
  t.same((await readdir(join(dir, 'runs'))).length, 3, 'a later file is never deleted before an earlier one')
  await store.close()
  t.equal((await open(t, dir, { clock })).history.size, 30)
})

t.test('Logs go by packs, and their runs stay', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const pruned = await store.prune({ runsBefore: null, logsBefore: new Date('2026-10-10T03:00:00Z') })
  t.same(pruned, { runs: 0, logPacks: 1, deferred: false })
  t.equal(store.logState(5), 'gone')
  t.equal(await store.log(5), null)
  t.equal((await store.log(15))?.lines.length, 5)
  t.match(await store.record(arrival(5, { begin: '2026-09-05T03:00:00Z', job: 'job-1' }), runLog(5)), {
    duplicate: true,
    revised: false,
  })
  clock.set('2027-03-01T00:00:00Z')
  t.equal((await store.prune({ runsBefore: null, logsBefore: new Date('2027-02-01T00:00:00Z') })).logPacks, 2)
  t.equal(store.logState(30), 'gone', 'also those of the file that was still growing')
  await store.record(arrival(3000), runLog(3))
  await store.close()
  const again = await open(t, dir, { clock })
  t.equal(again.history.size, 31)
  t.equal(again.logState(30), 'gone')
  t.equal(again.health().damage.missingPacks, 0)
  t.equal((await again.log(again.history.latest(1)[0]?.no ?? 0))?.lines.length, 3)
})

t.test('A richer copy of a run whose log is gone leaves the log gone', async (t) => {
  const { store } = await threeMonths(t)
  await store.prune({ runsBefore: null, logsBefore: new Date('2026-10-10T03:00:00Z') })
  const begin = '2026-09-05T03:00:00Z'
  const told = await store.record(arrival(5, { begin, job: 'job-1', messages: 99 }), runLog(5))
  t.match(told, { no: 5, revised: true })
  t.equal(await store.log(5), null)
})

t.test('Compaction drops what is dead and keeps the rest as it was', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  await store.record(arrival(3, { begin: '2026-09-03T03:00:00Z', job: 'job-1', messages: 77 }), runLog(33))
  await store.remove([1, 2, 11, 12, 13, 14, 30])
  const before = await everything(store)
  const sizes = await Promise.all(['09', '10'].map((m) => stat(join(dir, 'runs', `2026-${m}-001.ndjson`))))
  const done = await store.compact()
  t.equal(done.segments, 2, 'the one that grows is left alone')
  t.ok(done.freedBytes > 5000)
  t.same(await everything(store), before)
  t.ok((await stat(join(dir, 'runs', '2026-09-001.ndjson'))).size < (sizes[0]?.size ?? 0))
  t.same(await readdir(join(dir, 'logs')), [
    '2026-09-001.2.gzpack',
    '2026-10-001.2.gzpack',
    '2026-11-001.1.gzpack',
  ])
  t.same(await store.compact(), { segments: 0, freedBytes: 0, deferred: false })
  await store.close()
  const again = await open(t, dir, { clock })
  t.same(await everything(again), before, 'in the same order, also the run whose first line is gone')
  t.same(again.state(), store.state())
  await again.remove([4, 5, 6])
  await again.compact()
  t.same(await readdir(join(dir, 'logs')), [
    '2026-09-001.3.gzpack',
    '2026-10-001.2.gzpack',
    '2026-11-001.1.gzpack',
  ])
  t.match(await again.check(), { badLogs: 0, badLines: 0, runs: 20 })
})

t.test('Small logs of reports are compressed when their month is over; a pack is always gzip', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const pack = (month: string, generation: number) =>
    readFile(join(dir, 'logs', `2026-${month}-001.${generation}.gzpack`))
  const before = await everything(store)
  const [loose, growing] = [await pack('09', 1), await pack('11', 1)]
  const text = gunzipSync(loose)
  t.ok(loose.length > text.length, 'an answer does not wait for compressing')
  t.equal((await store.compact()).segments, 2)
  const packed = await pack('09', 2)
  t.ok(packed.length < loose.length / 2)
  t.same(gunzipSync(packed), text)
  t.same(await pack('11', 1), growing)
  t.same(await everything(store), before)
  t.same(await store.compact(), { segments: 0, freedBytes: 0, deferred: false }, 'once')
  await store.close()
  const again = await open(t, dir, { clock })
  t.same(await everything(again), before)
  t.match(await again.check(), { badLogs: 0, badLines: 0, runs: 30 })
})

t.test('Logs that nobody waits for and large ones are compressed at once', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir, { clock: setClock('2026-11-02T00:00:00Z') })
  await store.record(arrival(1, { origin: 'import' }), runLog(60))
  await store.record(arrival(2), runLog(600))
  const packed = await readFile(join(dir, 'logs', '2026-11-001.1.gzpack'))
  const text = gunzipSync(packed)
  t.ok(packed.length < text.length / 5)
  const logs = text.toString().trim().split('\n')
  t.same(
    logs.map((log) => JSON.parse(log) as unknown),
    [runLog(60), runLog(600)],
  )
})

t.test('A small log may hold any sign', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const words = ['', 'ä'.repeat(3000), '漢字'.repeat(2500), '😀'.repeat(2000), '\u0000\u2028"\\\n']
  for (const [n, word] of words.entries()) {
    const { no } = await store.record(arrival(n), runLog(1, word))
    t.same(await store.log(no), runLog(1, word))
  }
})

t.test('Compaction keeps what is damaged damaged, and what is gone gone', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  await store.remove([1, 2, 3, 11, 12, 13])
  await store.prune({ runsBefore: null, logsBefore: new Date('2026-10-01T00:00:00Z') })
  await store.close()
  const pack = join(dir, 'logs', '2026-10-001.1.gzpack')
  const bytes = await readFile(pack)
  bytes[bytes.length - 8] = (bytes[bytes.length - 8] ?? 0) ^ 1
  await writeFile(pack, bytes)
  const again = await open(t, dir, { clock })
  t.equal((await again.compact()).segments, 2)
  t.equal(again.logState(5), 'gone')
  t.equal(await again.log(20), null)
  t.equal(again.logState(20), 'damaged')
  t.equal((await again.log(15))?.lines.length, 5)
})

t.test('Runs are read while their file is rewritten', async (t) => {
  const { store } = await threeMonths(t)
  await store.remove([1, 2, 3, 11, 12, 13])
  let compacting = true
  const work = store.compact().finally(() => {
    compacting = false
  })
  let reads = 0
  while (compacting) {
    for (const no of [5, 9, 15, 19]) {
      t.equal((await store.run(no))?.no, no)
      t.ok(await store.log(no))
      reads++
    }
  }
  await work
  t.ok(reads > 0)
  t.match(store.health().damage, { badLines: 0, badLogs: 0 })
})

t.test('Runs of a merged job belong to the other, also after a restart and a compaction', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const from = store.history.row(1)?.jobId ?? ''
  const to = { serverId: 'srv_other', jobId: store.history.row(2)?.jobId ?? '' }
  await store.move({ jobId: from }, to)
  t.equal(store.history.countOfJob(from), 0)
  t.equal(store.history.countOfJob(to.jobId), 30)
  const begins = store.history.ofJob(to.jobId).map(({ atMs }) => atMs)
  t.same(
    begins,
    [...begins].sort((a, b) => b - a),
  )
  t.match(await store.run(1), to)
  await store.move({ jobId: 'job_nobody' }, to)
  await store.remove([1, 2, 3])
  await store.compact()
  const before = await everything(store)
  await store.close()
  const again = await open(t, dir, { clock })
  t.same(await everything(again), before)
  t.match(again.history.row(5), to)
})

t.test('Single runs can be moved as well, and a revision of one stays where it is', async (t) => {
  const { dir, store, clock } = await threeMonths(t)
  const to = { serverId: 'srv_other', jobId: 'job_other' }
  const { totals } = store.history
  await store.move({ nos: [2, 30, 999] }, to)
  t.same(
    store.history.ofJob('job_other').map(({ no }) => no),
    [30, 2],
  )
  t.match(await store.run(30), to)
  t.same(store.history.totals, totals)
  await store.remove([1, 3, 4])
  await store.compact()
  const before = await everything(store)
  await store.close()
  const again = await open(t, dir, { clock })
  t.same(await everything(again), before)
})

t.test('While held nothing vanishes, reports go on, and deleting is done on release', async (t) => {
  const { dir, store } = await threeMonths(t)
  await store.remove([1, 2, 3, 11, 12, 13])
  await store.hold()
  t.equal(store.health().held, true)
  const size = (await stat(join(dir, 'db.json'))).size
  const files = (await readdir(dir, { recursive: true })).filter((name) => !name.startsWith('tmp'))
  t.match(await store.prune({ runsBefore: new Date('2026-10-01T00:00:00Z'), logsBefore: null }), {
    deferred: true,
  })
  t.match(await store.compact(), { deferred: true })
  const { committed } = await store.record(arrival(900), runLog(2))
  await committed
  await store.change((state) => ({ ...state, settings: { long: 'x'.repeat(1000) } }))
  t.equal((await stat(join(dir, 'db.json'))).size, size, 'the database keeps one length')
  t.match(JSON.parse(await readFile(join(dir, 'db.json'), 'utf8')), { settings: { long: /^x+$/ } })
  await store.journal('audit').append({ at: '2026-01-01T00:00:00Z' })
  t.equal(await store.journal('audit').prune(new Date('2030-01-01T00:00:00Z')), 0)
  const now = await readdir(dir, { recursive: true })
  t.same(
    files.filter((name) => !now.includes(name)),
    [],
  )
  await store.hold()
  await store.release()
  t.equal(store.health().held, false)
  t.same(await readdir(join(dir, 'runs')), ['2026-10-001.ndjson', '2026-11-001.ndjson'])
  await store.change((state) => ({ ...state, settings: {} }))
  t.ok((await stat(join(dir, 'db.json'))).size < size)
})

t.test('A hold ends by itself, and what was deferred and fails hurts nobody', async (t) => {
  const clock = t.capture(globalThis, 'setTimeout', ((work: () => void) => {
    if (typeof work === 'function') later = work
    return { unref: () => undefined, [Symbol.toPrimitive]: () => 0 }
  }) as unknown as typeof setTimeout)
  let later = () => {}
  const errors: unknown[] = []
  const holding = new Holding((error) => errors.push(error))
  let expired = false
  holding.hold(() => {
    expired = true
  })
  later()
  t.ok(expired)
  t.equal(clock().length, 1)
  holding.defer('a', async () => {
    throw new Error('no')
  })
  await holding.release()
  t.equal(errors.length, 1)
  t.equal(holding.held, false)
  t.end()
})

t.test('An export is a consistent tar of one instant, without keys, and opens as a database', async (t) => {
  const { store, dir } = await threeMonths(t)
  await store.journal('audit').append({ at: '2026-11-20T12:00:00Z', what: 'signed in' })
  await mkdir(join(dir, 'audit', 'odd'))
  await writeFile(join(dir, 'secret.key'), 'key')
  const before = await everything(store)
  const tar = store.exportTar()
  t.equal(store.health().held, true, 'nothing vanishes meanwhile')
  await store.record(arrival(900), runLog(2))
  const target = await freshFolder(t)
  const names = await unpack(tar, target)
  t.same(names, [
    'db.json',
    ...['09', '10', '11'].flatMap((m) => [`runs/2026-${m}-001.ndjson`, `logs/2026-${m}-001.1.gzpack`]),
    'audit/2026-11.ndjson',
  ])
  t.equal(store.health().held, false)
  const copy = await open(t, target)
  t.same(await everything(copy), before)
  t.match((await copy.journal('audit').read({ limit: 5 })).entries, [{ what: 'signed in' }])
})

t.test('An export that is given up, or finds a file cut short, ends', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  for (let n = 0; n < 200; n++) await store.record(arrival(n, { exception: 'x'.repeat(20_000) }), null)
  const given = store.exportTar()
  given.once('data', () => given.destroy())
  await new Promise((resolve) => given.once('close', resolve))
  for (let i = 0; store.health().held && i < 100; i++) await pause(10)
  t.equal(store.health().held, false)
  disk.fault = ({ op, path }) => (op === 'read' && path.includes('/runs/') ? 'EIO' : null)
  await t.rejects(unpack(store.exportTar(), await freshFolder(t)), /EIO/)
  disk.fault = () => null
  await store.close()
  const { truncate } = await import('node:fs/promises')
  const again = await open(t, dir)
  await truncate(join(dir, 'runs', '2026-11-001.ndjson'), 1000)
  await t.rejects(unpack(again.exportTar(), await freshFolder(t)), /shorter/)
})

t.test('Use and counts are told by part', async (t) => {
  const { dir, store } = await threeMonths(t)
  await store.reject(Buffer.from('odd'), { key: 'report.odd' })
  await store.journal('notices').append({ at: '2026-11-20T12:00:00Z' })
  const usage = await store.usage()
  t.match(usage, {
    runs: 30,
    logs: 30,
    oldest: '2026-09-01T03:00:00.000Z',
    newest: '2026-11-10T03:00:00.000Z',
  })
  for (const part of ['state', 'runs', 'logs', 'journals', 'rejected'])
    t.ok((usage.bytes[part] ?? 0) > 0, part)
  t.equal(
    Object.values(usage.bytes).reduce((sum, size) => sum + size, 0),
    usage.totalBytes,
  )
  t.ok((usage.freeBytes ?? 0) > 0)
  await store.remove([1])
  t.match(await store.usage(), { runs: 29, oldest: '2026-09-02T03:00:00.000Z' })
  const fresh = await open(t, await freshFolder(t))
  t.match(await fresh.usage(), { runs: 0, oldest: null, newest: null })
  const progress: string[] = []
  await store.check((done, of) => progress.push(`${done}/${of}`))
  t.same(progress, ['0/29', '29/29'])
  t.ok(dir)
})

t.test('Documents that could not be read are kept, bounded, newest first', async (t) => {
  const dir = await freshFolder(t)
  const clock = setClock('2026-11-20T12:00:00Z')
  const store = await open(t, dir, { clock })
  for (let i = 0; i < 55; i++) {
    clock.add(1000)
    await store.reject(Buffer.from(`document ${i}`), { key: 'report.odd', values: { i } })
  }
  clock.add(1000)
  await store.reject(Buffer.alloc(1024 * 1024, 'x'), { key: 'report.huge' })
  const kept = await store.rejected()
  t.equal(kept.length, 50)
  t.match(kept[0], { reason: { key: 'report.huge' }, bytes: 1024 * 1024, at: '2026-11-20T12:00:56.000Z' })
  t.match(kept[1], { reason: { values: { i: 54 } }, bytes: 11 })
  t.ok((await stat(join(dir, 'rejected', kept[0]?.name ?? ''))).size < 300_000)
  const text = await readFile(join(dir, 'rejected', kept[1]?.name ?? ''), 'utf8')
  t.equal(text.split('\n')[1], 'document 54')
  await writeFile(join(dir, 'rejected', '0.txt'), 'cut short')
  t.equal((await store.rejected()).length, 50)
  for (let i = 0; i < 40; i++) await store.reject(Buffer.alloc(1024 * 1024, 'y'), { key: 'report.huge' })
  t.ok(((await store.usage()).bytes['rejected'] ?? 0) <= 8 * 1024 * 1024 + 600_000)
})

t.test('A journal is read newest first, by pages, filtered, over months', async (t) => {
  const dir = await freshFolder(t)
  const clock = setClock('2026-10-30T12:00:00Z')
  const store = await open(t, dir, { clock })
  const audit = store.journal('audit')
  t.same(await audit.read({ limit: 5 }), { entries: [], next: null })
  for (let i = 0; i < 40; i++) {
    if (i === 20) clock.set('2026-11-02T12:00:00Z')
    if (i === 30) clock.set('2026-09-02T12:00:00Z')
    await audit.append({ at: clock.now().toISOString(), i, text: 'x'.repeat(20_000) })
  }
  t.same(await readdir(join(dir, 'audit')), ['2026-10.ndjson', '2026-11.ndjson'])
  const all: JournalEntry[] = []
  let after: string | null = null
  let pages = 0
  do {
    const page: { entries: readonly JournalEntry[]; next: string | null } = await audit.read({
      limit: 7,
      ...(after === null ? {} : { after }),
    })
    all.push(...page.entries)
    after = page.next
    pages++
  } while (after !== null)
  t.equal(pages, 6)
  t.same(
    all.map(({ i }) => i),
    Array.from({ length: 40 }, (_, i) => 39 - i),
  )
  const even = await audit.read({ limit: 5, filter: ({ i }) => Number(i) % 2 === 0 })
  t.same(
    even.entries.map(({ i }) => i),
    [38, 36, 34, 32, 30],
  )
  t.same((await audit.read({ limit: 100, after: 'nonsense' })).entries.length, 40)
  await store.close()
  await writeFile(join(dir, 'audit', '2026-11.ndjson'), '{"torn', { flag: 'a' })
  await writeFile(join(dir, 'audit', '2026-12.ndjson'), '\n')
  const again = await open(t, dir, { clock })
  const journal = again.journal('audit')
  t.equal((await journal.read({ limit: 1 })).entries[0]?.['i'], 39, 'a torn tail is no entry')
  await journal.append({ at: '2026-12-01T00:00:00Z', i: 40 })
  t.equal((await journal.read({ limit: 1 })).entries[0]?.['i'], 40)
  t.equal(await journal.prune(new Date('2026-11-30T00:00:00Z')), 1)
  t.equal(await journal.prune(new Date('2027-11-30T00:00:00Z')), 1, 'the open file stays')
  t.same(await readdir(join(dir, 'audit')), ['2026-12.ndjson'])
  t.throws(() => again.journal('other' as 'audit'))
})

t.test('A torn journal goes on behind its last entry', async (t) => {
  const dir = await freshFolder(t)
  const first = await open(t, dir)
  await first.journal('incidents').append({ at: '2026-11-20T12:00:00Z', n: 1 })
  await first.close()
  await writeFile(join(dir, 'incidents', '2026-11.ndjson'), '{"v":1,"entry":{"at":"', { flag: 'a' })
  const second = await open(t, dir)
  await second.journal('incidents').append({ at: '2026-11-20T12:01:00Z', n: 2 })
  await second.close()
  const third = await open(t, dir)
  const { entries } = await third.journal('incidents').read({ limit: 9 })
  t.same(
    entries.map(({ n }) => n),
    [2, 1],
  )
})

async function unpack(tar: AsyncIterable<Buffer>, target: string): Promise<string[]> {
  const pieces: Buffer[] = []
  for await (const piece of tar) pieces.push(piece)
  const names: string[] = []
  const out = extract()
  out.end(Buffer.concat(pieces))
  for await (const entry of out) {
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    const path = join(target, entry.header.name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, Buffer.concat(parts))
    names.push(entry.header.name)
  }
  return names
}
