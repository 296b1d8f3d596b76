import type { Arrival, Identity, RunLog, RunOrigin } from '../domain/run.ts'
import { sha256 } from '../kit/ids.ts'
import { decodeBody } from './decode.ts'
import { openText, type ReportDocument } from './document.ts'
import { Doubts } from './doubts.ts'
import { figure, readFigures, readQuota } from './figures.ts'
import { isIdentified, readIdentity } from './identity.ts'
import { isUneven } from './log-entry.ts'
import { type LogReading, readLog } from './log-reading.ts'
import { readMachineFacts } from './machine-facts.ts'
import { maskSecrets } from './mask.ts'
import { readOperation } from './operation.ts'
import { ownFigures } from './own-figures.ts'
import { readPhases, worstOf } from './phases.ts'
import { readResult } from './result.ts'
import { readRunTimes, usableMoment } from './run-times.ts'
import { cleanText, type Fields, fieldsOf, flagOf, shorten } from './values.ts'
import { readVersions } from './versions.ts'

/** What is known of a report beside its body. */
export interface ReportAbout {
  /** A hint only: what the body looks like decides. */
  readonly contentType: string | null
  readonly receivedAt: Date
  /** Address it came from; null where it came otherwise. */
  readonly sender: string | null
  /** Zone for times that come without one. */
  readonly zone: string
  /** Bytes of log text that are kept. */
  readonly logLimitBytes: number
  readonly origin: RunOrigin
}

export interface ReadReport {
  readonly arrival: Arrival
  readonly log: RunLog
}

/**
 * Reads a report in any shape that Duplicati has sent since 2.0.6: JSON, text, either inside a form. Nothing it gives
 * holds a secret, and all of it may go to another thread. Pure; time and memory grow with the length of the body.
 * Throws Failure `invalid` that says what is missing where the body is no report.
 */
export function readReport(body: Uint8Array, about: ReportAbout): ReadReport {
  const document = openText(decodeBody(body, about.contentType))
  const identity = readIdentity(document.extra, about.sender)
  return readRun(document, { ...about, identity, bodyHash: sha256(body), writtenAt: null })
}

/** Facts of a run that its document does not tell itself. */
export interface RunAbout extends Omit<ReportAbout, 'contentType' | 'sender'> {
  readonly identity: Identity
  readonly bodyHash: string
  /** When the row of the job database was written, in milliseconds; stands in for an end that is missing. */
  readonly writtenAt: number | null
}

/** Reads an opened document, for a caller that knows whose run it is. */
export function readRun(document: ReportDocument, about: RunAbout): ReadReport {
  const { data, extra } = document
  const doubts = new Doubts()
  const operation = readOperation(data, extra, doubts)
  const log = readLog(
    {
      logLines: document.logLines,
      messages: data['Messages'],
      warnings: data['Warnings'],
      errors: data['Errors'],
    },
    about.logLimitBytes,
    isUneven(about.zone, about.receivedAt) ? about.zone : null,
  )
  const phases = readPhases(data, about)
  const counts = countLines(data, log, doubts)
  const outcome = readOutcome(document, counts, worstOf(phases), doubts)
  const complete = outcome.result !== 'fatal' && !outcome.interrupted
  const times = readRunTimes(data, about, doubts)
  if (log.longLines > 0) doubts.add('long-lines', { count: log.longLines })
  if (!isIdentified(about.identity)) doubts.add('unidentified')
  const latest = about.receivedAt.getTime()
  const arrival: Arrival = {
    identity: about.identity,
    origin: about.origin,
    operation,
    ...outcome,
    dryRun: flagOf(data['Dryrun']),
    exception: exceptionText(document.exception),
    ...times,
    received: about.receivedAt.toISOString(),
    figures: readFigures(data, operation, complete, doubts),
    quota: readQuota(data),
    phases,
    versionTimes: readVersions(log.retention, { ...about, begin: times.begin }),
    ...counts,
    firstWarnings: log.firstWarnings,
    firstErrors: log.firstErrors,
    ...readMachineFacts(data, extra),
    nextScheduled: readNextScheduled(extra['next-scheduled-run'], times.begin, latest),
    lastVersionAt: usableMoment(
      fieldsOf(data['BackendStatistics'])['LastBackupDate'],
      about.zone,
      latest + DAY_MS,
    ),
    ownFigures: ownFigures(operation, data),
    bodyHash: about.bodyHash,
    doubts: doubts.texts(),
  }
  return { arrival, log: { lines: log.lines, linesLeftOut: log.linesLeftOut, raw: document.kept() } }
}

const DAY_MS = 86_400_000
const FIVE_YEARS_MS = 5 * 366 * DAY_MS
const LONGEST_EXCEPTION = 4000

/** A schedule that was not moved on (a run by hand, a clock set back) announces the past: that is no announcement. */
function readNextScheduled(value: unknown, begin: string | null, latestMs: number): string | null {
  const next = usableMoment(value, 'UTC', latestMs + FIVE_YEARS_MS)
  return next === null || begin === null || Date.parse(next) >= Date.parse(begin) ? next : null
}

/** A report without any result is an error even where it says no more. */
function readOutcome(
  document: ReportDocument,
  counts: { warnings: number; errors: number },
  phases: Arrival['result'],
  doubts: Doubts,
): Pick<Arrival, 'result' | 'parsedResult' | 'interrupted' | 'partial'> {
  const empty = Object.keys(document.data).length === 0
  const outcome = readResult(document.data, { ...counts, exception: document.exception, phases }, doubts)
  return empty && outcome.result === 'unknown' ? { ...outcome, result: 'error' } : outcome
}

/** As many as the report says, but no fewer than we saw. */
function countLines(
  data: Fields,
  seen: LogReading,
  doubts: Doubts,
): Pick<Arrival, 'warnings' | 'errors' | 'messages'> {
  const count = (field: string, atLeast: number) => Math.max(figure(data, field, doubts) ?? 0, atLeast)
  return {
    warnings: count('WarningsActualLength', seen.warnings),
    errors: count('ErrorsActualLength', seen.errors),
    messages: count('MessagesActualLength', seen.messages),
  }
}

function exceptionText(exception: string | null): string | null {
  return exception === null ? null : shorten(cleanText(maskSecrets(exception)), LONGEST_EXCEPTION)
}
