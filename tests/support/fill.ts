import { createLedger } from '../../src/domain/ledger.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { readReport } from '../../src/duplicati/report.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import type { Recorded, Store } from '../../src/store/store-shape.ts'
import { keepClosedIncidents } from '../../src/wiring/chores.ts'
import type { ServerNote, TimedReport } from './generator.ts'

/** Runs that are recorded at once: they share an fsync. */
const AT_ONCE = 256

export interface FillOptions {
  readonly reports: Iterable<TimedReport>
  /** What the clock shows when the folder is closed: the moment at which the program seems to have run last. */
  readonly until: Date
  readonly zone?: string
  readonly notes?: readonly ServerNote[]
  /**
   * Seconds of the reports' time after which silence is noticed, as the program does every minute; undefined where
   * nobody looks.
   */
  readonly sweepEveryS?: number
  /** Called before the folder is closed, for what else should stand in it. */
  readonly finish?: (store: Store) => Promise<void>
}

/**
 * Fills a data folder by the parser and the store themselves, report by report in the time of the reports, some
 * thousands a second. Gives how many were new.
 */
export async function fillFolder(dir: string, options: FillOptions): Promise<number> {
  const clock = steppingClock()
  const store = await openStore({ dir, disk: realDisk, clock, ledger: createLedger(), log: QUIET })
  let recorded = 0
  let batch: Promise<Recorded>[] = []
  const settle = async () => {
    for (const one of await Promise.all(batch)) recorded += one.duplicate ? 0 : 1
    batch = []
  }
  const notice = async (at: Date) => {
    await settle()
    clock.set(at)
    await store.settled()
    await store.change((state) => sweep(state, at))
    await keepClosedIncidents(store)
  }
  let noticeAt = Number.NEGATIVE_INFINITY
  for (const { received, document } of options.reports) {
    if (options.sweepEveryS !== undefined && received.getTime() >= noticeAt) {
      if (noticeAt > 0) await notice(new Date(noticeAt))
      noticeAt = received.getTime() + options.sweepEveryS * 1000
    }
    clock.set(received)
    const { arrival, log } = readReport(Buffer.from(JSON.stringify(document)), {
      contentType: 'application/json',
      receivedAt: received,
      sender: '192.168.1.20',
      zone: options.zone ?? 'UTC',
      logLimitBytes: 2 * 1024 * 1024,
      origin: 'report',
    })
    batch.push(store.record(arrival, log))
    if (batch.length >= AT_ONCE) await settle()
  }
  await settle()
  clock.set(options.until)
  if (options.sweepEveryS !== undefined) await notice(options.until)
  await store.change((state) => withNotes(state, options.notes ?? []))
  await keepClosedIncidents(store)
  await options.finish?.(store)
  await store.touchAlive()
  await store.close()
  return recorded
}

function withNotes(state: ReturnType<Store['state']>, notes: readonly ServerNote[]) {
  const servers = Object.values(state.servers).map((server) => {
    const note = notes.find((one) => one.machineId === server.machineId)
    return [
      server.id,
      note === undefined ? server : { ...server, alias: note.alias, note: note.note },
    ] as const
  })
  return notes.length === 0 ? state : { ...state, servers: Object.fromEntries(servers) }
}

function steppingClock(): Clock & { set(at: Date): void } {
  let now = new Date(0)
  return {
    now: () => now,
    elapsedMs: () => performance.now(),
    set(at) {
      now = at
    },
  }
}

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }
