import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { packFile, type SegmentName, segmentFile } from './segment-name.ts'

/** Where everything lies in the data folder. */
export interface Folders {
  readonly dir: string
  readonly state: string
  readonly stateBefore: string
  readonly runs: string
  readonly logs: string
  /** What opening reads of sealed segments, worked out from them: may be thrown away. */
  readonly index: string
  readonly tmp: string
  readonly quarantine: string
  readonly backups: string
  readonly rejected: string
  readonly alive: string
  readonly ballast: string
  segment(name: SegmentName): string
  pack(name: SegmentName, generation: number): string
  journal(name: string): string
}

export function foldersIn(dir: string): Folders {
  return {
    dir,
    state: join(dir, 'db.json'),
    stateBefore: join(dir, 'db.json.bak'),
    runs: join(dir, 'runs'),
    logs: join(dir, 'logs'),
    index: join(dir, 'index'),
    tmp: join(dir, 'tmp'),
    quarantine: join(dir, 'quarantine'),
    backups: join(dir, 'backups'),
    rejected: join(dir, 'rejected'),
    alive: join(dir, 'alive'),
    ballast: join(dir, 'tmp', BALLAST),
    segment: (name) => join(dir, 'runs', segmentFile(name)),
    pack: (name, generation) => join(dir, 'logs', packFile(name, generation)),
    journal: (name) => join(dir, name),
  }
}

/** Kept when `tmp/` is emptied: it is only worth something while it takes room. */
const BALLAST = '.ballast'

export async function makeFolders(disk: Disk, folders: Folders): Promise<void> {
  for (const folder of [folders.dir, folders.runs, folders.logs, folders.tmp]) await disk.makeFolder(folder)
}

/** Whatever a killed process was about to write. */
export async function emptyTmp(disk: Disk, folders: Folders): Promise<void> {
  for (const name of await disk.list(folders.tmp)) {
    if (name !== BALLAST) await disk.remove(join(folders.tmp, name))
  }
}
