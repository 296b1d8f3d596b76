import type { RunningNow } from '../domain/job.ts'
import type { Identity } from '../domain/run.ts'
import { readMachineFacts } from './machine-facts.ts'
import { maskSecrets } from './mask.ts'
import { usableMoment } from './run-times.ts'
import { cleanText, countOf, type Fields, fieldsOf, ID_LIMIT, isFields, nameOf, shorten } from './values.ts'

/** A post of Duplicati while a run is going on (`http-report-status-url`, since 2.3.0.107 and 2.3.1). */
export interface LiveStatus {
  readonly identity: Identity
  readonly running: RunningNow
  /** Whether the run is over; its report comes on its own. */
  readonly finished: boolean
  readonly failed: boolean
  /** What went wrong, masked; null where nothing did. */
  readonly error: string | null
  readonly operatingSystem: string | null
  readonly destinationType: string | null
}

/** Whether a parsed document is a live status: it names an operation and its start, and has no `Data`. */
export function isLiveStatus(document: unknown): boolean {
  if (!isFields(document) || Object.hasOwn(document, 'Data')) return false
  const { operation, status, startedUtc } = document
  return typeof startedUtc === 'string' && (typeof operation === 'string' || typeof status === 'string')
}

/**
 * Reads a live status; `isLiveStatus` has looked at it. `heardAt` is when it reached us: it stands in for a start
 * that cannot be read. What is missing or unreadable is null.
 */
export function readLiveStatus(
  document: unknown,
  about: { heardAt: Date; sender: string | null },
): LiveStatus {
  const fields = fieldsOf(document)
  const metadata = fieldsOf(fields['metadata'])
  const progress = fieldsOf(fields['progress'])
  const status = nameOf(fields['status'], 60)?.toLowerCase() ?? ''
  const failed = status === 'failed'
  const heardAt = about.heardAt.toISOString()
  const { operatingSystem, destinationType } = readMachineFacts(
    {},
    {
      'operating-system-detailed': metadata['operatingSystemDetailed'],
      'operating-system': metadata['operatingSystem'],
      'destination-type': metadata['destinationType'],
    },
  )
  return {
    identity: identityOf(metadata, about.sender),
    finished: failed || status === 'completed' || fields['isCompleted'] === true,
    failed,
    error: typeof fields['errorMessage'] === 'string' ? errorText(fields['errorMessage']) : null,
    operatingSystem,
    destinationType,
    running: {
      operation: nameOf(fields['operation'], 60) ?? 'Unknown',
      startedAt: usableMoment(fields['startedUtc'], 'UTC', about.heardAt.getTime() + 86_400_000) ?? heardAt,
      heardAt,
      phase: nameOf(progress['phase'], 100),
      progress: ratioOf(progress['progress']),
      bytesPerSecond: null,
      filesDone: countOf(progress['filesProcessed']),
      // While files are still being counted the totals are what was found so far.
      filesTotal: progress['countingFiles'] === true ? null : countOf(progress['fileCount']),
      bytesDone: countOf(progress['fileSizeProcessed']),
      bytesTotal: progress['countingFiles'] === true ? null : countOf(progress['fileSize']),
      source: 'live',
      status: 'running',
      taskId: null,
    },
  }
}

function identityOf(metadata: Fields, sender: string | null): Identity {
  return {
    machineId: nameOf(metadata['machineId'], ID_LIMIT),
    machineName: nameOf(metadata['machineName']),
    backupId: nameOf(metadata['backupId'], ID_LIMIT),
    backupName: nameOf(metadata['backupName']),
    sender,
  }
}

function ratioOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null
}

function errorText(message: string): string | null {
  return shorten(cleanText(maskSecrets(message)).trim(), 2000) || null
}
