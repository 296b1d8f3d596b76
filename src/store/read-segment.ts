import { join } from 'node:path'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { FLOATS, WHOLES } from './columns.ts'
import type { IndexFinder, Unindexed } from './index-files.ts'
import { type LineHead, parseHead } from './run-line.ts'
import type { Location, RunTable } from './run-table.ts'
import type { Scanned, Stretch } from './scan.ts'
import { parseMark, type SegmentHeader, type SegmentMark } from './segment-file.ts'
import { headAt, IndexWriter, type SegmentIndex } from './segment-index.ts'
import { segmentFile } from './segment-name.ts'
import type { Segment, Shelf } from './shelf.ts'

/** A line whose run the state does not have yet. */
export interface Unfolded {
  readonly seq: number
  readonly at: Location
}

/** What reading the segments one after another gathers. */
export interface Reading {
  readonly shelf: Shelf
  readonly table: RunTable
  readonly indexes: IndexFinder
  readonly foldedUpTo: number
  /** Number of the next line. */
  next: number
  /** In the order of writing, revisions included. */
  readonly unfolded: Unfolded[]
  /** Sound and without an index that counts. */
  readonly unindexed: Unindexed[]
}

/** While it grows, so many bytes may have come since its index was made; a shorter segment needs none. */
const ADDED_BYTES = 1024 * 1024

/** Takes in the newest segment of the shelf: by its index where there is one, else line by line, gathering one. */
export async function readSegment(reading: Reading, segment: Segment): Promise<Scanned> {
  const { name, sealed } = segment
  const index = await reading.indexes.find({ name, added: sealed ? 0 : ADDED_BYTES })
  if (index !== null) {
    takeIndex(reading, segment, index)
    return sealed
      ? { soundEnd: index.size, size: index.size, bad: [] }
      : readLines(reading, segment, null, index.size)
  }
  const writer = new IndexWriter()
  const scanned = await readLines(reading, segment, writer)
  const { soundEnd, size, bad } = scanned
  const isSound = bad.length === 0 && (soundEnd === size || !sealed)
  if (isSound && (sealed || size > ADDED_BYTES)) reading.unindexed.push({ name, writer, end: soundEnd })
  return scanned
}

/** Marks and rows in the order of their lines. */
function takeIndex(reading: Reading, segment: Segment, index: SegmentIndex): void {
  let row = 0
  for (const [before, mark] of index.marks) {
    takeRows(reading, segment, index, [row, before])
    row = before
    take(reading, segment, mark)
  }
  takeRows(reading, segment, index, [row, index.rows.rows])
}

function takeRows(
  reading: Reading,
  segment: Segment,
  index: SegmentIndex,
  [from, to]: readonly [number, number],
): void {
  const { table, shelf } = reading
  const { rows, wholes, floats } = index.rows
  const stretch = (row: number) => ({
    offset: wholes[WHOLES.offset * rows + row] ?? 0,
    length: wholes[WHOLES.length * rows + row] ?? 0,
  })
  if (!table.numbers.follows(table.columns, index.rows, from, to)) {
    for (let row = from; row < to; row++) takeHead(reading, segment, headAt(index, row), stretch(row))
    return
  }
  table.append(index, [from, to], shelf.segments.length - 1)
  for (let row = from; row < to; row++)
    note(reading, segment, stretch(row), {
      seq: index.seqs[row] ?? 0,
      receivedMs: floats[FLOATS.received * rows + row] || 0,
    })
}

function readLines(
  reading: Reading,
  segment: Segment,
  writer: IndexWriter | null,
  from = 0,
): Promise<Scanned> {
  return reading.shelf.file(segment).scan((bytes, start, end, offset) => {
    const mark = parseMark(bytes, start, end)
    if (mark !== null) {
      writer?.mark(mark)
      return take(reading, segment, mark)
    }
    const head = parseHead(bytes, start, end)
    if (head === null) return
    const length = end + 1 - start
    writer?.head(head, offset, length)
    takeHead(reading, segment, head, { offset, length })
  }, from)
}

function takeHead(reading: Reading, segment: Segment, head: Omit<LineHead, 'rev'>, stretch: Stretch): void {
  const { shelf, table } = reading
  shelf.bury(table.put(head, { segment: shelf.segments.length - 1, ...stretch }))
  note(reading, segment, stretch, { seq: head.seq, receivedMs: head.row[3] ?? 0 })
}

function note(
  reading: Reading,
  segment: Segment,
  stretch: Stretch,
  { seq, receivedMs }: { readonly seq: number; readonly receivedMs: number },
): void {
  if (receivedMs > segment.newestMs) segment.newestMs = receivedMs
  if (seq >= reading.next) reading.next = seq + 1
  if (seq <= reading.foldedUpTo) return
  reading.unfolded.push({ seq, at: { segment: reading.shelf.segments.length - 1, ...stretch } })
}

function take(reading: Reading, segment: Segment, mark: SegmentMark): void {
  const { table, shelf } = reading
  if (mark.op === 'hdr') {
    refuseNewer(mark, segment, shelf.schemaVersion)
    segment.pack = mark.pack
    reading.next = Math.max(reading.next, mark.from)
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
