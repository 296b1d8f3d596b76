import type { LiveWord } from '../actions/note-live-status.ts'
import type { Arrived, ReadAbout, ReceivedReport } from '../actions/receive-report.ts'
import { receiveReport } from '../actions/receive-report.ts'
import { Failure } from '../domain/failure.ts'
import { madeBy } from '../domain/place.ts'
import { text } from '../domain/text.ts'
import { decodeBody } from '../duplicati/decode.ts'
import { createLargeReports } from '../duplicati/large-reports.ts'
import { isLiveStatus, readLiveStatus } from '../duplicati/live-status.ts'
import { maskBytes } from '../duplicati/mask.ts'
import { readReport } from '../duplicati/report.ts'
import type { Clock } from '../kit/clock.ts'
import { inStep } from '../kit/in-step.ts'
import type { Store } from '../store/store-shape.ts'

/** From here on a body is read in a worker (`docs/decisions`): below, the copy would cost more than the parse. */
const LARGE_BYTES = 1024 * 1024

/** In turns of the event loop, some ten microseconds each: the reports of eight senders come together, and one alone feels nothing. */
const GATHERING = { quiet: 4, most: 40 }

/** The report address: parser, worker and store, introduced to each other. */
export interface ReportDesk {
  receive(arrived: Arrived): Promise<ReceivedReport>
  /** A live status post; gives the id of its job, null where we do not know it. Throws Failure `invalid`. */
  receiveLive(body: Uint8Array, sender: string): Promise<string | null>
  close(): Promise<void>
}

export function reportDesk(house: {
  store: Store
  clock: Clock
  zone: string
  admitNew: (what: 'server' | 'job') => Promise<number>
  noteLive: (word: LiveWord) => Promise<string | null>
}): ReportDesk {
  const { store, clock } = house
  const large = createLargeReports()
  const together = inStep(GATHERING)
  const facts = (about: ReadAbout) => ({
    ...about,
    zone: house.zone,
    logLimitBytes: logLimit(store),
    origin: 'report' as const,
  })
  const receive = receiveReport({
    clock,
    read: async (body, about) => {
      if (body.length > LARGE_BYTES) return large.read(body, facts(about))
      await together()
      return readReport(body, facts(about))
    },
    record: (arrival, log) => store.record(arrival, log),
    reject: (body, reason) => store.reject(maskBytes(body), reason),
    admitNew: house.admitNew,
    madeBy: (arrival) => madeBy(store.state(), arrival),
  })
  const receiveLive = async (body: Uint8Array, sender: string) => {
    const document = liveDocument(body)
    if (document === null) throw new Failure('invalid', text('live.refused'))
    return house.noteLive(readLiveStatus(document, { heardAt: clock.now(), sender }))
  }
  return {
    receiveLive,
    close: () => large.close(),
    async receive(arrived) {
      // Both addresses are easily mixed up in Duplicati's options: a live status is welcome here too.
      if (!mayBeLive(arrived.body) || liveDocument(arrived.body) === null) return receive(arrived)
      await receiveLive(arrived.body, arrived.sender)
      return { runId: '', duplicate: false }
    },
  }
}

/** A look at the bytes: parsing every report twice would cost too much. */
function mayBeLive(body: Uint8Array): boolean {
  if (body.length > LARGE_BYTES) return false
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  return !bytes.subarray(0, BEGIN.length).equals(BEGIN) && bytes.includes('"startedUtc"')
}

/** How Duplicati begins a report, and never a live status. */
const BEGIN = Buffer.from('{"Data":')

/** The document of a live status; null where it is something else. */
function liveDocument(body: Uint8Array): unknown {
  if (body.length > LARGE_BYTES) return null
  try {
    const document: unknown = JSON.parse(decodeBody(body, null))
    return isLiveStatus(document) ? document : null
  } catch {
    return null
  }
}

/** Bytes of log text kept with a run: a setting, 2 MB by default. */
export function logLimit(store: Pick<Store, 'state'>): number {
  const value = store.state().settings['retention.log_bytes_per_run']
  return typeof value === 'number' && value > 0 ? value : 2 * 1024 * 1024
}
