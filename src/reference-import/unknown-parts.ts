import type { ImportNote } from '../domain/import-share.ts'
import { text } from '../domain/text.ts'
import { named } from './notes.ts'
import type { Source } from './open-database.ts'
import { FIGURES, TEXTS } from './run-rows.ts'

const TABLES = new Set([
  'servers',
  'machines',
  'backups',
  'configurations',
  'db_version',
  'users',
  'audit_log',
])
/** Of no use here: what runs by itself, what was said last, who is signed in, the mark of the key. */
const NOT_NEEDED = new Set([
  'sessions',
  'csrf_tokens',
  'cron_service',
  'overdue_notifications',
  'overdue_backup_notifications',
  'last_overdue_check',
  'master_key_fingerprint',
])
const SETTINGS = new Set([
  'overdue_tolerance',
  'notification_frequency',
  'ntfy_config',
  'notification_templates',
  'smtp_config',
  'backup_settings',
  'audit_retention_days',
  'notifications',
])
const COLUMNS = new Set([
  ...TEXTS,
  ...Object.keys(FIGURES),
  ...`id server_id machine_id backup_name backup_id date status duration_seconds uploaded_size size_of_examined_files warnings errors created_at
  partial_backup dryrun main_operation parsed_result interrupted version begin_time end_time bytes_downloaded
  known_file_size last_backup_date backup_list_count reported_quota_error reported_quota_warning backend_main_operation
  backend_parsed_result backend_interrupted backend_version backend_begin_time backend_duration
  backend_warnings_actual_length backend_errors_actual_length`.split(/\s+/),
])
const VERSIONS = new Set(['', '1.0', '2.0', '3.0', '3.1', '4.0'])

/** Tables, settings and columns that are not read, and a version that nobody knew when this was written. */
export function unknownParts(
  source: Source,
  stored: ReadonlyMap<string, string>,
  saidVersion: string,
): readonly ImportNote[] {
  const tables = [...source.tables.keys()].filter((name) => !TABLES.has(name) && !/^sqlite_/.test(name))
  const settings = [...stored.keys()].filter((name) => !SETTINGS.has(name))
  const columns = [...(source.tables.get('backups') ?? [])].filter((name) => !COLUMNS.has(name))
  const needless = [...tables, ...settings].filter((name) => NOT_NEEDED.has(name))
  const unknown = [...tables, ...settings, ...columns].filter((name) => !NOT_NEEDED.has(name))
  const notes = [
    ...(VERSIONS.has(saidVersion) ? [] : [text('import.note.newer', { version: saidVersion })]),
    ...(unknown.length > 0 ? [text('import.note.unknown', { names: named(unknown) })] : []),
    ...(needless.length > 0 ? [text('import.note.not-needed', { names: named(needless) })] : []),
    text('import.note.in-browsers'),
  ]
  return notes.map((one) => ({ kind: 'other', text: one }))
}
