import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto'
import sqlite from 'node-sqlite3-wasm'

export type ReferenceVersion = '1.0' | '2.0' | '3.0' | '3.1' | '4.0'

/** Seals a secret as the reference product does: PBKDF2 key, AES-256-GCM, four hex fields. */
export function sealAsReference(secret: string, key: Buffer): string {
  const [salt, iv] = [randomBytes(32), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', pbkdf2Sync(key, salt, 100_000, 32, 'sha256'), iv)
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return [salt, iv, cipher.getAuthTag(), body].map((part) => part.toString('hex')).join(':')
}

const FIGURE = 'INTEGER NOT NULL DEFAULT 0'
const FLAG = 'BOOLEAN DEFAULT 0'
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

/** Columns of `backups` as version 4.0 makes them, in their order. */
const BACKUPS: readonly (readonly [string, string])[] = [
  ['id', 'TEXT PRIMARY KEY'],
  ['server_id', 'TEXT NOT NULL'],
  ['backup_name', 'TEXT NOT NULL'],
  ['backup_id', 'TEXT NOT NULL'],
  ['date', 'DATETIME NOT NULL'],
  ['status', 'TEXT NOT NULL'],
  ['duration_seconds', 'INTEGER NOT NULL'],
  ...figures('size uploaded_size examined_files warnings errors'),
  ['created_at', 'DATETIME DEFAULT CURRENT_TIMESTAMP'],
  ['messages_array', 'TEXT'],
  ['warnings_array', 'TEXT'],
  ['errors_array', 'TEXT'],
  ['available_backups', "TEXT DEFAULT '[]'"],
  ...figures(`deleted_files deleted_folders modified_files opened_files added_files size_of_modified_files
    size_of_added_files size_of_examined_files size_of_opened_files not_processed_files added_folders too_large_files
    files_with_error modified_folders modified_symlinks added_symlinks deleted_symlinks`),
  ['partial_backup', FLAG],
  ['dryrun', FLAG],
  ['main_operation', 'TEXT NOT NULL'],
  ['parsed_result', 'TEXT NOT NULL'],
  ['interrupted', FLAG],
  ['version', 'TEXT'],
  ['begin_time', 'DATETIME NOT NULL'],
  ['end_time', 'DATETIME NOT NULL'],
  ...figures(
    'warnings_actual_length errors_actual_length messages_actual_length bytes_downloaded known_file_size',
  ),
  ['last_backup_date', 'DATETIME'],
  ...figures('backup_list_count'),
  ['reported_quota_error', FLAG],
  ['reported_quota_warning', FLAG],
  ['backend_main_operation', 'TEXT'],
  ['backend_parsed_result', 'TEXT'],
  ['backend_interrupted', FLAG],
  ['backend_version', 'TEXT'],
  ['backend_begin_time', 'DATETIME'],
  ['backend_duration', 'TEXT'],
  ...figures('backend_warnings_actual_length backend_errors_actual_length'),
]

function figures(names: string): readonly (readonly [string, string])[] {
  return names.split(/\s+/).map((name) => [name, FIGURE] as const)
}

/** The tables of a version: before 3.0 servers are machines; what an upgrade added stands last. */
function schemaOf(version: ReferenceVersion): string {
  const at = version >= '3.0' ? 'server' : 'machine'
  const known = BACKUPS.filter(([name]) => name !== 'available_backups')
  const later = version >= '2.0' ? BACKUPS.filter(([name]) => name === 'available_backups') : []
  const columns = version === '4.0' ? BACKUPS : [...known, ...later]
  const named = columns.map(([name, type]) => `${name === 'server_id' ? `${at}_id` : name} ${type}`)
  const own =
    version >= '3.0' ? ", server_url TEXT DEFAULT '', alias TEXT DEFAULT '', note TEXT DEFAULT ''" : ''
  const made = 'created_at DATETIME DEFAULT CURRENT_TIMESTAMP'
  const password = version >= '3.1' ? ", server_password TEXT DEFAULT ''" : ''
  const indexes = [`${at}_id`, 'date', 'begin_time', 'end_time', 'backup_id']
  return `
    CREATE TABLE ${at}s (id TEXT PRIMARY KEY, name TEXT NOT NULL${own}, ${made}${password});
    CREATE TABLE backups (${named.join(', ')}, FOREIGN KEY (${at}_id) REFERENCES ${at}s(id));
    ${indexes.map((name) => `CREATE INDEX idx_backups_${name} ON backups(${name});`).join('\n')}
    ${version >= '2.0' ? CONFIGURED : ''}
    ${version === '4.0' ? PEOPLE : ''}`
}

const CONFIGURED = `
  CREATE TABLE configurations (key TEXT PRIMARY KEY NOT NULL, value TEXT);
  CREATE TABLE db_version (version TEXT PRIMARY KEY, applied_at DATETIME DEFAULT CURRENT_TIMESTAMP);`

const PEOPLE = `
  CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
    is_admin BOOLEAN NOT NULL DEFAULT 0, must_change_password BOOLEAN DEFAULT 0,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_login_at DATETIME, last_login_ip TEXT, failed_login_attempts INTEGER DEFAULT 0, locked_until DATETIME);
  CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT REFERENCES users(id) ON DELETE CASCADE,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP, last_accessed DATETIME DEFAULT CURRENT_TIMESTAMP,
    expires_at DATETIME NOT NULL, ip_address TEXT, user_agent TEXT, csrf_token TEXT, csrf_expires_at DATETIME);
  CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    user_id TEXT REFERENCES users(id) ON DELETE SET NULL, username TEXT, action TEXT NOT NULL, category TEXT NOT NULL,
    target_type TEXT, target_id TEXT, details TEXT, ip_address TEXT, user_agent TEXT, status TEXT NOT NULL,
    error_message TEXT);
  INSERT INTO users (id, username, password_hash, is_admin) VALUES
    ('admin-0123456789abcdef0123456789abcdef', 'admin', '$2b$12$x', 1),
    ('7c9e6679-7425-40de-944b-e07fc1f90ae7', 'Ada', '$2b$12$y', 0);
  INSERT INTO sessions (id, user_id, expires_at) VALUES
    ('${'ab'.repeat(32)}', '7c9e6679-7425-40de-944b-e07fc1f90ae7', '2025-02-02T10:00:00.000Z');
  INSERT INTO audit_log (timestamp, user_id, username, action, category, details, ip_address, status) VALUES
    ('2025-02-01 10:00:00', 'admin-0123456789abcdef0123456789abcdef', 'admin', 'login', 'auth', '{"is_admin":true}',
      '10.0.0.2', 'success');`

/** Writes a database of the reference product as one of its versions made it. */
export function writeReference(
  path: string,
  version: ReferenceVersion,
  content: {
    readonly runs: number
    readonly key?: Buffer
    readonly text?: string
    /** Log lines of each run; 1 where nothing is said. */
    readonly lines?: number
    /** How many jobs take turns; 1 where nothing is said. */
    readonly jobs?: number
    /** Keeps what is written in a write-ahead log, as the product does while it runs. */
    readonly wal?: boolean
    /** Calls this before the database is closed: its write-ahead log still lies beside it then. */
    readonly whileOpen?: () => void
  },
): void {
  const db = new sqlite.Database(path)
  // Without shared memory a log of changes can be kept only by one who has the file alone.
  if (content.wal) db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL')
  const at = version >= '3.0' ? 'server' : 'machine'
  const hostile = content.text ?? ''
  const jobs = content.jobs ?? 1
  db.exec(schemaOf(version))
  db.run(`INSERT INTO ${at}s (id, name) VALUES (?, ?)`, ['machine-1', `nas${hostile}`])
  if (version >= '3.0') {
    db.run("UPDATE servers SET alias = 'The NAS', note = ?, server_url = 'http://nas:8200/'", [
      `Note ${hostile}`,
    ])
  }
  if (version >= '3.1' && content.key !== undefined)
    db.run('UPDATE servers SET server_password = ?', [sealAsReference('duplicati-secret', content.key)])
  db.exec('BEGIN')
  const insert =
    db.prepare(`INSERT INTO backups (id, ${at}_id, backup_name, backup_id, date, status, duration_seconds, created_at,
    messages_array, warnings_array, errors_array, main_operation, parsed_result, version, begin_time, end_time, size,
    uploaded_size, examined_files, size_of_examined_files, warnings, warnings_actual_length)
    VALUES (?, 'machine-1', ?, ?, ?, ?, 61.482, ?, ?, ?, NULL, 'Backup', ?, '2.1.0.5 (2.1.0.5_stable_2025-03-04)', ?,
      ?, ?, ?, 7, ?, ?, ?)`)
  for (let i = 0; i < content.runs; i++) {
    const job = i % jobs
    const begin = new Date(Date.UTC(2025, 0, 1) + Math.floor(i / jobs) * 3_600_000 + job * 60_000)
    const end = new Date(begin.getTime() + 61_000).toISOString()
    const line = `${begin.toISOString().slice(0, 19).replace('T', ' ')} +00 - [Information-Duplicati.Library.Main.Controller-StartingOperation]: Run ${i} ${hostile}`
    const result = i % 10 === 9 ? 'Warning' : 'Success'
    const warnings = result === 'Warning' ? JSON.stringify([`A file was locked ${hostile}`]) : '[]'
    insert.run([
      `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      job === 0 ? 'Documents' : `Documents ${job}`,
      // Runs that were collected have the number of the server, reports its long name.
      i % 3 === 2 ? `${job + 1}` : `DB-${job + 1}`,
      begin.toISOString(),
      result,
      end.slice(0, 19).replace('T', ' '),
      JSON.stringify(Array.from({ length: content.lines ?? 1 }, () => line)),
      warnings,
      // The status counts warnings in, the result is as the report had it.
      'Success',
      begin.toISOString(),
      end,
      1_000_000 + i,
      1000,
      1_000_000 + i,
      result === 'Warning' ? 1 : 0,
      result === 'Warning' ? 1 : 0,
    ])
  }
  insert.finalize()
  db.exec('COMMIT')
  if (version >= '2.0') configure(db, version, content.key, `nas${hostile}`)
  content.whileOpen?.()
  db.close()
}

function configure(
  db: InstanceType<typeof sqlite.Database>,
  version: ReferenceVersion,
  key: Buffer | undefined,
  name: string,
): void {
  db.run('INSERT INTO db_version (version) VALUES (?)', [version])
  const put = (name: string, value: unknown) =>
    db.run('INSERT INTO configurations VALUES (?, ?)', [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
  const ntfy = { url: 'https://ntfy.sh/', topic: 'duplistatus-abc', accessToken: 'tk_1' }
  put('overdue_tolerance', '4h')
  put('cron_service', {
    port: 9667,
    tasks: { 'overdue-backup-check': { cronExpression: '*/20 * * * *', enabled: true } },
  })
  put('last_overdue_check', '2025-02-01T10:00:00.000Z')
  if (version < '3.1') {
    const old = {
      notificationEvent: 'errors',
      expectedInterval: 2,
      intervalUnit: 'day',
      overdueBackupCheckEnabled: true,
    }
    put('notifications', { ntfy })
    put('backup_settings', { [version === '2.0' ? `${name}:Documents` : 'machine-1:Documents']: old })
    return
  }
  put('ntfy_config', ntfy)
  put('notification_frequency', 'every_week')
  put('notification_templates', {
    success: { title: '{status}', message: 'Fine', priority: 'low', tags: 'a' },
  })
  put('backup_settings', {
    'machine-1:Documents': {
      notificationEvent: 'errors',
      overdueBackupCheckEnabled: true,
      expectedInterval: '2D',
      allowedWeekDays: [1, 2],
      time: '2025-01-08T03:00:00.000Z',
      lastBackupDate: '2025-01-06T03:00:00.000Z',
      ntfyEnabled: true,
      emailEnabled: false,
    },
    'machine-1:Removed long ago': {
      notificationEvent: 'all',
      expectedInterval: '1D',
      allowedWeekDays: EVERY_DAY,
    },
    'machine-1:Never changed': {
      notificationEvent: 'warnings',
      expectedInterval: '1D',
      allowedWeekDays: EVERY_DAY,
    },
    'machine-1:__default__': { additionalEmails: 'ops@example.org' },
  })
  if (version === '4.0') put('audit_retention_days', '120')
  if (key !== undefined) {
    put('master_key_fingerprint', createHash('sha256').update(key).digest('hex'))
    put('smtp_config', {
      host: 'mail.example.org',
      port: 465,
      connectionType: 'ssl',
      username: sealAsReference('me@example.org', key),
      password: sealAsReference('mail-secret', key),
      mailto: 'me@example.org',
      senderName: '',
      fromAddress: '',
      requireAuth: true,
    })
  }
}
