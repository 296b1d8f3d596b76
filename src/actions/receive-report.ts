import { Failure } from '../domain/failure.ts'
import type { Arrival, RunLog } from '../domain/run.ts'
import type { Text } from '../domain/text.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'

/** A report as it came through a door. */
export interface Arrived {
  readonly body: Uint8Array
  readonly contentType: string | null
  readonly sender: string
  /** Server that the access token is for; the report must come from it. */
  readonly tokenServerId: string | null
}

/** `duplicate`: we had this run already, and this copy told nothing new. */
export interface ReceivedReport {
  readonly runId: string
  readonly duplicate: boolean
}

export interface ReceiveReportNeeds {
  readonly clock: Clock
  /** Reads a report; throws Failure `invalid` or `too-large`. Large ones are read in a worker. */
  read(body: Uint8Array, about: ReadAbout): Promise<{ arrival: Arrival; log: RunLog }>
  record(arrival: Arrival, log: RunLog): Promise<Recorded>
  /** Keeps a bounded, masked copy of what could not be read. Never throws. */
  reject(body: Uint8Array, reason: Text): Promise<void>
  /** Seconds until one more server or job may be made, 0 for now: floods of made-up ones are held back. */
  admitNew(what: 'server' | 'job'): Promise<number>
  /** What the arrival would make that is not there yet; null for nothing. */
  madeBy(arrival: Arrival): 'server' | 'job' | null
}

export interface ReadAbout {
  readonly contentType: string | null
  readonly receivedAt: Date
  readonly sender: string
}

export interface Recorded {
  readonly runId: string
  readonly duplicate: boolean
  readonly revised: boolean
}

/**
 * The main path: read, record, answer. Resolves only when the run is on disk (`record` has fsynced it).
 * What cannot be read is kept aside and the Failure goes to the sender.
 */
export function receiveReport(needs: ReceiveReportNeeds): (arrived: Arrived) => Promise<ReceivedReport> {
  return async (arrived) => {
    const receivedAt = needs.clock.now()
    const { arrival, log } = await readOrSetAside(needs, arrived, receivedAt)
    const made = needs.madeBy(arrival)
    if (made !== null) await refuseFloods(needs, made)
    const recorded = await needs.record(arrival, log)
    return { runId: recorded.runId, duplicate: recorded.duplicate && !recorded.revised }
  }
}

async function refuseFloods(needs: ReceiveReportNeeds, made: 'server' | 'job'): Promise<void> {
  const seconds = await needs.admitNew(made)
  if (seconds > 0) throw new Failure('too-many', text(TOO_MANY[made], { wait: { seconds } }))
}

const TOO_MANY = { server: 'report.too-many-servers', job: 'report.too-many-jobs' } as const

async function readOrSetAside(needs: ReceiveReportNeeds, arrived: Arrived, receivedAt: Date) {
  const about = { contentType: arrived.contentType, receivedAt, sender: arrived.sender }
  try {
    return await needs.read(arrived.body, about)
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid') await needs.reject(arrived.body, error.text)
    throw error
  }
}
