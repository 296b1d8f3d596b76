import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { AppendFile } from '../../src/store/append-file.ts'
import { realDisk } from '../../src/store/disk.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { type DiskCall, faultyDisk, nth } from '../support/faulty-disk.ts'
import { freshFolder, memoryLog, open } from '../support/open-store.ts'
import { setClock } from '../support/set-clock.ts'

const isData = ({ path }: DiskCall) => /\/(runs|logs)(\/|$)/.test(path)

t.test(
  'Whatever call fails for want of room, nothing is acknowledged that is not kept, and it goes on after',
  async (t) => {
    for (const code of ['ENOSPC', 'EDQUOT', 'EMFILE']) {
      for (const op of ['open', 'write', 'sync', 'syncFolder'] as const) {
        for (let n = 1; n <= 4; n++) {
          const dir = await freshFolder(t)
          const disk = faultyDisk()
          const store = await open(t, dir, { disk })
          let failed = false
          const fails = nth(n, code, (call) => call.op === op && isData(call))
          disk.fault = (call) => {
            const fault = fails(call)
            failed ||= fault !== null
            return fault
          }
          const kept: number[] = []
          const refused: string[] = []
          for (let i = 0; i < 4; i++) {
            // Two at once, so that a batch of more than one fails as a whole.
            const both = [
              store.record(arrival(2 * i), runLog(3)),
              store.record(arrival(2 * i + 1), runLog(3)),
            ]
            for (const outcome of await Promise.allSettled(both)) {
              if (outcome.status === 'fulfilled') kept.push(outcome.value.no)
              else refused.push(outcome.reason.code)
            }
          }
          const name = `${code} at ${op} ${n}`
          if (failed) t.ok(refused.length > 0 && refused.length < 8, `${name}: ${refused.length} refused`)
          t.ok(refused.every((it) => it === (code === 'EMFILE' ? 'unavailable' : 'no-room')))
          t.equal(store.history.size, kept.length, name)
          t.equal(store.health().mode, 'ok', `${name}: there is room again`)
          const again = Promise.all(Array.from({ length: 8 }, (_, i) => store.record(arrival(i), runLog(3))))
          t.equal(
            (await again).filter(({ duplicate }) => !duplicate).length,
            refused.length,
            'a second try is taken',
          )
          await store.close()
          const reopened = await open(t, dir)
          t.equal(reopened.history.size, 8, name)
          t.match(reopened.health().damage, { badLines: 0, badLogs: 0 })
          t.match(await reopened.check(), { runs: 8, logs: 8, badLogs: 0, badLines: 0 })
          t.same(reopened.state(), store.state())
          await reopened.close()
        }
      }
    }
  },
)

t.test(
  'A write that is taken in pieces is whole, and one that stops half way leaves nothing behind',
  async (t) => {
    const dir = await freshFolder(t)
    const disk = faultyDisk()
    const store = await open(t, dir, { disk })
    disk.fault = (call) => (call.op === 'write' && isData(call) ? { takes: 100 } : null)
    await store.record(arrival(1), runLog(5))
    const path = join(dir, 'runs', '2026-11-001.ndjson')
    const { size } = await stat(path)
    disk.fault = nth(1, { takes: 50, failsWith: 'ENOSPC' }, (call) => call.op === 'write' && isData(call))
    await t.rejects(store.record(arrival(2), runLog(5)), /no-room/)
    t.equal((await stat(path)).size, size)
    t.equal(store.health().mode, 'full')
    disk.fault = (call) => (call.op === 'write' && isData(call) ? { takes: 0 } : null)
    await t.rejects(store.record(arrival(2), runLog(5)), /no-room/, 'nothing written is no room')
    disk.fault = () => null
    await store.record(arrival(3), runLog(5))
    await store.close()
    const again = await open(t, dir)
    t.match(await again.check(), { runs: 2, logs: 2, badLogs: 0 })
  },
)

