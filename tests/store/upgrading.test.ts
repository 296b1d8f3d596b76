import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { realDisk } from '../../src/store/disk.ts'
import { foldersIn } from '../../src/store/folders.ts'
import type { Migration } from '../../src/store/migrations/registry.ts'
import { markReady, PENDING, unpackArchive } from '../../src/store/restore.ts'
import type { Store } from '../../src/store/store-shape.ts'
import { arrival, runLog } from '../support/arrivals.ts'
import { faultyDisk, nth } from '../support/faulty-disk.ts'
import { freshFolder, memoryLog, open } from '../support/open-store.ts'
import { setClock } from '../support/set-clock.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The next version of the data, as it may be one day. */
const NEXT: readonly Migration[] = [
  {
    to: 2,
    what: 'shouts',
    state: (state) => ({ ...state, features: { ...(state['features'] as object), second: true } }),
    run: (run) => ({ ...run, parsedResult: 'SUCCESS' }),
  },
]
const LATER = { migrations: NEXT, schemaVersion: 2 }
const takeLock = async () => ({ release: async () => undefined })

/** A folder with so many runs in it, closed. */
async function filled(t: Test, runs: number): Promise<string> {
  const dir = await freshFolder(t)
  const store = await open(t, dir)
  for (let n = 1; n <= runs; n++) await store.record(arrival(n), runLog(n))
  await store.close()
  return dir
}

/** What a reader sees of a database. */
async function seen(store: Store): Promise<unknown> {
  const rows = store.history.latest(1000)
  const runs = []
  for (const { no } of rows) runs.push({ run: await store.run(no), log: await store.log(no) })
  const { servers, jobs, settings } = store.state()
  return JSON.parse(JSON.stringify({ rows, runs, servers, jobs, settings }))
}

t.test('Going back to the version before works as docs/upgrading.md writes it', async (t) => {
  const dir = await filled(t, 4)
  const first = await open(t, dir)
  const before = await seen(first)
  await first.close()
  const log = memoryLog()
  const upgraded = await open(t, dir, { ...LATER, log, clock: setClock('2026-11-22T02:20:00Z') })
  t.match(await upgraded.run(2), { parsedResult: 'SUCCESS' })
  await upgraded.record(arrival(9), runLog(9))
  await upgraded.close()
  t.same(
    log.entries.map(({ message }) => message).filter((message) => !/is open/.test(message)),
    [
      'Found 1 pending migration: 1 to 2 (shouts).',
      `Database copy created: ${join(dir, 'backups', 'v1-before-v2-2026-11-22T02-20-00Z')}. To go back, stop, and put its db.json, runs and logs in place.`,
      'Migrated 2026-11-001.ndjson.',
      'Migration completed.',
    ],
    'the log can be followed',
  )
  await t.rejects(open(t, dir), { message: /store.open.newer/ }, 'the earlier version refuses it until then')

  const page = readFileSync(join(root, 'docs/upgrading.md'), 'utf8')
  const [, commands = ''] = /## Going back[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? []
  t.match(commands, /backups\/v1-before-v2-2026-11-22T02-20-00Z/, 'the page names the copy as it is named')
  execFileSync('sh', ['-e', '-c', commands], { cwd: dir })
  const back = await open(t, dir)
  t.same(await seen(back), before, 'everything is as it was before the upgrade')
  await (await back.record(arrival(20), runLog(2))).committed
  const later = await seen(back)
  await back.close()

  const again = await open(t, dir, { ...LATER, clock: setClock('2026-11-29T08:00:00Z') })
  t.equal(again.history.size, 5)
  await again.close()
  t.same((await readdir(join(dir, 'backups'))).sort(), [
    'v1-before-v2-2026-11-22T02-20-00Z',
    'v1-before-v2-2026-11-29T08-00-00Z',
  ])
  const other = await freshFolder(t)
  await cp(join(dir, 'backups', 'v1-before-v2-2026-11-29T08-00-00Z'), other, { recursive: true })
  t.same(await seen(await open(t, other)), later, 'the new copy has what came in between')
})

t.test('An upgrade that was killed goes on with the copy it had made', async (t) => {
  const before = await filled(t, 2)
  const disk = faultyDisk()
  disk.fault = nth(1, 'EIO', ({ op, path }) => op === 'rename' && path.endsWith('db.json'))
  await t.rejects(
    open(t, before, { ...LATER, disk, takeLock, clock: setClock('2026-11-22T02:20:00Z') }),
    /EIO/,
  )
  const store = await open(t, before, { ...LATER, takeLock, clock: setClock('2026-11-22T02:21:00Z') })
  t.match(await store.run(1), { parsedResult: 'SUCCESS' })
  const copies = await readdir(join(before, 'backups'))
  t.same(copies, ['v1-before-v2-2026-11-22T02-20-00Z'])
  t.match(store.state().remarks, [{ text: { values: { copy: join(before, 'backups', copies[0] ?? '') } } }])
})

