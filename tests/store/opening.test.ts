import {
  copyFile,
  cp,
  link,
  mkdir,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { State } from '../../src/domain/state.ts'
import { backUp } from '../../src/store/backup.ts'
import { realDisk } from '../../src/store/disk.ts'
import { foldersIn } from '../../src/store/folders.ts'
import type { Migration } from '../../src/store/migrations/registry.ts'
import type { Downtime } from '../../src/store/store-shape.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { faultyDisk, nth } from '../support/faulty-disk.ts'
import { freshFolder, memoryLog, open } from '../support/open-store.ts'
import { setClock } from '../support/set-clock.ts'

const SEGMENT = '2026-11-001.ndjson'
const PACK = '2026-11-001.1.gzpack'

/** A folder with so many runs in it, closed. */
async function filled(t: Test, runs = 5): Promise<string> {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  for (let n = 1; n <= runs; n++) await store.record(arrival(n), runLog(n))
  await store.close()
  return dir
}

/** Spares the time a lock takes where a test opens the folder again and again. */
const takeLock = async () => ({ release: async () => undefined })

/** All bytes of a folder by name, to see that nothing was touched. */
async function content(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found[path.slice(dir.length)] = (await readFile(path)).toString('base64')
  }
  return found
}

t.test('A new folder is made with a database of its own', async (t) => {
  const dir = join(await freshFolder(t), 'deep', 'data')
  const store = await open(t, dir)
  t.match(store.state(), { schemaVersion: 1, foldedUpTo: 0, servers: {}, instance: /^[a-z0-9]{8}$/ })
  t.same(store.health(), {
    mode: 'ok',
    held: false,
    since: null,
    note: null,
    damage: { badLines: 0, tornTails: 0, missingPacks: 0, badLogs: 0, stateFromBackup: false },
  })
  const { instance } = store.state()
  await store.close()
  t.equal((await open(t, dir)).state().instance, instance, 'it stays the same installation')
  t.equal((await stat(join(dir, 'db.json'))).mode & 0o077, 0, 'for the owner alone')
})

t.test('A broken database is replaced by the version before, and the page and the log say so', async (t) => {
  for (const broken of ['', '{"schemaVersion":1,"found', '\0'.repeat(4096), 'null', '[]', '{"a":1}']) {
    const dir = await filled(t)
    await writeFile(join(dir, 'db.json'), broken)
    const before = await readFile(join(dir, 'db.json.bak'), 'utf8')
    const log = memoryLog()
    const store = await open(t, dir, { log })
    t.equal(store.history.size, 5)
    t.equal(store.state().foldedUpTo, 5)
    t.match(store.state().remarks, [{ text: { key: 'store.remark.stateFromBackup' } }])
    t.equal(store.health().damage.stateFromBackup, true)
    t.match(log.entries[0], { level: 'warn', message: /db.json could not be read/ })
    const kept = await readdir(join(dir, 'quarantine'))
    t.equal(await readFile(join(dir, 'quarantine', kept[0] ?? ''), 'utf8'), broken)
    t.equal((JSON.parse(before) as State).instance, store.state().instance)
    await store.close()
    t.equal((await open(t, dir)).health().damage.stateFromBackup, false, 'once')
  }
})

