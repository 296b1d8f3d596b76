import { constants } from 'node:fs'
import { copyFile, open, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Database, Statement } from 'node-sqlite3-wasm'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

const MAGIC = 'SQLite format 3\0'
/** Stays free for reports when a copy is made. */
const SPARE_BYTES = 64 * 1024 * 1024

export type Value = number | bigint | string | Uint8Array | null
export type Row = Readonly<Record<string, Value>>

/** A SQLite file that is only read; rows come one by one. */
export interface Source {
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>
  one(sql: string, values?: readonly Value[]): Row | null
  /** The same, for a question that is asked many times. */
  finder(sql: string): (value: Value) => Row | null
  rows(sql: string): Iterable<Row>
  /** Closes it and deletes what was made for reading it. */
  close(): Promise<void>
}

/**
 * Opens a copy of a SQLite file, with what its write-ahead log holds beside it: the file itself is never written to.
 * Without a path for the copy the file is our own already and opened as it is. The engine is loaded only here.
 * @throws Failure `invalid` where it is no such file, or damaged; `no-room`
 */
export async function openDatabase(path: string, copy: string | null): Promise<Source> {
  await mustBeSqlite(path)
  const workingCopy = copy ?? path
  const { default: sqlite } = await import('node-sqlite3-wasm')
  let db: Database | null = null
  const open = new Set<Statement>()
  const close = async () => {
    for (const statement of open) finalize(statement)
    db?.close()
    if (copy !== null) await rm(copy, { force: true })
    for (const end of ['-wal', '-shm', '-journal']) await rm(`${workingCopy}${end}`, { force: true })
    await rm(`${workingCopy}.lock`, { recursive: true, force: true })
  }
  try {
    if (copy !== null) await copyDatabase(path, copy)
    const opened = new sqlite.Database(workingCopy)
    db = opened
    // Without shared memory a write-ahead log can be read only by one who has the file alone.
    opened.exec('PRAGMA locking_mode = EXCLUSIVE')
    const tables = tablesOf(opened)
    return {
      tables,
      one: (sql, values = []) => guarded(() => opened.get(sql, [...values]) as Row | null),
      finder: (sql) => finderOf(opened, sql, open),
      rows: (sql) => rowsOf(opened, sql),
      close,
    }
  } catch (error) {
    await close()
    if (error instanceof Failure) throw error
    throw damaged(error)
  }
}

async function copyDatabase(path: string, copy: string): Promise<void> {
  const wal = await stat(`${path}-wal`).catch(() => null)
  const needed = (await stat(path)).size + (wal?.size ?? 0)
  const { bavail, bsize } = await statfs(dirname(copy))
  const values = { needed: { bytes: needed }, free: { bytes: bavail * bsize } }
  if (needed + SPARE_BYTES > bavail * bsize) throw new Failure('no-room', text('import.no-room', values))
  await copyFile(path, copy, constants.COPYFILE_FICLONE)
  if (wal !== null) await copyFile(`${path}-wal`, `${copy}-wal`)
}

function tablesOf(db: Database): Map<string, ReadonlySet<string>> {
  const tables = new Map<string, ReadonlySet<string>>()
  for (const { name } of db.all("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    const columns = db.all(`PRAGMA table_info("${String(name).replace(/"/g, '""')}")`)
    tables.set(String(name), new Set(columns.map((column) => String(column['name']))))
  }
  return tables
}

function* rowsOf(db: Database, sql: string): Iterable<Row> {
  const statement = guarded(() => db.prepare(sql))
  try {
    const rows = statement.iterate()[Symbol.iterator]()
    for (;;) {
      const next = guarded(() => rows.next())
      if (next.done === true) return
      yield next.value as Row
    }
  } finally {
    finalize(statement)
  }
}

function finderOf(db: Database, sql: string, open: Set<Statement>): (value: Value) => Row | null {
  let statement: Statement | null = null
  return (value) => {
    statement ??= guarded(() => db.prepare(sql))
    open.add(statement)
    try {
      return statement.get([value]) as Row | null
    } catch (error) {
      // One that met damage is of no use any more.
      open.delete(statement)
      finalize(statement)
      statement = null
      throw damaged(error)
    }
  }
}

function finalize(statement: Statement): void {
  try {
    statement.finalize()
  } catch {
    // It says again what its last row said.
  }
}

function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw damaged(error)
  }
}

async function mustBeSqlite(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new Failure('invalid', text('import.no-file', { path, reason: error.code ?? '' }))
  })
  try {
    const head = Buffer.alloc(512)
    await file.read(head, 0, head.length, 0)
    const begin = head.toString('latin1')
    if (begin.startsWith(MAGIC)) return
    const isDump = /^\s*(--|BEGIN|PRAGMA|CREATE|INSERT)\b|^\s*--/i.test(begin)
    throw new Failure('invalid', text(isDump ? 'import.sql-dump' : 'import.not-sqlite'))
  } finally {
    await file.close()
  }
}

function damaged(error: unknown): Failure {
  const reason = error instanceof Error ? error.message.slice(0, 200) : ''
  return new Failure('invalid', text('import.damaged', { reason }), { cause: error })
}
