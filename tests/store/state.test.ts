import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createLedger } from '../../src/domain/ledger.ts'
import { RUN_RESULTS } from '../../src/domain/run.ts'
import type { State } from '../../src/domain/state.ts'
import { arrival } from '../support/arrivals.ts'
import { faultyDisk, nth } from '../support/faulty-disk.ts'
import { freshFolder, open } from '../support/open-store.ts'
import { tinyLedger } from '../support/tiny-ledger.ts'

const set = (name: string, value: unknown) => (state: State) => ({
  ...state,
  settings: { ...state.settings, [name]: value },
})

const onDisk = async (dir: string) => JSON.parse(await readFile(join(dir, 'db.json'), 'utf8')) as State

t.test('A change is on disk when it resolves, and the version before it beside', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const state = await store.change(set('a', 1))
  t.equal(state, store.state())
  t.same(await onDisk(dir), store.state())
  await store.change(set('a', 2))
  t.equal((await onDisk(dir)).settings['a'], 2)
  const before = JSON.parse(await readFile(join(dir, 'db.json.bak'), 'utf8')) as State
  t.equal(before.settings['a'], 1)
})

t.test('Changes come one after another and share writes', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  disk.calls.length = 0
  const count = (state: State) => set('n', Number(state.settings['n'] ?? 0) + 1)(state)
  const states = await Promise.all(Array.from({ length: 100 }, () => store.change(count)))
  t.equal(store.state().settings['n'], 100)
  t.ok(states.every((state) => Number(state.settings['n']) <= 100))
  const renames = disk.calls.filter(({ op, path }) => op === 'rename' && path.endsWith('db.json'))
  t.equal(renames.length, 1, 'a hundred changes in one turn are one write')
})

t.test('Readers see only what is committed', async (t) => {
  const store = await open(t, await freshFolder(t))
  const before = store.state()
  const change = store.change(set('a', 1))
  t.equal(store.state(), before)
  await change
  t.equal(store.state().settings['a'], 1)
})

t.test('No change, no write', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  disk.calls.length = 0
  const { mtimeMs } = await stat(join(dir, 'db.json'))
  t.equal(await store.change((state) => state), store.state())
  t.same(
    disk.calls.filter(({ path }) => !path.endsWith('/alive')),
    [],
    'but for the sign of life of the start',
  )
  t.equal((await stat(join(dir, 'db.json'))).mtimeMs, mtimeMs)
  const [real, same] = await Promise.all([store.change(set('a', 1)), store.change((state) => state)])
  t.equal(same, real, 'one that arrives while another waits sees that one')
})

t.test('A function that throws is refused alone', async (t) => {
  const store = await open(t, await freshFolder(t))
  const bug = store.change(() => {
    throw new Error('a bug')
  })
  const fine = store.change(set('a', 1))
  await t.rejects(bug, /a bug/)
  t.equal((await fine).settings['a'], 1)
})

t.test(
  'Whatever step of a write fails, its callers are refused, memory equals disk, and later ones succeed',
  async (t) => {
    const ops = ['open', 'write', 'sync', 'link', 'rename', 'syncFolder'] as const
    const dbFile = /db\.json/
    for (const op of ops) {
      for (let n = 1; n <= 4; n++) {
        const dir = await freshFolder(t)
        const disk = faultyDisk()
        const store = await open(t, dir, { disk })
        await store.change(set('a', 'before'))
        let failed = false
        const fails = nth(
          n,
          'ENOSPC',
          (call) => call.op === op && (dbFile.test(call.path) || call.path === dir),
        )
        // The ballast must not save it: this is about what a refusal leaves behind.
        disk.fault = (call) => {
          if (call.op === 'stat' && call.path.endsWith('.ballast')) return 'EACCES'
          const fault = fails(call)
          failed ||= fault !== null
          return fault
        }
        const outcome = await store.change(set('a', 'after')).then(
          () => 'kept',
          (error) => error.code,
        )
        disk.fault = () => null
        const name = `${op} ${n}`
        t.equal(outcome, failed ? 'no-room' : 'kept', name)
        t.equal(store.state().settings['a'], failed ? 'before' : 'after', name)
        t.same(await onDisk(dir), store.state(), `${name}: memory equals disk`)
        t.equal(store.health().mode, failed ? 'full' : 'ok')
        await store.change(set('b', 1))
        t.equal(store.health().mode, 'ok')
        t.same(await onDisk(dir), store.state())
        t.same(
          (await onDisk(dir)).settings,
          { a: failed ? 'before' : 'after', b: 1 },
          `${name}: nothing refused comes back`,
        )
        await store.close()
      }
    }
  },
)

