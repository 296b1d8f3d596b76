import { join } from 'node:path'
import { readExactly } from './disk.ts'
import { IndexFinder } from './index-files.ts'
import { setAside } from './quarantine.ts'
import { type Reading, readSegment } from './read-segment.ts'
import type { RunTable } from './run-table.ts'
import type { Stretch } from './scan.ts'
import { compareSegments, packFile, parseSegmentFile, type SegmentName, segmentFile } from './segment-name.ts'
import { NOTHING_YET, type Segment, type Shelf } from './shelf.ts'

export interface Loaded extends Readonly<Pick<Reading, 'next' | 'unfolded' | 'unindexed'>> {
  readonly damage: readonly FileDamage[]
  readonly names: readonly SegmentName[]
}

export interface FileDamage {
  readonly kind: 'torn-tail' | 'bad-lines' | 'missing-pack'
  readonly file: string
  readonly count: number
  /** Not set aside by an earlier opening. */
  readonly fresh: boolean
}

/**
 * Reads all segments into the table. A damaged end of the last one is set aside and cut off (nobody was told that
 * it was kept, or one line is gone); damage elsewhere is set aside, skipped and never cut.
 */
export async function loadRuns(
  shelf: Shelf,
  table: RunTable,
  foldedUpTo: number,
  writable: boolean,
): Promise<Loaded> {
  const names = (await shelf.disk.list(shelf.folders.runs)).flatMap((file) => parseSegmentFile(file) ?? [])
  names.sort(compareSegments)
  const indexes = new IndexFinder(shelf.disk, shelf.folders)
  const gathered = { next: 1, unfolded: [], damage: [], unindexed: [] }
  const loading: Loading = { shelf, table, indexes, foldedUpTo, writable, ...gathered }
  for (const name of names) await loadSegment(loading, name, name === names.at(-1))
  table.finishLoading()
  const { unfolded, damage, unindexed } = loading
  return { unfolded, damage, unindexed, names, next: Math.max(loading.next, foldedUpTo + 1) }
}

interface Loading extends Reading {
  readonly writable: boolean
  readonly damage: FileDamage[]
}

async function loadSegment(loading: Loading, name: SegmentName, last: boolean): Promise<void> {
  const { shelf } = loading
  const segment: Segment = { name, pack: '', ...NOTHING_YET, sealed: !last }
  shelf.segments.push(segment)
  const scanned = await readSegment(loading, segment)
  segment.bytes = last ? scanned.soundEnd : scanned.size
  await quarantine(loading, name, scanned.bad, 'bad-lines')
  const tail = { offset: scanned.soundEnd, length: scanned.size - scanned.soundEnd }
  if (tail.length > 0) await quarantine(loading, name, [tail], last ? 'torn-tail' : 'bad-lines')
  // Not even a header: the process died while it began the file, and nothing was ever in it.
  const neverBegun = scanned.soundEnd === 0 && (last || scanned.size === 0)
  if (loading.writable && neverBegun) await shelf.disk.remove(shelf.folders.segment(name))
  else if (loading.writable && last && tail.length > 0) await cut(shelf, name, scanned.soundEnd)
  if (neverBegun) shelf.segments.pop()
  else await findPack(loading, segment)
}

async function quarantine(
  loading: Loading,
  name: SegmentName,
  stretches: readonly Stretch[],
  kind: FileDamage['kind'],
): Promise<void> {
  if (stretches.length === 0) return
  const { shelf, damage, writable } = loading
  const file = segmentFile(name)
  const from = await shelf.disk.open(shelf.folders.segment(name), 'r')
  let fresh = false
  try {
    for (const { offset, length } of writable ? stretches : []) {
      const bytes = await readExactly(from, offset, length)
      if (bytes === null) continue
      fresh = (await setAside(shelf.disk, shelf.folders, `${file}@${offset}`, bytes)) || fresh
    }
  } finally {
    await from.close()
  }
  damage.push({ kind, file: join('runs', file), count: stretches.length, fresh })
}

async function cut(shelf: Shelf, name: SegmentName, length: number): Promise<void> {
  const file = await shelf.disk.open(shelf.folders.segment(name), 'r+')
  try {
    await file.truncate(length)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Where the header is damaged the pack is found by its name; an emptied pack is past retention, not missing. */
async function findPack(loading: Loading, segment: Segment): Promise<void> {
  const { disk, folders } = loading.shelf
  if (segment.pack === '') {
    const first = packFile(segment.name, 1).replace(/1\.gzpack$/, '')
    const packs = (await disk.list(folders.logs)).filter((file) => file.startsWith(first))
    segment.pack = packs.sort().at(-1) ?? packFile(segment.name, 1)
  }
  const found = await disk.stat(join(folders.logs, segment.pack))
  segment.packBytes = found?.size ?? 0
  segment.packMissing = found === null
  if (found !== null) return
  loading.damage.push({ kind: 'missing-pack', file: join('logs', segment.pack), count: 1, fresh: true })
}