t.test('An archive of an earlier version is brought up; one of a later version is refused', async (t) => {
  const dir = await filled(t, 3)
  const store = await open(t, dir)
  const tar = await bytesOf(store.exportTar())
  await store.close()
  const target = await filled(t, 1)
  const folders = foldersIn(target)
  const pending = await unpackArchive(realDisk, folders, Readable.from([tar], { objectMode: false }))
  const looked = await open(t, pending, { ...LATER, takeLock })
  t.match(await looked.run(3), { parsedResult: 'SUCCESS' })
  await looked.close()
  await markReady(realDisk, folders, 'before-restore-now')
  const restored = await open(t, target, { ...LATER, takeLock })
  t.equal(restored.history.size, 3)
  t.equal(restored.state().schemaVersion, 2)
  const late = await bytesOf(restored.exportTar())
  await restored.close()
  const early = await filled(t, 1)
  const refused = await unpackArchive(
    realDisk,
    foldersIn(early),
    Readable.from([late], { objectMode: false }),
  )
  await t.rejects(open(t, refused, { takeLock }), { message: /store.open.newer/ })
  t.equal((await open(t, early)).history.size, 1, 'an archive that nobody agreed to is thrown away')
  t.notOk((await readdir(early)).includes(PENDING))
})

t.test(
  'A restore that dies at any step is finished by the next start, and both databases are whole',
  async (t) => {
    const archive = await filled(t, 3)
    const inside = await open(t, archive)
    await inside.journal('audit').append({ at: '2026-11-20T12:00:00Z', what: 'in the archive' })
    const wanted = await seen(inside)
    const tar = await bytesOf(inside.exportTar())
    await inside.close()
    const start = await filled(t, 5)
    const own = await open(t, start)
    await own.journal('incidents').append({ at: '2026-11-20T12:00:00Z', what: 'here before' })
    const kept = await seen(own)
    await own.close()
    const pending = await unpackArchive(
      realDisk,
      foldersIn(start),
      Readable.from([tar], { objectMode: false }),
    )
    await (await open(t, pending, { takeLock })).close()
    await markReady(realDisk, foldersIn(start), 'before-restore-now')
    let finished = false
    let n = 0
    while (!finished) {
      const dir = await freshFolder(t)
      await cp(start, dir, { recursive: true })
      const disk = faultyDisk()
      // The process is gone from there on: nothing after the nth change happens.
      let isDead = false
      const kills = nth(++n, 'EIO', ({ op }) => CHANGES.has(op))
      disk.fault = (call) => {
        isDead ||= kills(call) !== null
        return isDead ? 'EIO' : null
      }
      finished = await open(t, dir, { disk, takeLock }).then(
        async (store) => {
          const isWell = !isDead
          await store.close().catch(() => undefined)
          return isWell
        },
        () => false,
      )
      const restored = await open(t, dir, { takeLock })
      const same = JSON.stringify(await seen(restored)) === JSON.stringify(wanted)
      const { entries } = await restored.journal('audit').read({ limit: 5 })
      await restored.close()
      const before = await freshFolder(t)
      await cp(join(dir, 'backups', 'before-restore-now'), before, { recursive: true })
      const old = await open(t, before, { takeLock })
      const whole = JSON.stringify(await seen(old)) === JSON.stringify(kept)
      const incidents = await old.journal('incidents').read({ limit: 5 })
      await old.close()
      if (!same || !whole || entries.length !== 1 || incidents.entries.length !== 1)
        t.fail(`killed at change ${n}: restored ${same}, kept ${whole}`)
      for (const one of [dir, before]) await rm(one, { recursive: true })
    }
    t.ok(n > 15, `${n} changes, a kill at each of them`)
  },
)

t.test('Of what stood aside for a restore the last three are kept', async (t) => {
  const dir = await filled(t, 1)
  const folders = foldersIn(dir)
  for (const n of [1, 2, 3, 4]) {
    const store = await open(t, dir, { takeLock })
    const tar = await bytesOf(store.exportTar())
    await store.close()
    await unpackArchive(realDisk, folders, Readable.from([tar], { objectMode: false }))
    await markReady(realDisk, folders, `before-restore-${n}`)
    await (await open(t, dir, { takeLock })).close()
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  t.same((await readdir(join(dir, 'backups'))).sort(), [
    'before-restore-2',
    'before-restore-3',
    'before-restore-4',
  ])
})

t.test('Every released version of the data opens for ever', async (t) => {
  const fixtures = join(root, 'tests', 'fixtures', 'data')
  for (const name of (await readdir(fixtures)).filter((one) => one.endsWith('.tar.gz'))) {
    const dir = await freshFolder(t)
    const expected = JSON.parse(await readFile(join(fixtures, name.replace('.tar.gz', '.json')), 'utf8'))
    const tar = gunzipSync(await readFile(join(fixtures, name)))
    const folder = await unpackArchive(realDisk, foldersIn(dir), Readable.from([tar], { objectMode: false }))
    const store = await open(t, folder, { takeLock })
    t.same(await seen(store), expected, name)
    t.match(await store.check(), { badLines: 0, badLogs: 0, missingPacks: 0 })
    t.ok((await store.journal('audit').read({ limit: 5 })).entries.length > 0)
  }
})

const CHANGES: ReadonlySet<string> = new Set([
  'write',
  'sync',
  'truncate',
  'link',
  'rename',
  'remove',
  'makeFolder',
  'syncFolder',
])

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
