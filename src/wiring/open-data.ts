import { noteDowntime } from '../domain/downtime.ts'
import { createLedger } from '../domain/ledger.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Settings } from '../settings/read.ts'
import type { Disk } from '../store/disk.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store-shape.ts'
import { lockSettings } from './locked-settings.ts'
import type { DataSteps } from './outside.ts'
import { storeLog } from './store-log.ts'

/** The database as the program starts with it: settings of the environment in place, our own downtime noted. */
export function openData(
  settings: Settings,
  { clock, disk, log, data }: { clock: Clock; disk: Disk; log: Log; data: DataSteps },
): Promise<Store> {
  return openStore({
    ...data,
    dir: settings.dataDir,
    disk,
    clock,
    ledger: createLedger(),
    log: storeLog(log),
    starting: (state, downtime) => {
      const locked = lockSettings(state, settings.locked)
      return downtime === null ? locked : noteDowntime(locked, downtime.from, downtime.to)
    },
  })
}