t.test('A database that is JSON and not a whole one is broken as well', async (t) => {
  const dir = await filled(t)
  const whole = JSON.parse(await readFile(join(dir, 'db.json'), 'utf8')) as Record<string, unknown>
  for (const odd of [
    { servers: null },
    { jobs: [] },
    { jobs: { job_a: null } },
    { users: { admin: 'me' } },
    { settings: 'none' },
    { foldedUpTo: 'x' },
    { foldedUpTo: -1 },
    { foldedUpTo: 1.5 },
    { schemaVersion: '1' },
  ]) {
    const copy = await freshFolder(t)
    await cp(dir, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') })
    await writeFile(join(copy, 'db.json'), JSON.stringify({ ...whole, ...odd }))
    const store = await open(t, copy)
    t.equal(store.health().damage.stateFromBackup, true, JSON.stringify(odd))
    t.equal(store.history.size, 5)
    t.equal(store.state().foldedUpTo, 5)
    await store.close()
  }
})

t.test('While the version before is put in place a crash leaves it whole', async (t) => {
  const dir = await filled(t)
  await writeFile(join(dir, 'db.json'), 'broken')
  const disk = faultyDisk()
  disk.fault = ({ op, path }) => (op === 'rename' && path.endsWith('db.json') ? 'EIO' : null)
  await t.rejects(open(t, dir, { disk }))
  t.equal((await open(t, dir)).history.size, 5)
})

t.test('A database and its copy both broken stop the start and are left as they are', async (t) => {
  for (const before of ['{', null]) {
    const dir = await filled(t)
    await writeFile(join(dir, 'db.json'), '{"schemaVersion":')
    if (before === null) await rm(join(dir, 'db.json.bak'))
    else await writeFile(join(dir, 'db.json.bak'), before)
    const bytes = await content(dir)
    await t.rejects(open(t, dir), {
      message: new RegExp(`store.open.broken.*${join(dir, 'db.json')}.*${join(dir, 'db.json.bak')}`),
    })
    t.same(await content(dir), bytes)
  }
})

t.test(
  'A database of a later version stops the start, naming both versions, and is left as it is',
  async (t) => {
    const dir = await filled(t)
    const state = JSON.parse(await readFile(join(dir, 'db.json'), 'utf8')) as State
    for (const later of [{ schemaVersion: 7 }, { schemaVersion: 7, servers: [], foldedUpTo: null }]) {
      await writeFile(join(dir, 'db.json'), JSON.stringify({ ...state, ...later }))
      const bytes = await content(dir)
      await t.rejects(open(t, dir), { message: /store.open.newer.*db.json.*"version":7.*"known":1/ })
      t.same(await content(dir), bytes)
    }
  },
)

t.test('A segment of a later version stops the start as well', async (t) => {
  const dir = await filled(t)
  const { headerLine } = await import('../../src/store/segment-file.ts')
  const header = headerLine({ v: 9, pack: PACK, from: 6, now: new Date() })
  await writeFile(join(dir, 'runs', '2026-12-001.ndjson'), header)
  await t.rejects(open(t, dir), { message: /store.open.newer.*2026-12-001.ndjson/ })
})

t.test('A torn tail is set aside and cut off, and what comes next is kept', async (t) => {
  for (const tail of ['\0'.repeat(700), '\xff'.repeat(700), '{"v":1,"no":6,', '\n', '{"v":1}\n{"v":1}\n']) {
    const dir = await filled(t)
    const path = join(dir, 'runs', SEGMENT)
    const { size } = await stat(path)
    await writeFile(path, Buffer.from(tail, 'latin1'), { flag: 'a' })
    const log = memoryLog()
    const store = await open(t, dir, { log })
    t.equal(store.history.size, 5)
    t.equal((await stat(path)).size, size)
    t.match(store.health().damage, { tornTails: 1, badLines: 0 })
    t.match(store.state().remarks, [{ text: { key: 'store.remark.tornTail' } }])
    t.ok(log.entries.some(({ level, message }) => level === 'warn' && /set aside/.test(message)))
    const [kept] = await readdir(join(dir, 'quarantine'))
    t.equal(await readFile(join(dir, 'quarantine', kept ?? ''), 'latin1'), tail)
    await store.record(arrival(6), null)
    await store.close()
    const again = await open(t, dir)
    t.equal(again.history.size, 6)
    t.match(again.health().damage, { tornTails: 0 })
  }
})

t.test('Cut at any place a segment opens, with every whole line in it', async (t) => {
  const dir = await filled(t, 2)
  const path = join(dir, 'runs', SEGMENT)
  const whole = await readFile(path)
  const ends = [...whole.keys()].filter((i) => whole[i] === 10)
  // The edges of each line, and every 37th place between.
  const points = [...whole.keys()].filter((i) => i % 37 === 0 || ends.some((end) => Math.abs(end - i) < 3))
  for (const [round, length] of points.entries()) {
    await writeFile(path, whole.subarray(0, length))
    const store = await open(t, dir, { takeLock })
    const lines = ends.filter((end) => end < length).length
    if (store.history.size !== Math.max(0, lines - 1)) t.fail(`cut at ${length}: ${store.history.size} runs`)
    const { no } = await store.record(arrival(50 + length), null)
    if (no !== 3 + round) t.fail(`cut at ${length}: number ${no} was given, it was used before`)
    await store.close()
    await rm(join(dir, 'quarantine'), { recursive: true, force: true })
  }
  t.ok(points.length > 60)
})

t.test('A flipped bit anywhere costs at most the line it is in', async (t) => {
  const dir = await filled(t, 3)
  const path = join(dir, 'runs', SEGMENT)
  const whole = await readFile(path)
  let seed = 7
  for (let round = 0; round < 60; round++) {
    seed = (seed * 1103515245 + 12345) % 2147483648
    const at = seed % whole.length
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8))
    await writeFile(path, bytes)
    await rm(join(dir, 'logs', '2026-11-002.1.gzpack'), { force: true })
    await rm(join(dir, 'runs', '2026-11-002.ndjson'), { force: true })
    const store = await open(t, dir, { takeLock })
    const { badLines, tornTails } = store.health().damage
    if (store.history.size < 2 || badLines + tornTails === 0) t.fail(`bit ${round % 8} of byte ${at}`)
    const { no } = await store.record(arrival(90), null)
    if (no !== 4 + round) t.fail(`number ${no} after a flip at ${at}`)
    await store.close()
    await rm(join(dir, 'quarantine'), { recursive: true, force: true })
  }
})

