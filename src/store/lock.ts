import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, rename, rm, symlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from './disk.ts'
import { inUse } from './fault.ts'
import { takeFileLock } from './lock-file.ts'

/** Held until `release`; the kernel releases it on any death of the process. */
export interface Lock {
  release(): Promise<void>
}

/** Longest path of a unix socket that is safe everywhere: Node cuts longer ones without a word. */
const LONGEST_PATH = 100
const NO_SOCKETS = [
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EINVAL',
  'EACCES',
  'ENOSYS',
  'EAFNOSUPPORT',
  'ENAMETOOLONG',
]

/**
 * Makes this process the only one that writes to the folder, by listening on a unix socket in it: works across
 * containers, and a socket whose process is gone refuses to connect. Where the file system knows no sockets a
 * file with a heartbeat stands in. Throws Failure `conflict` where another process has the folder.
 */
export async function takeLock(dir: string, listen: typeof listenAt = listenAt): Promise<Lock> {
  const short = await shortWay(dir)
  const path = join(short.path, '.lock')
  const own = join(short.path, `.lock-${randomBytes(4).toString('hex')}`)
  const name = randomBytes(16).toString('hex')
  let server: Server | null = null
  try {
    server = await listen(own, name)
    let stale = false
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await claim(own, path)) {
        // Someone who looked before we came may still clear our name away: only who is found there has it.
        await pause(stale ? 25 : 5)
        if ((await answerOf(path)) === name) return await held(server, path, own, short.end)
      }
      const answer = await answerOf(path)
      if (answer !== null && answer !== name) throw inUse(dir)
      if (answer === null) {
        stale = true
        await clearAway(path, `${own}-old`)
      }
    }
    throw inUse(dir)
  } catch (error) {
    server?.close()
    await rm(own, { force: true }).catch(() => undefined)
    await short.end()
    if (!NO_SOCKETS.includes(errorCode(error))) throw error
    return takeFileLock(dir)
  }
}

/** Listens at a path and tells whoever connects its name. */
export function listenAt(path: string, name: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(name)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      server.unref()
      resolve(server)
    })
  })
}

/** Gives our socket the name that counts, unless there is one. */
async function claim(own: string, path: string): Promise<boolean> {
  return link(own, path).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'EEXIST') return false
      throw error
    },
  )
}

/** Takes a dead socket's name away; puts it back where it turned out to be a living one. */
async function clearAway(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  if ((await answerOf(aside)) !== null) await rename(aside, path)
  else await rm(aside, { force: true })
}

/** What the process behind a socket is called; '' where it lives and says nothing; null where it is gone. */
function answerOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(path)
    const end = (value: string | null) => {
      socket.destroy()
      resolve(value)
    }
    let connected = false
    socket.setTimeout(1000, () => end(connected ? answer : ''))
    socket.once('connect', () => {
      connected = true
    })
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    socket.once('end', () => end(answer))
    socket.once('error', () => end(connected ? answer : null))
  })
}

async function held(server: Server, path: string, own: string, end: () => Promise<void>): Promise<Lock> {
  await rm(own, { force: true })
  return {
    async release() {
      await rm(path, { force: true }).catch(() => undefined)
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await end()
    },
  }
}

/** A way to the folder that is short enough for a socket. */
export async function shortWay(
  dir: string,
  descriptors = '/proc/self/fd',
): Promise<{ readonly path: string; end(): Promise<void> }> {
  if (join(dir, '.lock-12345678-old').length <= LONGEST_PATH) return { path: dir, end: async () => undefined }
  const folder = await open(dir, constants.O_RDONLY)
  const viaProc = `${descriptors}/${folder.fd}`
  const proc = await open(viaProc, constants.O_RDONLY).catch(() => null)
  if (proc !== null) {
    await proc.close()
    return { path: viaProc, end: () => closeQuietly(folder) }
  }
  await folder.close()
  const name = join(tmpdir(), `duplistatus-${randomBytes(4).toString('hex')}`)
  await symlink(dir, name)
  return { path: name, end: () => rm(name, { force: true }).catch(() => undefined) }
}

function closeQuietly(folder: FileHandle): Promise<void> {
  return folder.close().catch(() => undefined)
}
