import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { realDisk } from '../../src/store/disk.ts'
import { openStore, type StoreOutside } from '../../src/store/open.ts'
import type { Store, StoreLog } from '../../src/store/store-shape.ts'
import { type SetClock, setClock } from './set-clock.ts'
import { tinyLedger } from './tiny-ledger.ts'

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: object
}

/** A log that remembers. */
export function memoryLog(): StoreLog & { readonly entries: LogEntry[] } {
  const entries: LogEntry[] = []
  const say = (level: LogEntry['level']) => (fields: object, message: string) => {
    entries.push({ level, message, fields })
  }
  return { entries, info: say('info'), warn: say('warn'), error: say('error') }
}

/** A folder of its own that goes with the test. */
export async function freshFolder(t: Test): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'duplistatus-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Opens a store with a tiny ledger; closed at the end of the test unless it was before. */
export async function open(t: Test, dir: string, more: Partial<StoreOutside> = {}): Promise<Store> {
  const clock: SetClock = setClock('2026-11-20T12:00:00Z')
  const store = await openStore({ dir, disk: realDisk, clock, ledger: tinyLedger, log: memoryLog(), ...more })
  t.teardown(() => store.close())
  return store
}
