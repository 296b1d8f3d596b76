import type { Actor, AuditLine } from '../actions/actor.ts'
import { type AddingLine, addMany } from '../actions/add-many.ts'
import { addServer } from '../actions/add-server.ts'
import { changeServer } from '../actions/change-server.ts'
import { createCollectDesk } from '../actions/collect-desk.ts'
import { collectDue } from '../actions/collect-due.ts'
import type { CollectProgress } from '../actions/collect-needs.ts'
import { collectRuns } from '../actions/collect-runs.ts'
import { noteLiveStatus, settleRunning } from '../actions/note-live-status.ts'
import { probeServer } from '../actions/probe-server.ts'
import { remoteLogFile } from '../actions/remote-log-file.ts'
import { runNow } from '../actions/run-now.ts'
import { watchProgress } from '../actions/watch-progress.ts'
import { Failure } from '../domain/failure.ts'
import { reachOf, secretName } from '../domain/remote-reach.ts'
import type { SealedSecret } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import { createRemoteServers } from '../duplicati/client.ts'
import { readDatabaseRow } from '../duplicati/database-row.ts'
import { writeCollectedFile } from '../duplicati/write-collected-file.ts'
import type { Clock } from '../kit/clock.ts'
import { newId } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store-shape.ts'
import { logLimit } from './reports.ts'
import { runFiles } from './run-files.ts'

export interface CollectingNeeds {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly zone: string
  secret(name: string): string | null
  seal(secret: string): SealedSecret
  audit(line: AuditLine): Promise<void>
  /** A job's running now has changed. */
  said(jobId: string): void
  onProgress(progress: CollectProgress | AddingLine): void
}

/** Looks at what runs at reachable servers; each server decides itself when its turn is. */
const LOOK_MS = 5000

export type Collecting = ReturnType<typeof collecting>

/** Everything that asks Duplicati servers, or hears from them while a run goes on. */
export function collecting(needs: CollectingNeeds) {
  const { store, clock } = needs
  const servers = createRemoteServers({ clock })
  const common = {
    clock,
    log: needs.log,
    state: store.state,
    change: store.change,
    servers,
    secret: needs.secret,
  }
  const collect = collectRuns({
    ...common,
    record: (arrival, log) => store.record(arrival, log),
    readRow: (row, about) =>
      readDatabaseRow(row, about.identity, {
        receivedAt: about.receivedAt,
        zone: about.zone ?? needs.zone,
        logLimitBytes: logLimit(store),
        origin: 'collected',
      }),
    newId,
  })
  const { audit, onProgress } = needs
  const desk = createCollectDesk({ clock, collect, audit, onProgress })
  const due = collectDue({
    clock,
    state: store.state,
    collect: (request) => collect({ ...request, onProgress: desk.heard }),
  })
  const watch = watchProgress({ ...common, said: needs.said, ended: due.soon })
  const live = { clock, state: store.state, change: store.change, said: needs.said }
  const looking = setInterval(() => void watch.look(), LOOK_MS)
  looking.unref()
  const probe = probeServer({ state: store.state, servers })
  const add = addServer({ ...common, seal: needs.seal, newId, audit })
  const adding = addMany({ add, log: needs.log, onProgress, added: (id, by) => desk.start([id], by) })
  return {
    collect,
    desk,
    due,
    watch,
    probe,
    /** Tries a server as it is stored, with the password that is stored for it. */
    async check(serverId: string, by: Actor) {
      const { servers: known } = store.state()
      const server = Object.hasOwn(known, serverId) ? known[serverId] : undefined
      if (server === undefined) throw new Failure('not-found', text('duplicati.failure.no-such-server'))
      return await probe(reachOf(server, needs.secret(secretName(serverId))), by)
    },
    add,
    adding,
    change: changeServer({ ...common, audit }),
    logFile: remoteLogFile({ ...common, write: writeCollectedFile, audit }),
    takeFile: runFiles({ store, clock, zone: needs.zone, audit }),
    jobs: runNow({ ...common, audit, said: needs.said }),
    noteLive: noteLiveStatus(live),
    settleRunning: settleRunning(live),
    async stop() {
      clearInterval(looking)
      await adding.stop()
      await Promise.all([desk.stop(), watch.stop()])
    },
  }
}

export type { Actor }
