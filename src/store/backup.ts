import { join } from 'node:path'
import { type Disk, errorCode } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import type { Folders } from './folders.ts'

const KEPT = 3
const COMPLETE = '.complete'
/** Folders of ours in `backups/`; what people put beside them is theirs. */
const OURS = /^(v\d+-before-v\d+-|before-restore-)/

/** `v1-before-v2-2026-11-22T02-20-00Z`: data versions and time. */
export function copyFolderName(from: number, to: number, now: Date): string {
  return `${prefixOf(from, to)}${now.toISOString().slice(0, 19).replace(/:/g, '-')}Z`
}

/**
 * Name of the copy that an upgrade made which was killed on the way; null for none. `db.json` is written last, so
 * it is then still what was copied. A copy of an earlier upgrade, gone back from since, is another database.
 */
export async function interruptedCopy(
  disk: Disk,
  folders: Folders,
  from: number,
  to: number,
): Promise<string | null> {
  const state = await disk.readFile(folders.state)
  for (const name of [...(await disk.list(folders.backups))].sort().reverse()) {
    const folder = join(folders.backups, name)
    if (!name.startsWith(prefixOf(from, to)) || (await disk.stat(join(folder, COMPLETE))) === null) continue
    if (state.equals(await disk.readFile(join(folder, 'db.json')))) return name
  }
  return null
}

function prefixOf(from: number, to: number): string {
  return `v${from}-before-v${to}-`
}

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

/** Deletes all but the newest few copies of the whole database; `newest` stays whatever its age. */
export async function keepNewest(disk: Disk, folder: string, newest: string): Promise<void> {
  const found: { name: string; modifiedMs: number }[] = []
  for (const name of await disk.list(folder)) {
    const stat = await disk.stat(join(folder, name))
    if (stat?.folder && name !== newest && OURS.test(name)) found.push({ name, modifiedMs: stat.modifiedMs })
  }
  found.sort((a, b) => b.modifiedMs - a.modifiedMs)
  for (const { name } of found.slice(KEPT - 1)) await disk.remove(join(folder, name))
}
