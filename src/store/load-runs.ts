import { join } from 'node:path'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { readExactly } from './disk.ts'
import { findIndex, type Unindexed } from './index-files.ts'
import { setAside } from './quarantine.ts'
import { type LineHead, parseHead } from './run-line.ts'
import type { Location, RunTable } from './run-table.ts'
import type { Scanned, Stretch } from './scan.ts'
import { parseMark, type SegmentHeader, type SegmentMark } from './segment-file.ts'
import { IndexWriter } from './segment-index.ts'
import { compareSegments, packFile, parseSegmentFile, type SegmentName, segmentFile } from './segment-name.ts'
import { NOTHING_YET, type Segment, type Shelf } from './shelf.ts'

/** A line whose run the state does not have yet. */
export interface Unfolded {
  readonly seq: number
  readonly at: Location
}

export interface Loaded {
  /** Number of the next line. */
  readonly next: number
  /** In the order of writing, revisions included. */
  readonly unfolded: readonly Unfolded[]
  readonly damage: readonly FileDamage[]
  readonly names: readonly SegmentName[]
  /** Sound, sealed and without an index that counts. */
  readonly unindexed: readonly Unindexed[]
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
  const loading = { shelf, table, foldedUpTo, writable, next: 1, unfolded: [], damage: [], unindexed: [] }
  for (const name of names) await loadSegment(loading, name, name === names.at(-1))
  table.finishLoading()
  return { ...loading, names, next: Math.max(loading.next, foldedUpTo + 1) }
}

interface Loading {
  readonly shelf: Shelf
  readonly table: RunTable
  readonly foldedUpTo: number
  readonly writable: boolean
  next: number
  readonly unfolded: Unfolded[]
  readonly damage: FileDamage[]
  readonly unindexed: Unindexed[]
}

async function loadSegment(loading: Loading, name: SegmentName, last: boolean): Promise<void> {
  const { shelf } = loading
  const segment: Segment = { name, pack: '', ...NOTHING_YET, sealed: !last }
  shelf.segments.push(segment)
  const scanned = last ? await readLines(loading, segment, null) : await readSealed(loading, segment)
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

/** By its index where there is one, else line by line and once more as numbers, for an index. */
async function readSealed(loading: Loading, segment: Segment): Promise<Scanned> {
  const { disk, folders } = loading.shelf
  const index = await findIndex(disk, folders, segment.name)
  if (index !== null) {
    index.replay({
      mark: (mark) => take(loading, segment, mark),
      head: (head, offset, length) => takeHead(loading, segment, head, { offset, length }),
    })
    return { soundEnd: index.size, size: index.size, bad: [] }
  }
  const writer = new IndexWriter()
  const scanned = await readLines(loading, segment, writer)
  const isSound = scanned.bad.length === 0 && scanned.soundEnd === scanned.size
  if (isSound) loading.unindexed.push({ name: segment.name, writer })
  return scanned
}

function readLines(loading: Loading, segment: Segment, writer: IndexWriter | null): Promise<Scanned> {
  return loading.shelf.file(segment).scan((bytes, start, end, offset) => {
    const mark = parseMark(bytes, start, end)
    if (mark !== null) {
      writer?.mark(mark)
      return take(loading, segment, mark)
    }
    const head = parseHead(bytes, start, end)
    if (head === null) return
    const length = end + 1 - start
    writer?.head(head, offset, length)
    takeHead(loading, segment, head, { offset, length })
  })
}

function takeHead(loading: Loading, segment: Segment, head: LineHead, { offset, length }: Stretch): void {
  const { shelf, table } = loading
  const at = { segment: shelf.segments.length - 1, offset, length }
  shelf.bury(table.put(head, at))
  segment.newestMs = Math.max(segment.newestMs, head.row[3] ?? 0)
  loading.next = Math.max(loading.next, head.seq + 1)
  if (head.seq > loading.foldedUpTo) loading.unfolded.push({ seq: head.seq, at })
}

function take(loading: Loading, segment: Segment, mark: SegmentMark): void {
  const { table, shelf } = loading
  if (mark.op === 'hdr') {
    refuseNewer(mark, segment, shelf.schemaVersion)
    segment.pack = mark.pack
    loading.next = Math.max(loading.next, mark.from)
  } else if (mark.op === 'del') {
    for (const no of mark.nos) shelf.bury(table.delete(no))
  } else {
    const to = { serverId: mark.server, jobId: mark.job }
    if (mark.nos === undefined) table.move(mark.from, to)
    else table.moveSome(mark.nos, to)
  }
}

function refuseNewer(header: SegmentHeader, segment: Segment, known: number): void {
  if (header.v <= known) return
  const file = join('runs', segmentFile(segment.name))
  throw new Failure('unavailable', text('store.open.newer', { file, version: header.v, known }))
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