t.test(
  'After an input or output error nothing more is written, and what was acknowledged is there',
  async (t) => {
    for (const op of ['write', 'sync', 'open', 'syncFolder'] as const) {
      for (const code of ['EIO', 'EROFS']) {
        const dir = await freshFolder(t)
        const disk = faultyDisk()
        const log = memoryLog()
        const store = await open(t, dir, { disk, log })
        const clock = setClock('2026-12-01T00:00:00Z')
        if (op === 'write' || op === 'sync') await store.record(arrival(1), runLog(2))
        disk.fault = nth(1, code, (call) => call.op === op && isData(call))
        await t.rejects(store.record(arrival(2), runLog(2)), /store.readOnly/, `${code} at ${op}`)
        t.equal(store.health().mode, 'read-only')
        await t.rejects(store.record(arrival(3), null), /store.readOnly/)
        t.equal(log.entries.filter(({ level }) => level === 'error').length, 1, 'said once')
        await store.close()
        const again = await open(t, dir, { clock })
        t.equal(again.history.size, op === 'write' || op === 'sync' ? 1 : 0)
        t.match(again.health(), { mode: 'ok' })
        t.match(await again.record(arrival(2), null), { duplicate: false })
      }
    }
  },
)

t.test('When what failed cannot be cut off again, nothing more is written', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  await store.record(arrival(1), null)
  disk.fault = (call) => (isData(call) && (call.op === 'sync' || call.op === 'truncate') ? 'ENOSPC' : null)
  await t.rejects(store.record(arrival(2), null), /store.readOnly/)
  t.equal(store.health().mode, 'read-only')
  await store.close()
  const again = await open(t, dir)
  t.ok(again.history.size >= 1)
})

t.test('A report that cannot be written as a line is refused alone and breaks nothing', async (t) => {
  const store = await open(t, await freshFolder(t))
  await t.rejects(
    store.record({ ...arrival(1), ownFigures: { odd: 1n as unknown as number } }, null),
    /BigInt/,
  )
  t.equal(store.health().mode, 'ok')
  t.equal((await store.record(arrival(1), null)).no, 1)
})

t.test('Eight copies of a report that finds no room are all refused', async (t) => {
  const disk = faultyDisk()
  const store = await open(t, await freshFolder(t), { disk })
  disk.fault = (call) => (call.op === 'sync' && isData(call) ? 'ENOSPC' : null)
  const told = await Promise.allSettled(Array.from({ length: 8 }, () => store.record(arrival(1), null)))
  t.ok(told.every(({ status }) => status === 'rejected'))
  disk.fault = () => null
  const next = await store.record(arrival(1), null)
  t.match(next, { no: 1, newServer: true }, 'the server of a refused report was not made')
})

t.test('While a refused batch made a server, the next report of it makes its own', async (t) => {
  const disk = faultyDisk()
  const store = await open(t, await freshFolder(t), { disk })
  disk.fault = nth(1, 'ENOSPC', (call) => call.op === 'sync' && isData(call))
  const first = store.record(arrival(1, { job: 'a' }), null)
  const second = new Promise((resolve) => setImmediate(resolve)).then(() =>
    store.record(arrival(1, { job: 'b' }), runLog(900)),
  )
  await t.rejects(first, /no-room/)
  const told = await second
  await told.committed
  t.same(Object.keys(store.state().servers), [told.serverId])
  t.same(Object.keys(store.state().jobs), [told.jobId])
})

t.test('On a full disk runs can still be deleted', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  for (let n = 1; n < 5; n++) await store.record(arrival(n), null)
  disk.fault = (call) => (call.op === 'write' && isData(call) && full ? 'ENOSPC' : null)
  let full = true
  const remove = disk.remove
  disk.remove = async (path) => {
    await remove(path)
    if (path.endsWith('.ballast')) full = false
  }
  t.equal(await store.remove([1, 2]), 2)
  await t.rejects(stat(join(dir, 'tmp', '.ballast')), { code: 'ENOENT' })
  full = true
  await t.rejects(store.remove([3]), /no-room/, 'the ballast is spent')
  t.equal(store.history.size, 2)
  full = false
  await store.prune({ runsBefore: null, logsBefore: null })
  t.equal(
    (await stat(join(dir, 'tmp', '.ballast'))).size,
    4 * 1024 * 1024,
    'it comes back with the next cleaning',
  )
})

