import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { openSealed } from './key-file.ts'
import { openDatabase, type Row, type Source } from './open-database.ts'
import { isoOf, LONGEST_TEXT, numberOf, type ReferenceRun, runOfRow, TEXTS, textOf } from './run-rows.ts'
import { type ReferenceSettings, settingsOf } from './settings.ts'

export interface ReferenceServer {
  readonly id: string
  readonly name: string
  readonly alias: string
  readonly note: string
  readonly address: string
  readonly createdAt: string | null
  /** null where there is none, or the key file does not open it. */
  readonly password: string | null
  readonly isPasswordLost: boolean
}

export interface ReferenceUser {
  readonly name: string
  readonly isAdministrator: boolean
}

/** The database of the reference product, of any of its versions. */
export interface Reference {
  readonly version: '1.0' | '2.0' | '3.0' | '3.1' | '4.0'
  readonly servers: readonly ReferenceServer[]
  readonly runs: number
  readonly jobs: number
  readonly oldest: string | null
  readonly newest: string | null
  readonly users: readonly ReferenceUser[]
  readonly auditRows: number
  readonly settings: ReferenceSettings
  eachRun(): Iterable<ReferenceRun>
  /** Newest first. */
  eachAudit(): Iterable<{ readonly at: string; readonly [name: string]: string }>
  close(): Promise<void>
}

/** @throws Failure `invalid` with what is wrong with the file */
export async function openReference(
  file: { readonly path: string; readonly key: Buffer | null },
  workingCopy: string | null,
): Promise<Reference> {
  const source = await openDatabase(file.path, workingCopy)
  try {
    return read(source, file.key)
  } catch (error) {
    await source.close()
    throw error
  }
}

function read(source: Source, key: Buffer | null): Reference {
  const { tables } = source
  const servers = tables.has('servers') ? 'servers' : 'machines'
  const reference = servers === 'servers' ? 'server_id' : 'machine_id'
  const runs = tables.get('backups')
  if (!tables.has(servers) || runs?.has(reference) !== true)
    throw new Failure('invalid', text('import.not-ours'))
  const stored = new Map<string, string>()
  if (tables.has('configurations'))
    for (const row of source.rows('SELECT key, value FROM configurations'))
      stored.set(textOf(row['key']), textOf(row['value']))
  const span = source.one(
    `SELECT count(*) AS runs, min(date) AS oldest, max(date) AS newest, count(DISTINCT ${reference} || ':' || backup_name) AS jobs FROM backups`,
  )
  return {
    version: versionOf(source),
    servers: [...source.rows(`SELECT * FROM ${servers}`)].map((row) => serverOf(row, key)),
    runs: numberOf(span?.['runs']) ?? 0,
    jobs: numberOf(span?.['jobs']) ?? 0,
    oldest: isoOf(span?.['oldest']),
    newest: isoOf(span?.['newest']),
    users: tables.has('users')
      ? [...source.rows('SELECT username, is_admin FROM users')].map((row) => ({
          name: textOf(row['username']).slice(0, 100),
          isAdministrator: numberOf(row['is_admin']) === 1,
        }))
      : [],
    auditRows: tables.has('audit_log')
      ? (numberOf(source.one('SELECT count(*) AS n FROM audit_log')?.['n']) ?? 0)
      : 0,
    settings: settingsOf(stored, key),
    *eachRun() {
      const sql = `SELECT ${columnsOf(runs)}, b.${reference} AS server, s.name AS server_name FROM backups b LEFT JOIN ${servers} s ON s.id = b.${reference}`
      for (const row of source.rows(sql)) yield runOfRow(row)
    },
    *eachAudit() {
      if (!tables.has('audit_log')) return
      for (const row of source.rows('SELECT * FROM audit_log ORDER BY id DESC LIMIT 20000')) {
        const at = isoOf(row['timestamp'])
        if (at === null) continue
        const part = (name: string) => textOf(row[name]).slice(0, 300)
        yield {
          at,
          who: part('username'),
          from: part('ip_address'),
          action: part('action'),
          target: part('target_id'),
          status: part('status'),
        }
      }
    },
    close: () => source.close(),
  }
}

/** Texts of any length are cut to what is kept of a log at most. */
function columnsOf(columns: ReadonlySet<string>): string {
  const quoted = (name: string) => `"${name.replace(/"/g, '""')}"`
  return [...columns]
    .map((name) =>
      TEXTS.includes(name)
        ? `substr(b.${quoted(name)}, 1, ${LONGEST_TEXT}) AS ${quoted(name)}`
        : `b.${quoted(name)}`,
    )
    .join(', ')
}

function versionOf({ tables }: Source): Reference['version'] {
  if (tables.has('users')) return '4.0'
  if (tables.get('servers')?.has('server_password') === true) return '3.1'
  if (tables.has('servers')) return '3.0'
  return tables.has('configurations') ? '2.0' : '1.0'
}

function serverOf(row: Row, key: Buffer | null): ReferenceServer {
  const sealed = textOf(row['server_password'])
  const password = sealed === '' ? null : openSealed(sealed, key)
  return {
    id: textOf(row['id']),
    name: textOf(row['name']),
    alias: textOf(row['alias']).slice(0, 200),
    note: textOf(row['note']).slice(0, 2000),
    address: /^https?:\/\/[^\s]+$/i.test(textOf(row['server_url']))
      ? textOf(row['server_url']).replace(/\/+$/, '')
      : '',
    createdAt: isoOf(row['created_at']),
    password,
    isPasswordLost: sealed !== '' && password === null,
  }
}
