import { NO_FIGURES } from '../domain/no-figures.ts'
import type { Figures, Quota } from '../domain/run.ts'
import type { Doubts } from './doubts.ts'
import { readStamp } from './times.ts'
import { countOf, type Fields, fieldsOf, flagOf } from './values.ts'

/** Where the figures of a backup stand in its result. */
const BACKUP = fieldTable({
  sourceBytes: 'SizeOfExaminedFiles',
  sourceFiles: 'ExaminedFiles',
  addedFiles: 'AddedFiles',
  addedBytes: 'SizeOfAddedFiles',
  modifiedFiles: 'ModifiedFiles',
  modifiedBytes: 'SizeOfModifiedFiles',
  deletedFiles: 'DeletedFiles',
  openedFiles: 'OpenedFiles',
  openedBytes: 'SizeOfOpenedFiles',
  addedFolders: 'AddedFolders',
  modifiedFolders: 'ModifiedFolders',
  deletedFolders: 'DeletedFolders',
  addedSymlinks: 'AddedSymlinks',
  modifiedSymlinks: 'ModifiedSymlinks',
  deletedSymlinks: 'DeletedSymlinks',
  notProcessedFiles: 'NotProcessedFiles',
  tooLargeFiles: 'TooLargeFiles',
  filesWithError: 'FilesWithError',
  timestampChangedFiles: 'TimestampChangedFiles',
})

/** A sync has a source too, under other names. */
const SYNC = fieldTable({
  sourceBytes: 'SizeOfSourceFiles',
  sourceFiles: 'SourceFiles',
  deletedFiles: 'FilesDeleted',
  addedFolders: 'FoldersCreated',
  deletedFolders: 'FoldersDeleted',
})

const BACKEND = fieldTable({
  uploadedBytes: 'BytesUploaded',
  downloadedBytes: 'BytesDownloaded',
  remoteCalls: 'RemoteCalls',
  retryAttempts: 'RetryAttempts',
  unknownFiles: 'UnknownFileCount',
  unknownBytes: 'UnknownFileSize',
})

/**
 * Figures of a run. Those of the source are read for backups and syncs only; those of the destination for every
 * operation. `complete` is false where the run was thrown out or broken off: then a source of nothing means that it
 * was never looked at.
 */
export function readFigures(data: Fields, operation: string, complete: boolean, doubts: Doubts): Figures {
  const figures: { -readonly [K in keyof Figures]: Figures[K] } = { ...NO_FIGURES }
  const backend = fieldsOf(data['BackendStatistics'])
  const own = operation === 'Backup' ? BACKUP : operation === 'Sync' ? SYNC : []
  for (const [name, field] of own) figures[name] = figure(data, field, doubts)
  for (const [name, field] of BACKEND) figures[name] = figure(backend, field, doubts)
  if (operation === 'Sync') figures.uploadedBytes ??= figure(data, 'SizeOfUploadedFiles', doubts)
  if (!complete && figures.sourceFiles === 0) {
    figures.sourceFiles = null
    figures.sourceBytes = null
  }
  return wasListed(backend) ? { ...figures, ...storedFigures(backend, doubts) } : figures
}

function storedFigures(
  backend: Fields,
  doubts: Doubts,
): Pick<Figures, 'storedBytes' | 'storedFiles' | 'versions'> {
  const counted = figure(backend, 'BackupListCount', doubts)
  const found = figure(backend, 'KnownFilesets', doubts)
  return {
    storedBytes: figure(backend, 'KnownFileSize', doubts),
    storedFiles: figure(backend, 'KnownFileCount', doubts),
    versions: counted === null || counted === 0 ? (found ?? counted) : counted,
  }
}

/** The destination's figures are zero until it was listed; then zero versions would be a false alarm. */
function wasListed(backend: Fields): boolean {
  const any = ['KnownFileCount', 'KnownFileSize', 'BackupListCount', 'KnownFilesets'].some(
    (field) => Number(countOf(backend[field])) > 0,
  )
  return any || readStamp(backend['LastBackupDate'], 'UTC').kind === 'at'
}

/** Room at the destination; -1 and 0 are how Duplicati says that it knows nothing. */
export function readQuota(data: Fields): Quota | null {
  const backend = fieldsOf(data['BackendStatistics'])
  const quota = {
    totalBytes: countOf(backend['TotalQuotaSpace']) || null,
    freeBytes: countOf(backend['FreeQuotaSpace']),
    assignedBytes: countOf(backend['AssignedQuotaSpace']) || null,
    nearlyFull: flagOf(backend['ReportedQuotaWarning']),
    full: flagOf(backend['ReportedQuotaError']),
  }
  // Free room of nothing is told by a full destination, and by one that was never asked.
  if (quota.totalBytes === null && quota.freeBytes === 0) quota.freeBytes = null
  const known = (quota.totalBytes ?? quota.freeBytes ?? quota.assignedBytes) !== null
  return known || quota.nearlyFull || quota.full ? quota : null
}

/** The figure under that name; noted where it is there but unusable. -1 is how "none" is written. */
export function figure(fields: Fields, field: string, doubts: Doubts): number | null {
  const value = fields[field]
  const count = countOf(value)
  if (count === null && value !== undefined && value !== null && value !== -1) doubts.unreadable(field)
  return count
}

type FieldTable = readonly (readonly [keyof Figures, string])[]

function fieldTable(fields: Partial<Record<keyof Figures, string>>): FieldTable {
  return Object.entries(fields) as [keyof Figures, string][]
}
