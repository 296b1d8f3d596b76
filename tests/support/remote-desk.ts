import type { AuditLine } from '../../src/actions/actor.ts'
import { addServer } from '../../src/actions/add-server.ts'
import { collectDue } from '../../src/actions/collect-due.ts'
import { collectRuns } from '../../src/actions/collect-runs.ts'
import { noteLiveStatus, settleRunning } from '../../src/actions/note-live-status.ts'
import { probeServer } from '../../src/actions/probe-server.ts'
import { runNow } from '../../src/actions/run-now.ts'
import { watchProgress } from '../../src/actions/watch-progress.ts'
import type { SealedSecret } from '../../src/domain/state.ts'
import { createRemoteServers } from '../../src/duplicati/client.ts'
import { readDatabaseRow } from '../../src/duplicati/database-row.ts'
import type { Limits } from '../../src/duplicati/exchange.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { newId } from '../../src/kit/ids.ts'
import type { Log } from '../../src/kit/log.ts'
import type { Store } from '../../src/store/store-shape.ts'

export interface RemoteHouse {
  readonly store: Pick<Store, 'state' | 'change' | 'record'>
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'error'>
  /** Zone for times without one, where the server's own is not known. */
  readonly zone: string
  /** Opens a sealed secret of the state; null where there is none, or it cannot be opened. */
  secret(name: string): string | null
  seal(secret: string): SealedSecret
  audit(line: AuditLine): Promise<void>
  /** Something runs, or runs no more. */
  said(jobId: string): void
  readonly limits?: Partial<Limits>
}

const LOG_BYTES = 2 * 1024 * 1024

/** What `src/wiring/collecting.ts` puts together, without its timers: a test says itself when something happens. */
export function remoteDesk(house: RemoteHouse) {
  const { store, clock, log, secret, said, audit } = house
  const servers = createRemoteServers({ clock, ...(house.limits ? { limits: house.limits } : {}) })
  const state = () => store.state()
  const change = (step: Parameters<Store['change']>[0]) => store.change(step)
  const common = { clock, log, state, change, servers, secret, newId, audit, said }
  const collect = collectRuns({
    ...common,
    record: (arrival, lines) => store.record(arrival, lines),
    readRow: (row, { identity, receivedAt, zone }) =>
      readDatabaseRow(row, identity, {
        receivedAt,
        zone: zone ?? house.zone,
        logLimitBytes: logBytes(store),
        origin: 'collected',
      }),
  })
  const due = collectDue({ clock, state, collect })
  const { run, stop } = runNow(common)
  return {
    collect,
    collectDue: due.tick,
    probe: probeServer(common),
    add: addServer({ ...common, seal: house.seal }),
    run,
    stop,
    noteLiveStatus: noteLiveStatus(common),
    settleRunning: settleRunning(common),
    progress: watchProgress({ ...common, ended: due.soon }),
  }
}

/** Bytes of log text kept with a run: a setting, 2 MB by default. */
function logBytes(store: Pick<Store, 'state'>): number {
  const value = store.state().settings['retention.log_bytes_per_run']
  return typeof value === 'number' && value > 0 ? value : LOG_BYTES
}
