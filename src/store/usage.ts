import { join } from 'node:path'
import { BYTES, FLAGS, FLOATS } from './columns.ts'
import type { Disk } from './disk.ts'
import type { RunTable } from './run-table.ts'
import type { Shelf } from './shelf.ts'
import type { Usage } from './store-shape.ts'

/** Which part of the database a name in the data folder belongs to; anything else is `other`. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['db.json', 'state'],
  ['db.json.bak', 'state'],
  ['runs', 'runs'],
  ['logs', 'logs'],
  ['index', 'runs'],
  ['audit', 'journals'],
  ['incidents', 'journals'],
  ['notices', 'journals'],
  ['backups', 'backups'],
  ['quarantine', 'quarantine'],
  ['rejected', 'rejected'],
])

const NOTHING = { state: 0, runs: 0, logs: 0, journals: 0, backups: 0, quarantine: 0, rejected: 0, other: 0 }

export async function usageOf(shelf: Shelf, table: RunTable): Promise<Usage> {
  const { disk, folders } = shelf
  const bytes: Record<string, number> = { ...NOTHING }
  for (const name of await disk.list(folders.dir)) {
    const part = PARTS.get(name) ?? 'other'
    bytes[part] = (bytes[part] ?? 0) + (await sizeOf(disk, join(folders.dir, name)))
  }
  const totalBytes = Object.values(bytes).reduce((sum, size) => sum + size, 0)
  return { ...spanOf(table), bytes, totalBytes, freeBytes: await disk.freeBytes(folders.dir) }
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const stat = await disk.stat(path).catch(() => null)
  if (stat === null) return 0
  if (!stat.folder) return stat.size
  let total = 0
  for (const name of await disk.list(path)) total += await sizeOf(disk, join(path, name))
  return total
}

function spanOf(table: RunTable): Pick<Usage, 'runs' | 'logs' | 'oldest' | 'newest'> {
  let logs = 0
  let oldest = Number.POSITIVE_INFINITY
  let newest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < table.columns.size; row++) {
    const flags = table.columns.byte(BYTES.flags, row)
    if ((flags & FLAGS.dead) !== 0 || table.isTrash(row)) continue
    if ((flags & FLAGS.hasLog) !== 0) logs++
    oldest = Math.min(oldest, table.atMs(row))
    newest = Math.max(newest, table.columns.float(FLOATS.received, row))
  }
  return { runs: table.alive, logs, oldest: isoOf(oldest), newest: isoOf(newest) }
}

function isoOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}