t.test('A change that rested on a refused one is worked out again without it', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  disk.fault = (call) => (call.op === 'stat' && call.path.endsWith('.ballast') ? 'EACCES' : nthRename(call))
  const nthRename = nth(1, 'ENOSPC', ({ op, path }) => op === 'rename' && path.endsWith('db.json'))
  const first = store.change(set('list', ['first']))
  first.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  const second = store.change((state) =>
    set('list', [...((state.settings['list'] as string[]) ?? []), 'second'])(state),
  )
  await t.rejects(first, /no-room/)
  t.same((await second).settings['list'], ['second'])
})

t.test('Runs stay folded in when a commit fails, and are committed once there is room', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  disk.fault = (call) => {
    if (call.op === 'stat' && call.path.endsWith('.ballast')) return 'EACCES'
    return call.op === 'write' && call.path.includes('db.json') ? 'ENOSPC' : null
  }
  const told = await store.record(arrival(1), null)
  await t.rejects(store.change(set('a', 1)), /no-room/)
  t.equal(store.state().foldedUpTo, 0)
  disk.fault = () => null
  await store.change(set('b', 2))
  await told.committed
  t.equal(store.state().foldedUpTo, 1)
  t.match(store.state().jobs[told.jobId], { note: '1 1 0 2' }, 'folded in exactly once')
  t.same(store.state().settings, { b: 2 })
})

t.test('The ballast makes room for a commit on a full disk', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  const store = await open(t, dir, { disk })
  const ballast = join(dir, 'tmp', '.ballast')
  t.equal((await stat(ballast)).size, 4 * 1024 * 1024)
  disk.fault = nth(1, 'EDQUOT', ({ op, path }) => op === 'write' && path.includes('db.json'))
  await store.change(set('a', 1))
  await t.rejects(stat(ballast), { code: 'ENOENT' })
  t.same(await onDisk(dir), store.state())
  t.equal(store.health().mode, 'ok')
})

t.test('After an input or output error the store is read-only and still serves what it has', async (t) => {
  for (const code of ['EIO', 'EROFS']) {
    const dir = await freshFolder(t)
    const disk = faultyDisk()
    const store = await open(t, dir, { disk })
    const { no, committed } = await store.record(arrival(1), null)
    await committed
    const pending = await store.record(arrival(2), null)
    disk.fault = ({ op, path }) => (op === 'sync' && path.includes('db.json') ? code : null)
    await t.rejects(store.change(set('a', 1)), /store.readOnly/)
    await t.rejects(pending.committed, /store.readOnly/)
    disk.fault = () => null
    t.match(store.health(), { mode: 'read-only', note: /injected/ })
    t.ok(store.health().since)
    await t.rejects(store.change(set('a', 1)), /store.readOnly/)
    await t.rejects(store.record(arrival(3), null), /store.readOnly/)
    await t.rejects(store.journal('audit').append({ at: '2026-11-20T12:00:00Z' }), /store.readOnly/)
    await t.rejects(store.compact(), /store.readOnly/)
    t.match(await store.run(no), { no })
    await store.close()
    const again = await open(t, dir)
    t.equal(again.history.size, 2)
    t.equal(again.state().foldedUpTo, 2, 'what was acknowledged is folded in again')
    t.same(again.state().settings, {})
  }
})

