import { type ChildProcess, spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store-shape.ts'
import { arrival, runLog } from './arrivals.ts'
import { plainEnvironment } from './plain-environment.ts'
import { setClock } from './set-clock.ts'
import { tinyLedger } from './tiny-ledger.ts'

const ORDER = 'write-until-killed'
const WRITERS = 8
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * What a process was told before it died. `runs`: number by the n of the arrival; `deleted`: numbers whose
 * deletion was confirmed; `deleting`: those it had begun to delete; `counter`: the last change of the state.
 */
export interface Told {
  readonly runs: Map<number, number>
  readonly deleting: Set<number>
  readonly deleted: Set<number>
  counter: number
}

export function toldNothing(): Told {
  return { runs: new Map(), deleting: new Set(), deleted: new Set(), counter: 0 }
}

/**
 * Starts a process that uploads with eight writers, changes the state, deletes and compacts, and writes what it
 * was told to its output. `entry` is this file as JavaScript. `gone` resolves with what it had to complain of.
 */
export function writeUntilKilled(
  entry: string,
  dir: string,
  from: number,
  told: Told,
): { readonly child: ChildProcess; readonly first: Promise<void>; readonly gone: Promise<string> } {
  const child = spawn(process.execPath, [entry, ORDER, dir, String(from)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment(),
  })
  let rest = ''
  let errors = ''
  const first = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  child.stderr.on('data', (bytes) => {
    errors += String(bytes)
  })
  child.stdout.on('data', (bytes) => {
    const lines = (rest + String(bytes)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) note(told, line)
  })
  const gone = new Promise<string>((resolve) => child.once('close', () => resolve(errors)))
  return { child, first: Promise.race([first, gone.then(() => undefined)]), gone }
}

function note(told: Told, line: string): void {
  const [what, a = 0, b = 0] = line.split(' ').map((part, i) => (i === 0 ? part : Number(part))) as [
    string,
    number,
    number,
  ]
  if (what === 'run') told.runs.set(a, b)
  if (what === 'deleting') told.deleting.add(a)
  if (what === 'deleted') told.deleted.add(a)
  if (what === 'counter') told.counter = Math.max(told.counter, a)
}

/** Machines, jobs and months of the nth arrival, so that all of them are written to at once. */
export function nthArrival(n: number) {
  return arrival(n, { machine: `machine-${n % 3}`, job: `job-${n % 7}` })
}

async function write(dir: string, from: number): Promise<void> {
  const clock = setClock('2026-11-01T00:00:00Z')
  const store = await openStore({ dir, disk: realDisk, clock, ledger: tinyLedger, log: QUIET })
  let next = from
  const say = (line: string) => writeSync(1, `${line}\n`)
  const writer = async () => {
    for (;;) {
      const n = next++
      // Months pass quickly, so that there are files to compact.
      clock.set(new Date(Date.UTC(2026, 10 + Math.floor(n / 150), 1)))
      const { no } = await store.record(nthArrival(n), n % 3 === 0 ? null : runLog((n % 20) + 1))
      say(`run ${n} ${no}`)
    }
  }
  await Promise.all([...Array.from({ length: WRITERS }, writer), change(store, say), tidy(store, say)])
}

async function change(store: Store, say: (line: string) => void): Promise<never> {
  for (;;) {
    const counter = Number(store.state().settings['counter'] ?? 0) + 1
    await store.change((state) => ({ ...state, settings: { ...state.settings, counter } }))
    say(`counter ${counter}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function tidy(store: Store, say: (line: string) => void): Promise<never> {
  for (;;) {
    const old = store.history.latest(40, 100).filter(({ no }) => no % 3 === 0)
    for (const { no } of old) say(`deleting ${no}`)
    await store.remove(old.map(({ no }) => no))
    for (const { no } of old) say(`deleted ${no}`)
    await store.compact()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

if (process.argv[2] === ORDER) await write(process.argv[3] ?? '', Number(process.argv[4]))
