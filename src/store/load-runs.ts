import { join } from 'node:path'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { readExactly } from './disk.ts'
import { setAside } from './quarantine.ts'
import { parseHead } from './run-line.ts'
import type { Location, RunTable } from './run-table.ts'
import type { Stretch } from './scan.ts'
import { parseMark, type SegmentHeader, type SegmentMark } from './segment-file.ts'
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
  const loading = { shelf, table, foldedUpTo, writable, next: 1, unfolded: [], damage: [] }
  for (const name of names) await loadSegment(loading, name, name === names.at(-1))
  table.finishLoading()
  return { ...loading, next: Math.max(loading.next, foldedUpTo + 1) }
}

interface Loading {
  readonly shelf: Shelf
  readonly table: RunTable
  readonly foldedUpTo: number
  readonly writable: boolean
  next: number
  readonly unfolded: Unfolded[]
  readonly damage: FileDamage[]
}

async function loadSegment(loading: Loading, name: SegmentName, last: boolean): Promise<void> {
  const { shelf, table } = loading
  const index = shelf.segments.length
  const segment: Segment = { name, pack: '', ...NOTHING_YET, sealed: !last }
  shelf.segments.push(segment)
  const scanned = await shelf.file(segment).scan((bytes, start, end, offset) => {
    const mark = parseMark(bytes, start, end)
    if (mark !== null) return take(loading, segment, mark)
    const head = parseHead(bytes, start, end)
    if (head === null) return
    const at = { segment: index, offset, length: end + 1 - start }
    shelf.bury(table.put(head, at))
    segment.newestMs = Math.max(segment.newestMs, head.row[3] ?? 0)
    loading.next = Math.max(loading.next, head.seq + 1)
    if (head.seq > loading.foldedUpTo) loading.unfolded.push({ seq: head.seq, at })
  })
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
