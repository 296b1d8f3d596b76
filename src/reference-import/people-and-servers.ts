import { Failure } from '../domain/failure.ts'
import type { ImportNote } from '../domain/import-share.ts'
import { hostOf, readAddress } from '../domain/remote-address.ts'
import { type Text, text } from '../domain/text.ts'
import { cleanOf, flagOf, isoOf, lineOf, textOf } from './cells.ts'
import type { KeyRing } from './key-file.ts'
import { short } from './notes.ts'
import type { Row, Source } from './open-database.ts'

export interface ReferenceServer {
  /** As the rows of its runs say it. */
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

/** `servers`, `machines` up to 0.6, or both where an upgrade of that product was cut off. */
export function serversIn(source: Source, keys: KeyRing, notes: ImportNote[]): readonly ReferenceServer[] {
  const servers = new Map<string, ReferenceServer>()
  for (const table of ['servers', 'machines']) {
    if (!source.tables.has(table)) continue
    for (const row of source.rows(`SELECT * FROM ${table}`)) {
      const server = serverOf(row, keys, notes)
      if (!servers.has(server.id)) servers.set(server.id, server)
    }
  }
  return [...servers.values()]
}

export function usersIn(source: Source): readonly ReferenceUser[] {
  if (source.tables.get('users')?.has('username') !== true) return []
  return [...source.rows('SELECT * FROM users')].map((row) => ({
    name: lineOf(row['username'], 200),
    isAdministrator: flagOf(row['is_admin']),
  }))
}

function serverOf(row: Row, keys: KeyRing, notes: ImportNote[]): ReferenceServer {
  const sealed = textOf(row['server_password'])
  const password = sealed === '' ? null : keys.open(sealed)
  const [id, name, alias] = [textOf(row['id']), textOf(row['name']), lineOf(row['alias'], 200)]
  const address = addressOf(lineOf(row['server_url'], 2000), (written, reason) => {
    const values = { server: short(alias || name || id), address: short(written), reason }
    notes.push({ kind: 'addresses', text: text('import.note.address', values) })
  })
  return {
    id,
    name,
    alias,
    note: cleanOf(row['note'], 2000).trim(),
    address,
    createdAt: isoOf(row['created_at']),
    password,
    isPasswordLost: sealed !== '' && password === null,
  }
}

function addressOf(written: string, refused: (written: string, reason: Text) => void): string {
  if (written === '') return ''
  try {
    return readAddress(written)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    refused(hostOf(written), error.text)
    return ''
  }
}