t.test('A damaged line in the middle is set aside once, skipped, counted and never cut', async (t) => {
  const dir = await filled(t)
  const path = join(dir, 'runs', SEGMENT)
  const bytes = await readFile(path)
  const middle = bytes.indexOf('"no":3,')
  bytes[middle + 40] = 0x21
  await writeFile(path, bytes)
  const store = await open(t, dir)
  t.same(
    store.history.latest(9).map(({ no }) => no),
    [5, 4, 2, 1],
  )
  t.match(store.health().damage, { badLines: 1, tornTails: 0 })
  const remark = { text: { key: 'store.remark.badLines', values: { file: `runs/${SEGMENT}`, count: 1 } } }
  t.match(store.state().remarks, [remark])
  t.match(await store.check(), { runs: 4, badLines: 1, logs: 4, badLogs: 0 })
  await store.close()
  t.same(await readFile(path), bytes)
  const again = await open(t, dir)
  t.equal(again.health().damage.badLines, 1)
  t.equal(again.state().remarks.length, 1, 'it is said once')
  t.equal((await readdir(join(dir, 'quarantine'))).length, 1)
})

t.test('A segment without its header still finds its logs', async (t) => {
  const dir = await filled(t)
  const path = join(dir, 'runs', SEGMENT)
  const bytes = await readFile(path)
  bytes[20] = 0x21
  await writeFile(path, bytes)
  const store = await open(t, dir)
  t.equal(store.history.size, 5)
  t.equal((await store.log(4))?.lines.length, 4)
})

t.test('A segment that was only just begun is begun again', async (t) => {
  const dir = await filled(t)
  await writeFile(join(dir, 'runs', '2026-11-002.ndjson'), '{"op":"hdr","v"')
  const store = await open(t, dir)
  t.equal(store.history.size, 5)
  await store.record(arrival(6), runLog(6))
  await store.close()
  const again = await open(t, dir)
  t.equal(again.history.size, 6)
  t.equal((await again.log(6))?.lines.length, 6)
  t.match(again.health().damage, { badLines: 0, tornTails: 0 })
})