t.test('A nearly full disk gets no ballast', async (t) => {
  const dir = await freshFolder(t)
  const small = { ...realDisk, freeBytes: async () => 1024 * 1024 }
  await (await open(t, dir, { disk: small })).close()
  await t.rejects(stat(join(dir, 'tmp', '.ballast')), { code: 'ENOENT' })
  const disk = faultyDisk()
  disk.fault = ({ op, path }) => (path.endsWith('.ballast') && op === 'write' ? 'ENOSPC' : null)
  await (await open(t, dir, { disk })).close()
  await t.rejects(stat(join(dir, 'tmp', '.ballast')), { code: 'ENOENT' })
  disk.fault = ({ op, path }) => (path.endsWith('.ballast') && op === 'open' ? 'ENOSPC' : null)
  await (await open(t, dir, { disk })).close()
  disk.fault = ({ op, path }) => (path.endsWith('.ballast') && op === 'remove' ? 'EPERM' : null)
  const store = await open(t, dir, { disk })
  disk.fault = ({ op, path }) =>
    op === 'write' && path.includes('db.json')
      ? 'ENOSPC'
      : path.endsWith('.ballast') && op === 'remove'
        ? 'EPERM'
        : null
  await t.rejects(
    store.change((state) => ({ ...state })),
    /no-room/,
  )
})

t.test('A journal whose write fails refuses the entry and goes on after', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  const audit = store.journal('audit')
  await audit.append({ at: '2026-11-20T12:00:00Z', what: 'first' })
  disk.fault = nth(1, 'ENOSPC', ({ op, path }) => op === 'sync' && path.includes('/audit/'))
  const both = [audit.append({ at: 'a', what: 'lost' }), audit.append({ at: 'b', what: 'next' })]
  t.same(
    (await Promise.allSettled(both)).map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  await audit.append({ at: '2026-11-20T12:01:00Z', what: 'second' })
  const { entries } = await audit.read({ limit: 9 })
  t.same(
    entries.map(({ what }) => what),
    ['second', 'next', 'first'],
  )
})

t.test('Failing to keep a rejected document, or the sign of life, fails nobody', async (t) => {
  const disk = faultyDisk()
  const log = memoryLog()
  const store = await open(t, await freshFolder(t), { disk, log })
  disk.fault = ({ path }) => (/rejected|alive/.test(path) ? 'ENOSPC' : null)
  await store.reject(Buffer.from('x'), { key: 'report.odd' })
  t.ok(log.entries.some(({ level, message }) => level === 'warn' && /could not be kept/.test(message)))
  await store.touchAlive()
  disk.fault = ({ path, op }) => (/alive/.test(path) && op === 'write' ? 'ENOSPC' : null)
  await store.touchAlive()
  t.same(await store.rejected(), [])
  t.equal(store.health().mode, 'ok')
})

t.test('Compaction and retention that fail leave everything readable', async (t) => {
  for (let n = 1; n < 40; n++) {
    const dir = await freshFolder(t)
    const clock = setClock('2026-11-20T12:00:00Z')
    const disk = faultyDisk()
    const store = await open(t, dir, { clock, disk })
    for (let i = 0; i < 6; i++) await store.record(arrival(i), runLog(2))
    clock.set('2026-12-05T12:00:00Z')
    await store.record(arrival(800), runLog(2))
    await store.remove([1, 2, 3])
    let failed = false
    const fails = nth(n, 'ENOSPC', ({ op }) => CHANGES.has(op))
    disk.fault = (call) => {
      const fault = fails(call)
      failed ||= fault !== null
      return fault
    }
    await store.compact().catch(() => undefined)
    await store
      .prune({ runsBefore: null, logsBefore: new Date('2026-12-01T00:00:00Z') })
      .catch(() => undefined)
    disk.fault = () => null
    t.match(await store.check(), { runs: 4, badLogs: 0, badLines: 0 }, `step ${n}`)
    await store.close()
    const again = await open(t, dir)
    t.match(await again.check(), { runs: 4, badLogs: 0, badLines: 0, missingPacks: 0 })
    await again.close()
    if (!failed) return
  }
  t.fail('more steps than expected')
})

t.test('An append file that failed is as it was before', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const path = join(dir, 'file')
  const file = await AppendFile.create(disk, path)
  await file.append(Buffer.from('one'))
  disk.fault = ({ op }) => (op === 'sync' ? 'ENOSPC' : null)
  await t.rejects(file.append(Buffer.from('two')), { code: 'ENOSPC' })
  t.equal(await readFile(path, 'utf8'), 'one')
  await file.undo()
  disk.fault = () => null
  await file.append(Buffer.from('three'))
  t.equal(await readFile(path, 'utf8'), 'onethree')
  await file.close()
})

const CHANGES: ReadonlySet<string> = new Set([
  'open',
  'write',
  'sync',
  'truncate',
  'rename',
  'remove',
  'syncFolder',
])