t.test('File systems without hard links keep the version before as a copy', async (t) => {
  const dir = await freshFolder(t)
  const disk = faultyDisk()
  disk.fault = ({ op }) => (op === 'link' ? 'EPERM' : null)
  const store = await open(t, dir, { disk })
  await store.change(set('a', 1))
  await store.change(set('a', 2))
  const before = JSON.parse(await readFile(join(dir, 'db.json.bak'), 'utf8')) as State
  t.equal(before.settings['a'], 1)
})

t.test('A merge or a delete between placing and writing never loses a run', async (t) => {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  const first = await store.record(arrival(1), null)
  await first.committed
  // While the next run is on its way its job goes, and another takes over its backup id.
  const underway = store.record(arrival(2), null)
  const change = store.change((state) => {
    const { [first.jobId]: gone, ...jobs } = state.jobs
    return gone === undefined
      ? state
      : { ...state, jobs: { ...jobs, job_other: { ...gone, id: 'job_other' } } }
  })
  const [second] = await Promise.all([underway, change])
  await second.committed
  await store.change((state) => ({ ...state }))
  await store.close()
  const again = await open(t, dir)
  t.equal(again.history.size, 2)
  t.equal(again.history.row(second.no)?.jobId, 'job_other')
  t.match(await again.run(second.no), { jobId: 'job_other', rev: 1 })
  t.same(Object.keys(again.state().jobs), ['job_other'])
})

t.test('Folding again gives the very same state, whatever was committed when the process died', async (t) => {
  let seed = 42
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * n)
  }
  for (let round = 0; round < 8; round++) {
    const dir = await freshFolder(t)
    const disk = faultyDisk()
    const ledger = round % 2 === 0 ? tinyLedger : createLedger()
    const store = await open(t, dir, { disk, ledger })
    const cutAt = random(40)
    for (let i = 0; i < 40; i++) {
      // From here on no commit reaches the disk, as if the process were about to be killed.
      if (i === cutAt) {
        await store.change((state) => ({ ...state }))
        disk.fault = ({ op, path }) => (op === 'rename' && path.endsWith('db.json') ? 'EMFILE' : null)
      }
      const n = random(25)
      const result = RUN_RESULTS[random(RUN_RESULTS.length)] ?? 'unknown'
      const more = { machine: `m${random(3)}`, job: `j${random(2)}`, messages: random(50), result }
      await store.record(arrival(n, more), null)
    }
    const whenKilled = await readFile(join(dir, 'db.json'))
    disk.fault = () => null
    const live = await store.change((state) => ({ ...state }))
    t.same(await onDisk(dir), live)
    await store.close()
    await writeFile(join(dir, 'db.json'), whenKilled)
    const folded = await open(t, dir, { ledger })
    t.ok(
      live.foldedUpTo > (JSON.parse(whenKilled.toString()) as State).foldedUpTo,
      'something was not committed',
    )
    t.same(folded.state(), live)
    await folded.close()
    const { rm } = await import('node:fs/promises')
    await rm(join(dir, 'db.json'))
    await rm(join(dir, 'db.json.bak'))
    const rebuilt = await open(t, dir, { ledger })
    t.same(rebuilt.state().jobs, live.jobs, 'even from the lines alone')
    t.same(rebuilt.state().servers, live.servers)
    t.equal(rebuilt.state().foldedUpTo, live.foldedUpTo)
  }
})

t.test('The ledger used here notices a fold too many', (t) => {
  const run = { ...arrival(1), no: 1, rev: 0, serverId: 'srv_1', jobId: 'job_1' }
  const placed = tinyLedger.place(
    { servers: {}, jobs: {} } as unknown as State,
    run,
    (kind) => `${kind}_1`,
  ).state
  const once = tinyLedger.fold(placed, run)
  t.notSame(tinyLedger.fold(once, run), once)
  t.end()
})
