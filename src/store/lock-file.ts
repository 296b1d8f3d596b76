import { randomBytes } from 'node:crypto'
import { link, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from './disk.ts'
import { inUse } from './fault.ts'
import type { Lock } from './lock.ts'

const BEAT_MS = 5000
/** A holder that did not move its file for so long is gone. */
const STALE_MS = 30_000
const SETTLE_MS = 50

/** Who holds the file: enough to see that the holder died with its machine or in our own set of processes. */
interface Holder {
  readonly boot: string
  readonly space: string
  readonly pid: number
  readonly started: string
}

/**
 * The lock where unix sockets cannot be: a file made by one process alone, whose time it moves on every five
 * seconds. Stale after a restart of the machine, when its process is gone, or after 30 s without a beat.
 */
export async function takeFileLock(dir: string, beatMs = BEAT_MS, staleMs = STALE_MS): Promise<Lock> {
  const path = join(dir, '.lock-file')
  const me = JSON.stringify({ ...(await holder(process.pid)), name: randomBytes(8).toString('hex') })
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await make(path, me)) {
      // Someone who looked before we came may still clear our file away: only who is found there has it.
      await pause(SETTLE_MS)
      if ((await contentOf(path)) === me) return beating(path, me, beatMs)
    }
    const found = await contentOf(path)
    if (found === me || !(await isStale(path, found, staleMs))) throw inUse(dir)
    await clearAway(path, found)
  }
  throw inUse(dir)
}

async function make(path: string, me: string): Promise<boolean> {
  try {
    await writeFile(path, me, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes a stale file away; puts it back where it turned out to be another one, made since. */
async function clearAway(path: string, stale: string): Promise<void> {
  const aside = `${path}-${randomBytes(4).toString('hex')}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return
  if ((await contentOf(aside)) !== stale) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function contentOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

function beating(path: string, me: string, beatMs: number): Lock {
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, beatMs)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      if ((await contentOf(path)) === me) await rm(path, { force: true })
    },
  }
}

async function isStale(path: string, content: string, staleMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null || Date.now() - found.mtimeMs > staleMs) return true
  const other = parse(content)
  if (other === null) return false
  const me = await holder(other.pid)
  if (other.boot !== me.boot) return true
  return other.space === me.space && other.started !== me.started
}

async function holder(pid: number): Promise<Holder> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const space = await readlink('/proc/self/ns/pid').catch(() => '')
  const facts = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // Field 22 is the start time; the name before it may hold blanks and ends with a bracket.
  const started = facts.slice(facts.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return { boot: boot.trim(), space, pid, started }
}

function parse(content: string): Holder | null {
  try {
    const value = JSON.parse(content) as Partial<Holder> | null
    return typeof value?.pid === 'number'
      ? { boot: '', space: '', started: '', ...value, pid: value.pid }
      : null
  } catch {
    return null
  }
}
