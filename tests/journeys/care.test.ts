import { readdirSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { trashOf } from '../../src/domain/trash.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { type Disk, realDisk } from '../../src/store/disk.ts'
import { foldersIn } from '../../src/store/folders.ts'
import { type Migration, SCHEMA_VERSION } from '../../src/store/migrations/registry.ts'
import { readTar } from '../../src/store/read-tar.ts'
import { unpackArchive } from '../../src/store/restore.ts'
import { tarEnd, tarHeader, tarPadding } from '../../src/store/tar-header.ts'
import type { DataSteps } from '../../src/wiring/outside.ts'
import { careRounds } from '../support/care-rounds.ts'
import { differences, everythingSeen } from '../support/everything-seen.ts'
import { setClock } from '../support/set-clock.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

const NOW = '2026-11-20T12:00:00.000Z'
const ALL = { runs: 100, pages: true }

t.test('an export restored on an empty folder gives the same bytes everywhere', async (t) => {
  const clock = setClock(NOW)
  const house = await smallHouse({ days: 8, now: clock.now(), clock })
  t.teardown(() => house.close())
  await house.app.calendar.now('overdue')
  const who = await signedIn(house.app, 'administrator')
  const before = await everythingSeen(house.app, who, ALL)
  t.ok(before.size > 60, `${before.size} answers and topics`)
  const archive = await download(house, who)

  const empty = await smallHouse({ days: 0, clock })
  const there = await signedIn(empty.app, 'administrator')
  t.equal((await upload(empty, there, archive)).status, 303)
  t.match(await (await empty.get('/settings/database/restore', there)).text(), /comes from another/)
  t.equal((await agree(empty, there)).status, 200)
  await empty.app.stop()
  const restored = await startAgain(empty, clock)
  t.teardown(() => restored.stop())
  t.equal(
    (await fetch(`${restored.urls.public}settings/database`, { headers: who, redirect: 'manual' })).status,
    303,
    'everybody signs in again',
  )
  const again = await signedIn(restored, 'administrator')
  t.same(differences(before, await everythingSeen(restored, again, ALL)), [])
})

t.test('an archive that cannot be used is refused with a sentence, and nothing is lost', async (t) => {
  const clock = setClock(NOW)
  const house = await smallHouse({ days: 3, now: clock.now(), clock })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const good = await download(house, who)
  const tar = gunzipSync(good)
  const before = await everythingSeen(house.app, who, { runs: 20, pages: false })
  const flipped = Buffer.from(good)
  flipped[good.length >> 1] = (flipped[good.length >> 1] ?? 0) ^ 0xff
  const state = (await membersOf(tar)).find(([name]) => name === 'db.json')?.[1] ?? Buffer.alloc(0)
  const withState = (change: object) =>
    tarOf([['db.json', JSON.stringify({ ...JSON.parse(String(state)), ...change })]])
  for (const [what, bytes, sentence] of [
    ['cut in the middle', good.subarray(0, good.length >> 1), /damaged or ends early/],
    ['cut at the end', good.subarray(0, good.length - 4), /damaged or ends early/],
    ['with a flipped bit', flipped, /damaged or ends early/],
    ['a plain tar that ends early', tar.subarray(0, tar.length >> 1), /damaged or ends early/],
    ['of another product', gzipSync(tarOf([['notes.txt', 'hello']])), /not an archive of duplistatus/],
    ['with a database of another product', tarOf([['db.json', '{"users":[]}']]), /damaged/],
    ['with a database that is no JSON', tarOf([['db.json', 'SQLite format 3']]), /damaged/],
    ['with a state in which nothing fits', withState({ jobs: 5, servers: null }), /damaged/],
    ['of a later version', withState({ schemaVersion: 99 }), /made by a later version .*99/],
    ['that climbs out of the folder', tarOf([['../../db.json', '{}']]), /not an archive/],
    ['whose only file is a link', tarOf([['db.json', '']], '2'), /not an archive/],
    ['with a size that is no number', damagedSize(tarOf([['db.json', '{}']])), /damaged/],
    [
      'with a state larger than any',
      tarHeader({ name: 'db.json', length: 2 ** 32, at: new Date(NOW) }),
      /not an arch/,
    ],
    ['with more members than there are months', manyMembers(), /not an archive/],
    [
      'with a sea of zeros behind its end',
      gzipSync(Buffer.concat([tar, Buffer.alloc(20_000_000)])),
      /damaged/,
    ],
    ['that is empty', Buffer.alloc(0), /not an archive|damaged/],
    ['no archive at all', Buffer.from('<html>'), /damaged/],
  ] as const) {
    const answer = await upload(house, who, Buffer.from(bytes))
    t.equal(answer.status, 400, `${what} is refused`)
    t.match(await answer.text(), sentence, what)
    t.notOk(readdirSync(house.dir).includes('restore-pending'), `${what} leaves nothing behind`)
  }
  t.same(differences(before, await everythingSeen(house.app, who, { runs: 20, pages: false })), [])
  t.equal((await agree(house, who)).status, 409, 'there is nothing to agree to')
  t.equal((await upload(house, who, tar)).status, 303, 'a plain tar is taken as well')
})

t.test(
  'an archive that unpacks to more than there is room for stops while there is room for reports',
  async (t) => {
    const house = await smallHouse({ days: 0 })
    t.teardown(() => house.close())
    let free = 200_000_000
    const disk: Disk = {
      ...realDisk,
      // As if each look found what a hundred megabytes more had taken.
      freeBytes: async () => {
        free -= 100_000_000
        return Math.max(free, 0)
      },
    }
    const bomb = gzipSync(
      Buffer.concat([
        tarHeader({ name: 'runs/2026-11-001.ndjson', length: 40_000_000, at: new Date(NOW) }),
        Buffer.alloc(40_000_000),
        tarEnd(),
      ]),
    )
    t.ok(bomb.length < 100_000)
    const folders = foldersIn(house.dir)
    await t.rejects(unpackArchive(disk, folders, Readable.from([bomb], { objectMode: false })), {
      code: 'no-room',
    })
    t.notOk(readdirSync(house.dir).includes('restore-pending'))
  },
)

t.test(
  'an archive of an earlier version of the data is restored on the page, one of a later refused',
  async (t) => {
    const clock = setClock(NOW)
    const house = await smallHouse({ days: 3, now: clock.now(), clock })
    t.teardown(() => house.close())
    const early = await download(house, await signedIn(house.app, 'administrator'))
    const { size } = house.app.house.store.history
    const next: Migration = {
      to: SCHEMA_VERSION + 1,
      what: 'shouts',
      state: (state) => ({ ...state, features: { ...(state['features'] as object), second: true } }),
      run: (run) => ({ ...run, parsedResult: 'SUCCESS' }),
    }
    const data = { migrations: [next], schemaVersion: next.to }
    const later = await smallHouse({ days: 0 })
    await later.app.stop()
    const open = () => startAgain(later, clock, data)
    const upgraded = { ...later, app: await open() }
    const who = await signedIn(upgraded.app, 'administrator')
    t.equal((await upload(upgraded, who, early)).status, 303)
    const page = await fetch(`${upgraded.app.urls.public}settings/database/restore`, { headers: who })
    t.match(await page.text(), /The archive is good/)
    t.equal((await agree(upgraded, who)).status, 200)
    await upgraded.app.stop()
    const restored = { ...later, app: await open() }
    const { store } = restored.app.house
    t.equal(store.history.size, size)
    t.equal(store.state().schemaVersion, next.to)
    t.same(store.state().features['second'], true)
    const [row] = store.history.latest(1)
    t.match(await store.run(row?.no ?? 0), { parsedResult: 'SUCCESS' })
    const late = await download(restored, await signedIn(restored.app, 'administrator'))
    const refused = await upload(house, await signedIn(house.app, 'administrator'), late)
    t.equal(refused.status, 400)
    t.match(await refused.text(), /made by a later version/)
    t.equal(house.app.house.store.history.size, size, 'what is here stays')
    await restored.app.stop()
    rmSync(later.dir, { recursive: true, force: true })
  },
)

t.test('whatever is removed or merged and undone is exactly as before', async (t) => {
  const clock = setClock(NOW)
  const house = await smallHouse({ days: 12, now: clock.now(), clock })
  t.teardown(() => house.close())
  await house.app.calendar.now('overdue')
  const who = await signedIn(house.app, 'administrator')
  const { steps, wrong } = await careRounds(house.app, who, { runs: 100, pages: true, days: 5 })
  t.same(wrong, [])
  t.equal(steps, 9)
})

t.test('the trash is emptied after seven days, not before', async (t) => {
  const clock = setClock(NOW)
  const house = await smallHouse({ days: 5, now: clock.now(), clock })
  t.teardown(() => house.close())
  const { care, store } = house.app.house
  const by = { who: 'Ada', from: 'here', administrator: true }
  const [job] = Object.values(store.state().jobs)
  const no = store.history.latest(500).find((row) => row.jobId === job?.id)?.no ?? 0
  await care.remove({ kind: 'job', jobId: job?.id ?? '' }, by)
  const away = `trash/${trashOf(store.state())[0]?.id}/undo`
  clock.add(7 * 86_400_000 - 1000)
  await house.app.calendar.now('trash')
  t.equal(trashOf(store.state()).length, 1, 'a second before it can still be brought back')
  t.ok(await store.run(no))
  clock.add(2000)
  await house.app.calendar.now('trash')
  t.same(trashOf(store.state()), [])
  t.equal(await store.run(no), null, 'its runs are deleted for good')
  t.equal(store.state().jobs[job?.id ?? ''], undefined)
  const who = await signedIn(house.app, 'administrator')
  t.notMatch(await (await house.get('/settings/database', who)).text(), away)
})

async function download(house: SmallHouse, who: Visitor): Promise<Buffer> {
  const answer = await fetch(`${house.app.urls.public}settings/database/archive`, { headers: who })
  return Buffer.from(await answer.arrayBuffer())
}

function upload(house: SmallHouse, who: Visitor, bytes: Buffer): Promise<Response> {
  const body = new FormData()
  body.set('archive', new Blob([bytes]), 'archive.tar.gz')
  return post(house, who, '/settings/database/restore', body)
}

function agree(house: SmallHouse, who: Visitor): Promise<Response> {
  return post(house, who, '/settings/database/restore/agree', new URLSearchParams())
}

function post(
  house: SmallHouse,
  who: Visitor,
  path: string,
  body: FormData | URLSearchParams,
): Promise<Response> {
  const address = `${house.app.urls.public.replace(/\/$/, '')}${path}`
  return fetch(address, {
    method: 'POST',
    headers: { ...who, Accept: 'text/html' },
    redirect: 'manual',
    body,
  })
}

function startAgain(house: SmallHouse, clock: ReturnType<typeof setClock>, data: DataSteps = {}) {
  const settings = readSettings({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: house.dir, TZ: 'UTC' }, '/none')
  return createApp(settings, { clock, data, log: createLog({ level: 'error' }) })
}

async function membersOf(tar: Buffer): Promise<[name: string, bytes: Buffer][]> {
  const members: [string, Buffer][] = []
  for await (const { name, body } of readTar(Readable.from([tar]))) {
    const pieces: Uint8Array[] = []
    for await (const piece of body) pieces.push(piece)
    members.push([name, Buffer.concat(pieces)])
  }
  return members
}

function tarOf(members: readonly (readonly [name: string, body: string])[], kind = '0'): Buffer {
  const at = new Date(NOW)
  return Buffer.concat([
    ...members.flatMap(([name, body]) => {
      const bytes = Buffer.from(body)
      const header = tarHeader({ name, length: bytes.length, at })
      header.write(kind, 156, 'latin1')
      return [summed(header), bytes, tarPadding(bytes.length)]
    }),
    tarEnd(),
  ])
}

/** A header whose sum is right again after a change. */
function summed(header: Buffer): Buffer {
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

function damagedSize(tar: Buffer): Buffer {
  const header = tar.subarray(0, 512)
  header.write('\x80 so big \0', 124, 'latin1')
  summed(header)
  return tar
}

function manyMembers(): Buffer {
  const header = tarHeader({ name: 'x', length: 0, at: new Date(NOW) })
  return gzipSync(Buffer.concat([...Array.from({ length: 20_001 }, () => header), tarEnd()]))
}