t.test(
  'A missing or damaged log leaves the run as it is, and a later copy brings the log back',
  async (t) => {
    const dir = await filled(t)
    const pack = join(dir, 'logs', PACK)
    const bytes = await readFile(pack)
    bytes[10] = (bytes[10] ?? 0) ^ 0xff
    await writeFile(pack, bytes)
    const damaged = await open(t, dir)
    t.equal(damaged.logState(1), 'kept', 'nobody looked yet')
    t.equal(await damaged.log(1), null)
    t.equal(damaged.logState(1), 'damaged')
    t.equal(damaged.health().damage.badLogs, 1)
    t.equal((await damaged.log(2))?.lines.length, 2)
    t.match(await damaged.check(), { badLogs: 1, logs: 4, runs: 5 })
    t.match(await damaged.record(arrival(1), runLog(1)), { duplicate: true, revised: true })
    t.equal((await damaged.log(1))?.lines.length, 1)
    t.equal(damaged.health().damage.badLogs, 0)
    await damaged.close()

    await rm(pack)
    const log = memoryLog()
    const missing = await open(t, dir, { log })
    t.equal(missing.history.size, 5)
    t.equal(missing.logState(2), 'damaged')
    t.equal(await missing.log(2), null)
    t.match(await missing.run(2), { messages: 2 })
    t.match(missing.health().damage, { missingPacks: 1 })
    t.match(missing.state().remarks, [
      { text: { key: 'store.remark.missingPack', values: { file: `logs/${PACK}` } } },
    ])
    t.match(await missing.check(), { missingPacks: 1, logs: 0 })
    t.match(await missing.record(arrival(2), runLog(2)), { revised: true })
    const sixth = await missing.record(arrival(6), runLog(6))
    t.equal((await missing.log(2))?.lines.length, 2)
    await missing.close()
    const again = await open(t, dir)
    t.equal((await again.log(sixth.no))?.lines.length, 6)
    t.equal(again.state().remarks.length, 1)
    const tar: Buffer[] = []
    for await (const part of again.exportTar()) tar.push(part as Buffer)
    t.ok(Buffer.concat(tar).length > 1000, 'an export goes on without it')
  },
)

t.test('A log block that is no gzip, with the right sum, is damaged', async (t) => {
  const dir = await filled(t, 1)
  const { crc32 } = await import('node:zlib')
  const { parseLine, sealLine } = await import('../../src/store/line.ts')
  const path = join(dir, 'runs', SEGMENT)
  const bytes = await readFile(path)
  const start = bytes.indexOf(10) + 1
  const { crc: _crc, ...line } = parseLine(bytes, start, bytes.length - 1)
  const pack = await readFile(join(dir, 'logs', PACK))
  const block = pack.subarray(0, 4)
  line['log'] = [0, 4, crc32(Buffer.from('abcd')), 1]
  await writeFile(join(dir, 'logs', PACK), 'abcd')
  await writeFile(path, Buffer.concat([bytes.subarray(0, start), sealLine(JSON.stringify(line))]))
  t.equal(block.length, 4)
  const store = await open(t, dir)
  t.equal(await store.log(1), null)
  t.match(await store.check(), { badLogs: 1 })
})

t.test('A line that is damaged while the program runs is noticed and counted', async (t) => {
  const dir = await filled(t)
  const store = await open(t, dir)
  const path = join(dir, 'runs', SEGMENT)
  const bytes = await readFile(path)
  bytes[bytes.indexOf('"no":2,') + 30] = 0x21
  await writeFile(path, bytes)
  t.equal(await store.run(2), null)
  t.equal(store.health().damage.badLines, 1)
  t.match(await store.record(arrival(2), runLog(9)), { no: 2, duplicate: true, revised: true })
  t.match(await store.run(2), { no: 2, messages: 2 }, 'a later copy mends it')
  t.equal(store.health().damage.badLines, 0)
})

t.test('What a crash left in tmp and logs is cleared away', async (t) => {
  const dir = await filled(t)
  await writeFile(join(dir, 'tmp', 'db.json.17'), 'half')
  await writeFile(join(dir, 'logs', '2026-11-001.2.gzpack'), 'half')
  await open(t, dir)
  t.same(await readdir(join(dir, 'tmp')), ['.ballast'])
  t.same(await readdir(join(dir, 'logs')), [PACK])
})

