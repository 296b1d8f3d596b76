import { join } from 'node:path'
import { type Disk, errorCode } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import type { Folders } from './folders.ts'

const KEPT = 3
const COMPLETE = '.complete'

/**
 * A copy of the database in `backups/`, as second names of the same files where the file system can: nobody
 * writes into them any more, they are only ever replaced. What still grows is copied. Gives the folder; one that
 * is complete already is left as it is.
 */
export async function backUp(disk: Disk, folders: Folders, name: string): Promise<string> {
  const folder = join(folders.backups, name)
  if ((await disk.stat(join(folder, COMPLETE))) !== null) return folder
  await disk.remove(folder)
  for (const part of ['runs', 'logs']) {
    await disk.makeFolder(join(folder, part))
    const files = [...(await disk.list(join(folders.dir, part)))].sort()
    for (const file of files) {
      const growing = file === files.at(-1)
      await copy(disk, join(folders.dir, part, file), { folder: join(folder, part), file, growing })
    }
    await disk.syncFolder(join(folder, part))
  }
  await copy(disk, folders.state, { folder, file: 'db.json', growing: false })
  await disk.syncFolder(folder)
  await DraftFile.write(
    disk,
    { draft: join(folders.tmp, 'complete'), path: join(folder, COMPLETE) },
    Buffer.from('\n'),
  )
  await disk.syncFolder(folders.backups)
  await keepNewest(disk, folders.backups, name)
  return folder
}

async function copy(
  disk: Disk,
  from: string,
  to: { readonly folder: string; readonly file: string; readonly growing: boolean },
): Promise<void> {
  const path = join(to.folder, to.file)
  if (!to.growing) {
    try {
      return await disk.link(from, path)
    } catch (error) {
      if (errorCode(error) === 'ENOSPC') throw error
      // No hard links here: copied like what grows.
    }
  }
  await DraftFile.write(disk, { draft: `${path}.part`, path }, await disk.readFile(from))
}

async function keepNewest(disk: Disk, folder: string, newest: string): Promise<void> {
  const found: { name: string; modifiedMs: number }[] = []
  for (const name of await disk.list(folder)) {
    const stat = await disk.stat(join(folder, name))
    if (stat?.folder && name !== newest) found.push({ name, modifiedMs: stat.modifiedMs })
  }
  found.sort((a, b) => b.modifiedMs - a.modifiedMs)
  for (const { name } of found.slice(KEPT - 1)) await disk.remove(join(folder, name))
}
