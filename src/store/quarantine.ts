import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Disk } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import type { Folders } from './folders.ts'
import { hex } from './line.ts'

const MOST_BYTES_EACH = 8 * 1024 * 1024
const MOST_FILES = 200
const MOST_BYTES = 32 * 1024 * 1024

/**
 * Keeps a copy of damaged bytes for a person to look at, bounded in size and number. Gives false where the same
 * bytes were set aside before.
 */
export async function setAside(disk: Disk, folders: Folders, from: string, bytes: Buffer): Promise<boolean> {
  const path = join(folders.quarantine, `${from}.${hex(crc32(bytes))}`)
  if ((await disk.stat(path)) !== null) return false
  await disk.makeFolder(folders.quarantine)
  const draft = join(folders.tmp, from)
  await DraftFile.write(disk, { draft, path }, bytes.subarray(0, MOST_BYTES_EACH))
  await keepBounded(disk, folders.quarantine, MOST_FILES, MOST_BYTES)
  return true
}

/** Deletes the oldest files of a folder until it is within its bounds. */
export async function keepBounded(disk: Disk, folder: string, files: number, bytes: number): Promise<void> {
  const found: { path: string; size: number; modifiedMs: number }[] = []
  for (const name of await disk.list(folder)) {
    const stat = await disk.stat(join(folder, name))
    if (stat !== null && !stat.folder) found.push({ ...stat, path: join(folder, name) })
  }
  found.sort((a, b) => b.modifiedMs - a.modifiedMs)
  let total = 0
  for (const [position, file] of found.entries()) {
    total += file.size
    if (position >= files || (total > bytes && position > 0)) await disk.remove(file.path)
  }
}
