import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import sqlite from 'node-sqlite3-wasm'

export type ReferenceVersion = '1.0' | '2.0' | '3.0' | '3.1' | '4.0'

/** Seals a secret as the reference product does: PBKDF2 key, AES-256-GCM, four hex fields. */
export function sealAsReference(secret: string, key: Buffer): string {
  const [salt, iv] = [randomBytes(32), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', pbkdf2Sync(key, salt, 100_000, 32, 'sha256'), iv)
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return [salt, iv, cipher.getAuthTag(), body].map((part) => part.toString('hex')).join(':')
}

const COUNTS = `size uploaded_size examined_files warnings errors deleted_files deleted_folders modified_files
  opened_files added_files size_of_modified_files size_of_added_files size_of_examined_files size_of_opened_files
  not_processed_files added_folders too_large_files files_with_error modified_folders modified_symlinks added_symlinks
  deleted_symlinks warnings_actual_length errors_actual_length messages_actual_length bytes_downloaded known_file_size
  backup_list_count`.split(/\s+/)

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
  const extra =
    version >= '3.0' ? ", server_url TEXT DEFAULT '', alias TEXT DEFAULT '', note TEXT DEFAULT ''" : ''
  const password = version >= '3.1' ? ", server_password TEXT DEFAULT ''" : ''
  db.exec(
    `CREATE TABLE ${at}s (id TEXT PRIMARY KEY, name TEXT NOT NULL${extra}${password}, created_at DATETIME DEFAULT CURRENT_TIMESTAMP)`,
  )
  const versions = version >= '2.0' ? ", available_backups TEXT DEFAULT '[]'" : ''
  db.exec(`CREATE TABLE backups (id TEXT PRIMARY KEY, ${at}_id TEXT NOT NULL, backup_name TEXT NOT NULL, backup_id TEXT NOT NULL,
    date DATETIME NOT NULL, status TEXT NOT NULL, duration_seconds INTEGER NOT NULL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    messages_array TEXT, warnings_array TEXT, errors_array TEXT${versions}, partial_backup BOOLEAN DEFAULT 0, dryrun BOOLEAN DEFAULT 0,
    main_operation TEXT NOT NULL, parsed_result TEXT NOT NULL, interrupted BOOLEAN DEFAULT 0, version TEXT,
    begin_time DATETIME NOT NULL, end_time DATETIME NOT NULL, ${COUNTS.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(', ')})`)
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
    messages_array, warnings_array, main_operation, parsed_result, version, begin_time, end_time, size, uploaded_size, examined_files)
    VALUES (?, 'machine-1', ?, ?, ?, ?, 61, ?, ?, ?, 'Backup', ?, '2.1.0.5', ?, ?, ?, ?, 7)`)
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
      `DB-${job + 1}`,
      begin.toISOString(),
      result,
      end.slice(0, 19).replace('T', ' '),
      JSON.stringify(Array.from({ length: content.lines ?? 1 }, () => line)),
      warnings,
      result,
      begin.toISOString(),
      end,
      1_000_000 + i,
      1000,
    ])
  }
  insert.finalize()
  db.exec('COMMIT')
  if (version >= '2.0') configure(db, version, content.key, `nas${hostile}`)
  if (version === '4.0') {
    db.exec(
      'CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL, is_admin BOOLEAN DEFAULT 0)',
    )
    db.exec("INSERT INTO users VALUES ('u1', 'admin', '$2b$12$x', 1), ('u2', 'Ada', '$2b$12$y', 0)")
    db.exec(
      'CREATE TABLE audit_log (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp DATETIME, username TEXT, action TEXT, target_id TEXT, ip_address TEXT, status TEXT)',
    )
    db.exec(
      "INSERT INTO audit_log VALUES (1, '2025-02-01 10:00:00', 'admin', 'login', '', '10.0.0.2', 'success')",
    )
  }
  content.whileOpen?.()
  db.close()
}

function configure(
  db: InstanceType<typeof sqlite.Database>,
  version: ReferenceVersion,
  key: Buffer | undefined,
  name: string,
): void {
  db.exec('CREATE TABLE configurations (key TEXT PRIMARY KEY NOT NULL, value TEXT)')
  db.exec('CREATE TABLE db_version (version TEXT PRIMARY KEY, applied_at DATETIME)')
  db.run('INSERT INTO db_version VALUES (?, CURRENT_TIMESTAMP)', [version])
  const put = (name: string, value: unknown) =>
    db.run('INSERT INTO configurations VALUES (?, ?)', [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
  const ntfy = { url: 'https://ntfy.sh/', topic: 'duplistatus-abc', accessToken: 'tk_1' }
  put('overdue_tolerance', '4h')
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
      expectedInterval: '2D',
      allowedWeekDays: [1, 2],
      emailEnabled: false,
    },
    'machine-1:__default__': { additionalEmails: 'ops@example.org' },
  })
  if (key !== undefined)
    put('smtp_config', {
      host: 'mail.example.org',
      port: 465,
      connectionType: 'ssl',
      username: sealAsReference('me@example.org', key),
      password: sealAsReference('mail-secret', key),
      mailto: 'me@example.org',
    })
}