t.test('Quarantine is bounded: the oldest copies go', async (t) => {
  const dir = await filled(t, 1)
  const folder = join(dir, 'quarantine')
  await mkdir(folder)
  for (let i = 0; i < 205; i++) await writeFile(join(folder, `old-${i}`), 'x')
  await writeFile(join(dir, 'runs', SEGMENT), 'torn', { flag: 'a' })
  await open(t, dir)
  const kept = await readdir(folder)
  t.equal(kept.length, 200)
  t.ok(kept.some((name) => name.startsWith(SEGMENT)))
})

t.test('A second program on the folder is refused with a sentence that names it', async (t) => {
  const dir = await filled(t)
  await open(t, dir)
  await t.rejects(open(t, dir), { message: new RegExp(`conflict: store.open.inUse.*${dir}`) })
})

t.test('The time between the last sign of life and now is known', async (t) => {
  const dir = await freshFolder(t)
  const clock = setClock('2026-11-20T12:00:00Z')
  const first = await open(t, dir, { clock })
  clock.set('2026-11-20T13:00:00Z')
  await first.touchAlive()
  await first.close()
  clock.set('2026-11-20T15:30:00Z')
  const away: unknown[] = []
  const starting = (state: State, downtime: Downtime | null) => {
    away.push(downtime)
    return { ...state, features: { ...state.features, away: downtime?.from.toISOString() } }
  }
  const second = await open(t, dir, { clock, starting })
  t.same(away, [{ from: new Date('2026-11-20T13:00:00Z'), to: new Date('2026-11-20T15:30:00Z') }])
  t.match(second.state().features, { away: '2026-11-20T13:00:00.000Z' }, 'and what follows is seen at once')
  await second.settled()
  t.match(await readFile(join(dir, 'db.json'), 'utf8'), '"away":"2026-11-20T13:00:00.000Z"', 'then written')
  const fresh = await open(t, await freshFolder(t), { clock, starting })
  t.equal(away[1], null, 'a new folder was never without us')
  await fresh.close()
})

t.test('A start that dies before its state is written knows the same time away again', async (t) => {
  const dir = await filled(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk, starting: (state) => ({ ...state, features: { new: true } }) })
  await store.settled()
  for (let n = 0; n < 100 && !disk.calls.some((one) => one.path.endsWith('/alive')); n++) await delay(10)
  const order = (op: string, name: string) =>
    disk.calls.findIndex((one) => one.op === op && one.path.endsWith(name))
  t.ok(order('rename', '/db.json') >= 0 && order('rename', '/db.json') < order('write', '/alive'))
})

t.test('A folder that cannot be written to is refused, one on a read-only disk is served', async (t) => {
  const dir = await filled(t)
  const disk = faultyDisk()
  disk.fault = ({ op }) => (op === 'makeFolder' ? 'EACCES' : null)
  await t.rejects(open(t, dir, { disk }), { message: /store.open.notWritable.*EACCES/ })
  const noLock = (code: string) => async () => {
    throw Object.assign(new Error(code), { code })
  }
  await t.rejects(open(t, dir, { takeLock: noLock('EACCES') }), { message: /store.open.notWritable/ })

  await writeFile(join(dir, 'runs', SEGMENT), 'torn', { flag: 'a' })
  const bytes = await content(dir)
  disk.fault = ({ op }) => (/write|sync|truncate|rename|link|remove|makeFolder/.test(op) ? 'EROFS' : null)
  for (const more of [{ disk }, { takeLock: noLock('EROFS') }]) {
    const store = await open(t, dir, more)
    t.equal(store.health().mode, 'read-only')
    t.equal(store.history.size, 5)
    t.equal((await store.log(3))?.lines.length, 3)
    await t.rejects(store.record(arrival(9), null), { message: /store.readOnly/ })
    await store.reject(Buffer.from('x'), { key: 'test' })
    await store.hold()
    await store.release()
    await store.close()
    t.same(await content(dir), bytes, 'nothing was touched')
  }
  const empty = await freshFolder(t)
  const store = await open(t, empty, { takeLock: noLock('EROFS') })
  t.match(store.state(), { foldedUpTo: 0 })
})

