// Power cuts, simulated: the database lies on ext4 in an image behind a loop device. While eight writers upload,
// they are stopped and the raw image is copied: what the file system had not handed to the device is lost, as in
// a power cut. The copy is mounted (the journal is replayed), opened, and looked through. Needs root and loop
// devices; says so where it is left out. `CYCLES` and `SEED` in the environment change what is done.
import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/kit/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import { seededRandom } from '../support/random.ts'
import { type Told, toldNothing, writeUntilKilled } from '../support/store-writer.ts'
import { tinyLedger } from '../support/tiny-ledger.ts'
import { verifyTold } from '../support/verify-told.ts'

const cycles = Number(process.env['CYCLES'] ?? 24)
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const MOUNTS = ['defaults', 'data=writeback', 'noauto_da_alloc,commit=60']
const IMAGE_MB = 192
const entry = fileURLToPath(new URL('../support/store-writer.ts', import.meta.url))
const log = { info: () => undefined, warn: () => undefined, error: console.error }

const random = seededRandom(seed)
const sum = { acknowledged: 0, changes: 0, wrong: 0 }
const root = await mkdtemp(join(tmpdir(), 'duplistatus-power-'))
try {
  if (await canMount()) {
    console.log(`${cycles} power cuts, seed ${seed}`)
    for (let cycle = 0; cycle < cycles; cycle++) await cut(MOUNTS[cycle % MOUNTS.length] ?? 'defaults')
    console.log(`${sum.acknowledged} runs and ${sum.changes} changes acknowledged: ${sum.wrong} wrong`)
    if (sum.wrong > 0 || sum.acknowledged === 0) process.exitCode = 1
  } else console.log('left out: this machine lets nobody mount a loop device')
} finally {
  await rm(root, { recursive: true, force: true })
}

async function cut(options: string): Promise<void> {
  const { image, folder } = await newDisk()
  const copy = join(root, 'after.img')
  const told = toldNothing()
  mount(image, folder, options)
  try {
    const { child, first, gone } = writeUntilKilled(entry, join(folder, 'data'), 0, told)
    await first
    await pause(random.between(50, 1500))
    child.kill('SIGSTOP')
    await pause(20)
    await copyFile(image, copy)
    child.kill('SIGKILL')
    const errors = await gone
    if (errors !== '') throw new Error(errors)
  } finally {
    run('umount', folder)
  }
  mount(copy, folder, 'defaults')
  try {
    await look(join(folder, 'data'), told, options)
  } finally {
    run('umount', folder)
  }
}

async function look(dir: string, told: Told, options: string): Promise<void> {
  const store = await openStore({ dir, disk: realDisk, clock: systemClock, ledger: tinyLedger, log })
  const wrong = await verifyTold(store, told, 'power cut')
  await store.close()
  for (const what of wrong) console.error(`${options}: ${what}`)
  sum.acknowledged += told.runs.size
  sum.changes += told.counter
  sum.wrong += wrong.length
}

async function newDisk(): Promise<{ image: string; folder: string }> {
  const image = join(root, 'before.img')
  const folder = join(root, 'mounted')
  await rm(image, { force: true })
  await mkdir(folder, { recursive: true })
  run('truncate', '-s', `${IMAGE_MB}M`, image)
  run('mkfs.ext4', '-q', '-F', image)
  return { image, folder }
}

async function canMount(): Promise<boolean> {
  try {
    const { image, folder } = await newDisk()
    mount(image, folder, 'defaults')
    run('umount', folder)
    return true
  } catch {
    return false
  }
}

function mount(image: string, folder: string, options: string): void {
  run('mount', '-o', `loop,${options}`, image, folder)
}

function run(command: string, ...args: string[]): void {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: path } })
}
