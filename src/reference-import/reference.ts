import { Failure } from '../domain/failure.ts'
import type { ImportNote } from '../domain/import-share.ts'
import { type Text, text } from '../domain/text.ts'
import { AUDIT_LIMIT, auditOf, type ReferenceAudit } from './audit-log.ts'
import { numberOf, textOf } from './cells.ts'
import { idsOf } from './job-ids.ts'
import { type KeyRing, keyRing } from './key-file.ts'
import { named } from './notes.ts'
import { openDatabase, type Row, type Source } from './open-database.ts'
import { type ReferenceServer, type ReferenceUser, serversIn, usersIn } from './people-and-servers.ts'
import { LONGEST_TEXT, type ReferenceRun, runOfRow, TEXTS } from './run-rows.ts'
import { type ReferenceSettings, settingsOf } from './settings.ts'
import { type Survey, surveyRuns } from './survey.ts'
import { unknownParts } from './unknown-parts.ts'

/** The database of the reference product, of any of its versions. */
export interface Reference {
  readonly version: '1.0' | '2.0' | '3.0' | '3.1' | '4.0'
  readonly servers: readonly ReferenceServer[]
  readonly survey: Survey
  readonly users: readonly ReferenceUser[]
  readonly auditRows: number
  readonly settings: ReferenceSettings
  /** What does not come along as it is, and why. */
  readonly notes: readonly ImportNote[]
  /** In the order of their times; of a row that cannot be read, why. */
  eachRun(): Iterable<ReferenceRun | Text>
  /** Newest first. */
  eachAudit(): Iterable<ReferenceAudit>
  close(): Promise<void>
}

/** @throws Failure `invalid` with what is wrong with the file */
export async function openReference(
  file: { readonly path: string; readonly key: Buffer | null },
  workingCopy: string | null,
  now: Date,
): Promise<Reference> {
  const source = await openDatabase(file.path, workingCopy)
  try {
    return await read(source, file.key, now)
  } catch (error) {
    await source.close()
    throw error
  }
}

async function read(source: Source, key: Buffer | null, now: Date): Promise<Reference> {
  const { tables } = source
  const runs = tables.get('backups')
  const column = ['server_id', 'machine_id'].find((name) => runs?.has(name) === true)
  if (runs === undefined || column === undefined || !runs.has('backup_name'))
    throw new Failure('invalid', text('import.not-ours'))
  const notes: ImportNote[] = []
  /** One damaged table does not keep back the others. */
  const part = <T>(name: string, kind: ImportNote['kind'], take: () => T, otherwise: T): T => {
    try {
      return take()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      notes.push({
        kind,
        text: text('import.note.table', { name, reason: String(error.text.values?.['reason']) }),
      })
      return otherwise
    }
  }
  const stored = part('configurations', 'other', () => configurations(source), new Map<string, string>())
  const said = part('db_version', 'other', () => saidVersion(source), '')
  const keys = keyRing(key, stored.get('master_key_fingerprint') ?? '')
  const servers = part('servers', 'servers', () => serversIn(source, keys, notes), [])
  const users = part('users', 'users', () => usersIn(source), [])
  const auditRows = part('audit_log', 'audit', () => count(source, 'audit_log'), 0)
  const names = new Map(servers.map((server) => [server.id, server.name]))
  const survey = await surveyRuns(source, { server: column, servers: new Set(names.keys()), now })
  const settings = settingsOf(stored, keys)
  notes.push(...settings.notes, ...unknownParts(source, stored, said), ...lostPasswords(servers, keys))
  notes.push(...survey.notes.map((one) => ({ kind: 'runs' as const, text: one })))
  if (auditRows > AUDIT_LIMIT)
    notes.push({ kind: 'audit', text: text('import.note.audit-newest', { count: AUDIT_LIMIT }) })
  const idOf = idsOf(survey.jobs)
  const jobs = survey.jobs.map((job) => ({ ...job, backupId: idOf(job) }))
  const sql = `SELECT ${columnsOf(runs)}, "${column}" AS "the server" FROM backups WHERE rowid = ?`
  return {
    version: versionOf(source),
    servers,
    survey: { ...survey, jobs },
    users,
    auditRows: Math.min(auditRows, AUDIT_LIMIT),
    settings,
    notes,
    *eachRun() {
      const find = source.finder(sql)
      for (const no of survey.order) {
        const row = rowAt(find, no)
        if ('key' in row) {
          yield row
          continue
        }
        const server = textOf(row.found['the server'])
        const [name, written] = [textOf(row.found['backup_name']), textOf(row.found['backup_id'])]
        const backupId = idOf({ server, name, backupId: written })
        yield runOfRow(row.found, { server, serverName: names.get(server) ?? '', backupId }, now)
      }
    },
    eachAudit: () => auditOf(source),
    close: () => source.close(),
  }
}

function rowAt(find: (no: number) => Row | null, no: number): { readonly found: Row } | Text {
  try {
    const found = find(no)
    return found === null ? text('import.note.row', { no, reason: '' }) : { found }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return text('import.note.row', { no, reason: String(error.text.values?.['reason'] ?? '') })
  }
}

function configurations(source: Source): Map<string, string> {
  const columns = source.tables.get('configurations')
  if (columns?.has('key') !== true || !columns.has('value')) return new Map()
  const stored = new Map<string, string>()
  for (const row of source.rows('SELECT key, value FROM configurations'))
    stored.set(textOf(row['key']), textOf(row['value']))
  return stored
}

function saidVersion(source: Source): string {
  if (source.tables.get('db_version')?.has('version') !== true) return ''
  return textOf(source.one('SELECT version FROM db_version ORDER BY version DESC LIMIT 1')?.['version'])
}

function count(source: Source, table: string): number {
  return source.tables.has(table)
    ? (numberOf(source.one(`SELECT count(*) AS n FROM ${table}`)?.['n']) ?? 0)
    : 0
}

function lostPasswords(servers: readonly ReferenceServer[], keys: KeyRing): readonly ImportNote[] {
  const lost = servers.filter((server) => server.isPasswordLost).map((server) => server.alias || server.name)
  if (lost.length === 0) return []
  return [
    {
      kind: 'secrets',
      text: text(`import.note.${keys.trouble}`, { count: lost.length, names: named(lost) }),
    },
  ]
}

/** Texts of any length are cut to what is kept of a log at most. */
function columnsOf(columns: ReadonlySet<string>): string {
  const quoted = (name: string) => `"${name.replace(/"/g, '""')}"`
  return [...columns]
    .map((name) =>
      TEXTS.includes(name) ? `substr(${quoted(name)}, 1, ${LONGEST_TEXT}) AS ${quoted(name)}` : quoted(name),
    )
    .join(', ')
}

function versionOf({ tables }: Source): Reference['version'] {
  if (tables.has('users')) return '4.0'
  if (tables.get('servers')?.has('server_password') === true) return '3.1'
  if (tables.has('servers')) return '3.0'
  return tables.has('configurations') ? '2.0' : '1.0'
}