t.test(
  'A read-only disk shows runs that are not folded in yet, and the version before of a broken database',
  async (t) => {
    const dir = await filled(t)
    await copyFile(join(dir, 'db.json.bak'), join(dir, 'old'))
    await writeFile(join(dir, 'db.json'), 'broken')
    const readOnly = async () => {
      throw Object.assign(new Error('EROFS'), { code: 'EROFS' })
    }
    const store = await open(t, dir, { takeLock: readOnly })
    t.equal(store.state().foldedUpTo, 5)
    t.equal(await readFile(join(dir, 'db.json'), 'utf8'), 'broken')
  },
)

t.test('A database of an earlier version is brought up, after a copy of it was made', async (t) => {
  const dir = await filled(t, 3)
  const before = await content(dir)
  const log = memoryLog()
  const store = await open(t, dir, { log, migrations: MIGRATIONS, schemaVersion: 3 })
  t.match(store.state(), { schemaVersion: 3, settings: { second: true, third: true }, foldedUpTo: 3 })
  t.match(await store.run(2), { parsedResult: 'Success!', no: 2, rev: 0 })
  t.equal((await store.log(2))?.lines.length, 2)
  const copy = join(dir, 'backups', 'v1-before-v3-2026-11-20T12-00-00Z')
  const after = await content(copy)
  for (const name of ['/db.json', `/runs/${SEGMENT}`, `/logs/${PACK}`])
    t.equal(after[name], before[name], name)
  t.match(store.state().remarks, [
    { text: { key: 'store.remark.migrated', values: { from: 1, to: 3, steps: 2, copy, files: 1 } } },
  ])
  t.same(
    log.entries.map(({ message }) => message).filter((message) => !/open/.test(message)),
    [
      'Found 2 pending migrations: 1 to 2 (adds second), 2 to 3 (adds an exclamation mark).',
      `Database copy created: ${copy}. To go back, stop, and put its db.json, runs and logs in place.`,
      `Migrated ${SEGMENT}.`,
      'Migration completed.',
    ],
  )
  await store.record(arrival(4), null)
  await store.close()
  await t.rejects(open(t, dir), { message: /store.open.newer/ }, 'the old program refuses it')
  const again = await open(t, dir, { migrations: MIGRATIONS, schemaVersion: 3 })
  t.equal(again.history.size, 4)
  t.equal(again.state().remarks.length, 1)
  t.equal((await content(copy))[`/runs/${SEGMENT}`], before[`/runs/${SEGMENT}`], 'the copy does not grow')
})

t.test('A migration that dies at any step is finished by the next start', async (t) => {
  const before = await filled(t, 2)
  let finished = false
  let n = 0
  while (!finished) {
    const dir = await freshFolder(t)
    await cp(before, dir, { recursive: true })
    const disk = faultyDisk()
    disk.fault = nth(++n, 'EIO', ({ op, path }) => CHANGES.has(op) && !path.endsWith('.ballast'))
    const how = { takeLock, migrations: MIGRATIONS, schemaVersion: 3 }
    finished = await open(t, dir, { ...how, disk }).then(
      async (store) => {
        const well = store.health().mode === 'ok'
        await store.close()
        return well && store.health().mode === 'ok'
      },
      () => false,
    )
    const store = await open(t, dir, how)
    t.match(store.state(), { schemaVersion: 3, settings: { second: true, third: true } })
    t.match(
      [await store.run(1), await store.run(2)],
      [{ parsedResult: 'Success!' }, { parsedResult: 'Success!' }],
    )
    await store.close()
    await rm(dir, { recursive: true })
  }
  t.ok(n > 15, `${n} steps failed once each`)
})

t.test('A migration needs room, and says how much', async (t) => {
  const dir = await filled(t)
  const disk = { ...realDisk, freeBytes: async () => 1000 }
  const bytes = await content(dir)
  await t.rejects(open(t, dir, { disk, migrations: MIGRATIONS, schemaVersion: 3 }), {
    message: /store.open.migrationRoom/,
  })
  t.same(await content(dir), bytes)
  const readOnly = async () => {
    throw Object.assign(new Error('EROFS'), { code: 'EROFS' })
  }
  await t.rejects(open(t, dir, { takeLock: readOnly, migrations: MIGRATIONS, schemaVersion: 3 }), {
    message: /store.readOnly/,
  })
})

