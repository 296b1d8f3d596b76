import { join } from 'node:path'
import type { Text } from '../domain/text.ts'
import { randomName } from '../kit/ids.ts'
import { type Disk, writeAll } from './disk.ts'
import { keepBounded } from './quarantine.ts'
import type { Rejected } from './store-shape.ts'

const MOST_FILES = 50
const MOST_BYTES = 8 * 1024 * 1024
const MOST_BYTES_EACH = 256 * 1024
const NEWLINE = 0x0a

/** Keeps a document: the first line says when, why and how long it was; then its first 256 KB. */
export async function keepRejected(
  disk: Disk,
  folder: string,
  rejected: { readonly bytes: Uint8Array; readonly reason: Text; readonly now: Date },
): Promise<void> {
  const { bytes, reason, now } = rejected
  const at = now.toISOString()
  await disk.makeFolder(folder)
  const file = await disk.open(join(folder, `${at.replace(/[:.]/g, '-')}-${randomName(4)}.txt`), 'w')
  try {
    const first = Buffer.from(`${JSON.stringify({ at, reason, bytes: bytes.length })}\n`)
    await writeAll(file, Buffer.concat([first, bytes.subarray(0, MOST_BYTES_EACH)]), 0)
  } finally {
    await file.close()
  }
  await keepBounded(disk, folder, MOST_FILES, MOST_BYTES)
}

/** What is kept, newest first. */
export async function listRejected(disk: Disk, folder: string): Promise<readonly Rejected[]> {
  const names = (await disk.list(folder)).filter((name) => name.endsWith('.txt'))
  const found: Rejected[] = []
  for (const name of [...names].sort().reverse()) {
    const bytes = await disk.readFile(join(folder, name)).catch(() => null)
    const first = bytes?.subarray(0, Math.max(0, bytes.indexOf(NEWLINE))).toString('utf8') ?? ''
    try {
      found.push({ name, ...(JSON.parse(first) as Omit<Rejected, 'name'>) })
    } catch {
      // A copy cut short by a full disk says nothing of itself.
    }
  }
  return found
}
