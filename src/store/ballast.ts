import { type Disk, writeAll } from './disk.ts'
import type { Folders } from './folders.ts'

const BYTES = 4 * 1024 * 1024
/** Below this the ballast itself would fill the disk. */
const ENOUGH_BYTES = 64 * 1024 * 1024

/** Takes up some room, so that deleting still works on a full disk. A disk without room is left alone. */
export async function loadBallast(disk: Disk, folders: Folders): Promise<void> {
  if ((await disk.stat(folders.ballast)) !== null) return
  const free = await disk.freeBytes(folders.dir)
  if (free !== null && free < ENOUGH_BYTES) return
  const file = await disk.open(folders.ballast, 'w').catch(() => null)
  if (file === null) return
  try {
    await writeAll(file, Buffer.alloc(BYTES), 0)
  } catch {
    await disk.remove(folders.ballast).catch(() => undefined)
  } finally {
    await file.close()
  }
}

/** Frees that room; false where there was none left. */
export async function dropBallast(disk: Disk, folders: Folders): Promise<boolean> {
  const found = await disk.stat(folders.ballast).catch(() => null)
  if (found === null) return false
  return disk.remove(folders.ballast).then(
    () => true,
    () => false,
  )
}
