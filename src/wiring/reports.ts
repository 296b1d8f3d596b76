import type { Arrived, ReadAbout, ReceivedReport } from '../actions/receive-report.ts'
import { receiveReport } from '../actions/receive-report.ts'
import { text } from '../domain/text.ts'
import { createLargeReports } from '../duplicati/large-reports.ts'
import { maskBytes } from '../duplicati/mask.ts'
import { readReport } from '../duplicati/report.ts'
import type { Clock } from '../kit/clock.ts'
import type { Store } from '../store/store-shape.ts'

/** From here on a body is read in a worker (`docs/decisions`): below, the copy would cost more than the parse. */
const LARGE_BYTES = 1024 * 1024

/** The report address: parser, worker and store, introduced to each other. */
export interface ReportDesk {
  receive(arrived: Arrived): Promise<ReceivedReport>
  close(): Promise<void>
}

export function reportDesk(house: {
  store: Store
  clock: Clock
  zone: string
  admitNewServer: (sender: string) => Promise<boolean>
}): ReportDesk {
  const { store, clock } = house
  const large = createLargeReports()
  const facts = (about: ReadAbout) => ({
    ...about,
    zone: house.zone,
    logLimitBytes: logLimit(store),
    origin: 'report' as const,
  })
  const receive = receiveReport({
    clock,
    read: async (body, about) =>
      body.length > LARGE_BYTES ? large.read(body, facts(about)) : readReport(body, facts(about)),
    record: (arrival, log) => store.record(arrival, log),
    reject: (body, reason) => store.reject(maskBytes(body), text(reason)),
    admitNewServer: house.admitNewServer,
    isKnown: (arrival) => {
      const { machineId, machineName } = arrival.identity
      return Object.values(store.state().servers).some(
        (server) =>
          (machineId !== null && server.machineId === machineId) ||
          (machineId === null && server.name === machineName),
      )
    },
  })
  return { receive, close: () => large.close() }
}

/** Bytes of log text kept with a run: a setting, 2 MB by default. */
function logLimit(store: Store): number {
  const value = store.state().settings['retention.log_bytes_per_run']
  return typeof value === 'number' && value > 0 ? value : 2 * 1024 * 1024
}
