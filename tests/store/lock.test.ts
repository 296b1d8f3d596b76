import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { listenAt, takeLock } from '../../src/store/lock.ts'
import { takeFileLock } from '../../src/store/lock-file.ts'
import { freshFolder } from '../support/open-store.ts'

t.test(
  'Of many that start at once exactly one gets the folder, with and without a dead lock in it',
  async (t) => {
    const dir = await freshFolder(t)
    for (let round = 0; round < 4; round++) {
      if (round > 1) await leaveDeadSocket(dir)
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(dir)))
      const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      t.equal(held.length, 1, `round ${round}`)
      t.ok(
        outcomes.every(
          (outcome) => outcome.status === 'fulfilled' || /store.open.inUse/.test(outcome.reason.message),
        ),
      )
      for (const lock of held) await lock.release()
      t.same(await readdir(dir), [], 'nothing is left')
    }
  },
)

t.test('A folder with a path too long for a socket is locked all the same', async (t) => {
  const dir = join(await freshFolder(t), 'x'.repeat(60), 'y'.repeat(60))
  await mkdir(dir, { recursive: true })
  const lock = await takeLock(dir)
  t.same(await readdir(dir), ['.lock'])
  await t.rejects(takeLock(dir), { message: new RegExp(`store.open.inUse.*${dir}`) })
  await lock.release()
  await (await takeLock(dir)).release()
  t.same(await readdir(dir), [])
})

t.test('The same folder under another name is the same folder', async (t) => {
  const parent = await freshFolder(t)
  await mkdir(join(parent, 'data'))
  await symlink(join(parent, 'data'), join(parent, 'other'))
  const lock = await takeLock(join(parent, 'data'))
  await t.rejects(takeLock(join(parent, 'other')), /store.open.inUse/)
  await lock.release()
})

t.test('A process that lives and says nothing holds its folder', async (t) => {
  const dir = await freshFolder(t)
  const mute = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => mute.listen(join(dir, '.lock'), resolve))
  await t.rejects(takeLock(dir), /store.open.inUse/)
  mute.close()
})

t.test('A name that was cleared away by mistake is put back', async (t) => {
  const dir = await freshFolder(t)
  const lock = await takeLock(dir)
  // As another that saw a dead lock before would do it, a moment too late.
  await rename(join(dir, '.lock'), join(dir, '.away'))
  await link(join(dir, '.away'), join(dir, '.lock'))
  await rm(join(dir, '.away'))
  await t.rejects(takeLock(dir), /store.open.inUse/)
  await lock.release()
})

t.test('Where sockets cannot be, a file stands in', async (t) => {
  const dir = await freshFolder(t)
  const noSockets = async () => {
    throw Object.assign(new Error('no sockets here'), { code: 'EOPNOTSUPP' })
  }
  const lock = await takeLock(dir, noSockets)
  t.same(await readdir(dir), ['.lock-file'])
  await t.rejects(takeLock(dir, noSockets), /store.open.inUse/)
  await lock.release()
  t.same(await readdir(dir), [])
  const other = async () => {
    throw Object.assign(new Error('out of memory'), { code: 'ENOMEM' })
  }
  await t.rejects(takeLock(dir, other), { code: 'ENOMEM' })
})

t.test('A lock file goes on beating, and is taken over when its holder is gone', async (t) => {
  const dir = await freshFolder(t)
  const path = join(dir, '.lock-file')
  const lock = await takeFileLock(dir, 10)
  const { mtimeMs } = await stat(path)
  while ((await stat(path)).mtimeMs === mtimeMs) await pause(5)
  const mine = await readFile(path, 'utf8')
  await lock.release()
  const holder = JSON.parse(mine)

  const left: [string, string, boolean][] = [
    ['the machine started again', JSON.stringify({ ...holder, boot: 'another' }), true],
    ['its process is gone', JSON.stringify({ ...holder, pid: 4_000_000, started: '1' }), true],
    ['its number belongs to another process', JSON.stringify({ ...holder, started: '1' }), true],
    ['it lives in another container', JSON.stringify({ ...holder, space: 'pid:[1]', started: '1' }), false],
    ['it lives', mine, false],
    ['it says nothing of itself', '{}', false],
    ['it is being written', '', false],
  ]
  for (const [name, content, taken] of left) {
    await writeFile(path, content)
    if (!taken) await t.rejects(takeFileLock(dir), /store.open.inUse/, name)
    else {
      const lock = await takeFileLock(dir)
      t.match(JSON.parse(await readFile(path, 'utf8')), { pid: process.pid, boot: holder.boot }, name)
      await lock.release()
    }
  }
  await utimes(path, new Date(0), new Date(0))
  const late = await takeFileLock(dir)
  await writeFile(path, 'of another')
  await late.release()
  t.equal(await readFile(path, 'utf8'), 'of another', 'what belongs to another is left')
  await t.rejects(takeFileLock(join(dir, 'nowhere')), { code: 'ENOENT' })
})

t.test('Of many that find a stale lock file exactly one gets it', async (t) => {
  const dir = await freshFolder(t)
  await writeFile(join(dir, '.lock-file'), '{}')
  await utimes(join(dir, '.lock-file'), new Date(0), new Date(0))
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => takeFileLock(dir)))
  const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  t.equal(held.length, 1)
  for (const lock of held) await lock.release()
})

/** A socket file whose process is gone, as `kill -9` leaves it. */
async function leaveDeadSocket(dir: string): Promise<void> {
  const server = await listenAt(join(dir, '.live'), 'dead')
  await link(join(dir, '.live'), join(dir, '.lock'))
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