t.test('Three copies are kept, and made without hard links where there are none', async (t) => {
  const dir = await filled(t, 1)
  const disk = faultyDisk()
  const folders = foldersIn(dir)
  const NAMES = ['a', 'b', 'c', 'd'].map((end) => `v1-before-v2-${end}`)
  await mkdir(join(dir, 'backups', 'of somebody'), { recursive: true })
  for (const name of NAMES) {
    if (name === NAMES[3]) disk.fault = ({ op }) => (op === 'link' ? 'ENOTSUP' : null)
    const folder = await backUp(disk, folders, name)
    t.equal(folder, await backUp(disk, folders, name), 'a complete one is left alone')
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  t.same(await readdir(folders.backups), ['of somebody', ...NAMES.slice(1)])
  t.same(await readFile(join(folders.backups, 'v1-before-v2-d', 'db.json')), await readFile(folders.state))
  disk.fault = ({ op }) => (op === 'link' ? 'ENOSPC' : null)
  await t.rejects(backUp(disk, folders, 'e'), { code: 'ENOSPC' })
})

t.test('A state only migration leaves the segments as they are', async (t) => {
  const dir = await filled(t, 1)
  const bytes = await readFile(join(dir, 'runs', SEGMENT))
  const store = await open(t, dir, { migrations: MIGRATIONS.slice(0, 1), schemaVersion: 2 })
  t.equal(store.state().schemaVersion, 2)
  t.same(await readFile(join(dir, 'runs', SEGMENT)), bytes)
})

t.test('A folder with runs and no database is built again from the runs', async (t) => {
  const dir = await filled(t)
  await rm(join(dir, 'db.json'))
  await rm(join(dir, 'db.json.bak'))
  const store = await open(t, dir)
  t.equal(store.history.size, 5)
  t.equal(store.state().foldedUpTo, 5)
  t.equal(Object.keys(store.state().jobs).length, 1)
  t.equal((await store.record(arrival(6), null)).no, 6)
})

t.test('A database that vanished is replaced by the version before', async (t) => {
  const dir = await filled(t)
  await rm(join(dir, 'db.json'))
  const store = await open(t, dir)
  t.equal(store.health().damage.stateFromBackup, true)
  t.equal(store.history.size, 5)
})

t.test('A hard link to the lock of a dead process does not hinder', async (t) => {
  const dir = await filled(t)
  await writeFile(join(dir, '.lock'), 'not even a socket')
  await link(join(dir, '.lock'), join(dir, 'other'))
  const store = await open(t, dir)
  t.equal(store.history.size, 5)
})

t.test('Errors in reading the folder are told, not hidden', async (t) => {
  const dir = await filled(t)
  const disk = faultyDisk()
  disk.fault = ({ op, path }) => (op === 'readFile' && path.endsWith('db.json') ? 'EIO' : null)
  await t.rejects(open(t, dir, { disk }), { code: 'EIO' })
  disk.fault = ({ op, path }) => (op === 'list' && path.endsWith('runs') ? 'EIO' : null)
  await t.rejects(open(t, dir, { disk }), { code: 'EIO' })
  await t.rejects(realDisk.list(join(dir, 'db.json')), { code: 'ENOTDIR' })
  await truncate(join(dir, 'runs', SEGMENT), 0)
  const handle = await openFile(join(dir, 'runs', SEGMENT))
  await handle.close()
  t.equal((await open(t, dir)).history.size, 0, 'an emptied segment is an empty history')
})

const CHANGES: ReadonlySet<string> = new Set([
  'write',
  'sync',
  'link',
  'rename',
  'remove',
  'makeFolder',
  'syncFolder',
])

const MIGRATIONS: readonly Migration[] = [
  {
    to: 2,
    what: 'adds second',
    state: (state) => ({ ...state, settings: { ...(state['settings'] as object), second: true } }),
  },
  {
    to: 3,
    what: 'adds an exclamation mark',
    state: (state) => ({ ...state, settings: { ...(state['settings'] as object), third: true } }),
    run: (run) => ({ ...run, parsedResult: 'Success!' }),
  },
]
