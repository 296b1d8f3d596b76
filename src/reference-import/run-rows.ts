import { flagOf, isoOf, momentOf, numberOf, textOf } from './cells.ts'
import type { Row, Value } from './open-database.ts'

/** A run as the database has it, in the form of a report of Duplicati. */
export interface ReferenceRun {
  readonly oldId: string
  readonly report: unknown
  readonly receivedAt: Date
  /** Restorable versions that were found in its log; ISO moments. */
  readonly versionTimes: readonly string[]
  /** Length of its texts: what it weighs in memory. */
  readonly weight: number
}

/** Columns that hold lists as JSON, of any length. */
export const TEXTS = ['messages_array', 'warnings_array', 'errors_array', 'available_backups']
/** More of a list is not read: twice what is kept of a log by default. */
export const LONGEST_TEXT = 4_000_000
const DAY_S = 86_400
export const FIGURES: Readonly<Record<string, string>> = {
  examined_files: 'ExaminedFiles',
  size: 'SizeOfExaminedFiles',
  deleted_files: 'DeletedFiles',
  deleted_folders: 'DeletedFolders',
  modified_files: 'ModifiedFiles',
  opened_files: 'OpenedFiles',
  added_files: 'AddedFiles',
  size_of_modified_files: 'SizeOfModifiedFiles',
  size_of_added_files: 'SizeOfAddedFiles',
  size_of_opened_files: 'SizeOfOpenedFiles',
  not_processed_files: 'NotProcessedFiles',
  added_folders: 'AddedFolders',
  too_large_files: 'TooLargeFiles',
  files_with_error: 'FilesWithError',
  modified_folders: 'ModifiedFolders',
  modified_symlinks: 'ModifiedSymlinks',
  added_symlinks: 'AddedSymlinks',
  deleted_symlinks: 'DeletedSymlinks',
  warnings_actual_length: 'WarningsActualLength',
  errors_actual_length: 'ErrorsActualLength',
  messages_actual_length: 'MessagesActualLength',
}
/** The same figures under their other names. */
const COUNTED = [
  ['size_of_examined_files', 'SizeOfExaminedFiles'],
  ['warnings', 'WarningsActualLength'],
  ['errors', 'ErrorsActualLength'],
] as const

/** A row of `backups` (every schema), of this server and with this backup id, as the report it was made from. */
export function runOfRow(
  row: Row,
  of: { readonly server: string; readonly serverName: string; readonly backupId: string },
  now: Date,
): ReferenceRun {
  const begin = momentOf(row['begin_time'], now) ?? momentOf(row['date'], now)
  const data: Record<string, unknown> = {
    MainOperation: textOf(row['main_operation']) || 'Backup',
    ParsedResult: textOf(row['parsed_result']) || textOf(row['status']),
    BeginTime: begin,
    EndTime: isoOf(row['end_time']),
    Duration: durationOf(row),
    PartialBackup: flagOf(row['partial_backup']),
    Dryrun: flagOf(row['dryrun']),
    Interrupted: flagOf(row['interrupted']),
    Version: textOf(row['version']) || undefined,
    Warnings: listOf(row['warnings_array']),
    Errors: listOf(row['errors_array']),
    BackendStatistics: {
      BytesUploaded: numberOf(row['uploaded_size']),
      BytesDownloaded: numberOf(row['bytes_downloaded']),
      KnownFileSize: numberOf(row['known_file_size']),
      LastBackupDate: isoOf(row['last_backup_date']) ?? undefined,
      BackupListCount: numberOf(row['backup_list_count']),
      ReportedQuotaError: flagOf(row['reported_quota_error']),
      ReportedQuotaWarning: flagOf(row['reported_quota_warning']),
    },
  }
  for (const [column, field] of Object.entries(FIGURES)) {
    const value = numberOf(row[column])
    if (value !== null) data[field] = Math.round(value)
  }
  for (const [column, field] of COUNTED) {
    const value = Math.round(numberOf(row[column]) ?? 0)
    if (value > Number(data[field] ?? 0)) data[field] = value
  }
  // Its age decides how long it is kept, and no run was received before it began.
  const moments = [begin, momentOf(row['end_time'], now), momentOf(row['created_at'], now)]
  const latest = moments
    .filter((one) => one !== null)
    .sort()
    .at(-1)
  return {
    oldId: textOf(row['id']),
    report: {
      Data: data,
      Extra: {
        OperationName: data['MainOperation'],
        'machine-id': of.server,
        'machine-name': of.serverName,
        'backup-name': textOf(row['backup_name']),
        'backup-id': of.backupId,
      },
      LogLines: listOf(row['messages_array']),
    },
    receivedAt: new Date(Math.min(now.getTime(), Date.parse(latest ?? now.toISOString()))),
    versionTimes: listOf(row['available_backups']).flatMap((one) => isoOf(one) ?? []),
    weight: TEXTS.reduce((sum, column) => sum + textOf(row[column]).length, 0),
  }
}

/** A list in JSON; of one that was cut short, what is whole; of what is no list, the text itself. */
function listOf(value: Value | undefined): string[] {
  const given = textOf(value).trim() || '[]'
  if (!/^["[{]|^null$/.test(given)) return [given]
  const end = given.lastIndexOf('","')
  const list = parsed(given) ?? (end > 0 ? parsed(`${given.slice(0, end + 1)}]`) : null) ?? []
  return list.map((one) => (typeof one === 'string' ? one : (JSON.stringify(one) ?? '')))
}

function parsed(json: string): unknown[] | null {
  try {
    const list: unknown = JSON.parse(json)
    if (typeof list === 'string') return parsed(list)
    return Array.isArray(list) ? list : null
  } catch {
    return null
  }
}

/**
 * As `d.hh:mm:ss`. There a duration of a day and more was read as that of hours: where begin and end say otherwise
 * they are believed, and none is given.
 */
function durationOf(row: Row): string | undefined {
  const seconds = numberOf(row['duration_seconds'])
  if (seconds === null || seconds < 0) return undefined
  const between = (Date.parse(textOf(row['end_time'])) - Date.parse(textOf(row['begin_time']))) / 1000
  if (between >= DAY_S && Math.abs(between - seconds) > 2) return undefined
  const whole = Math.floor(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const days = Math.floor(whole / DAY_S)
  const time = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return days > 0 ? `${days}.${time}` : time
}
