import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Clock } from '../kit/clock.ts'
import { readExactly } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import { isSound, parseLine, sealLine } from './line.ts'
import { squeeze } from './log-block.ts'
import type { LogPlace } from './run-line.ts'
import type { RunTable } from './run-table.ts'
import { headerLine, markLine, parseMark, type SegmentMark } from './segment-file.ts'
import { packFile } from './segment-name.ts'
import type { Segment, Shelf } from './shelf.ts'

const DEAD_SHARE = 0.2

/** Files that are worth rewriting: sealed, more than a fifth of them dead or their logs not compressed yet. */
export function worthCompacting(shelf: Shelf): readonly number[] {
  return shelf.segments.flatMap((segment, index) =>
    segment?.sealed && (segment.deadBytes > segment.bytes * DEAD_SHARE || isLoose(segment)) ? [index] : [],
  )
}

/** Reports write their small logs as they are; the first rewrite compresses them. */
function isLoose({ pack, packBytes, packMissing }: Segment): boolean {
  return generationOf(pack) === 1 && packBytes > 0 && !packMissing
}

/**
 * Rewrites a segment without its dead lines and with all of its logs compressed. The new pack is on disk before the
 * segment that names it is renamed into place, which is the commit; the old pack goes last. Gives the bytes that were won.
 */
export async function compactSegment(
  shelf: Shelf,
  table: RunTable,
  index: number,
  clock: Clock,
): Promise<number> {
  const segment = shelf.segments[index]
  if (!segment) return 0
  const work = rewriteInPlace(shelf, table, { segment, index }, clock)
  segment.rewriting = work.catch(() => undefined)
  try {
    return await work
  } finally {
    segment.rewriting = null
  }
}

async function rewriteInPlace(
  shelf: Shelf,
  table: RunTable,
  { segment, index }: { segment: Segment; index: number },
  clock: Clock,
): Promise<number> {
  const { disk, folders } = shelf
  const before = segment.bytes + segment.packBytes
  const kept = await livingLines(shelf, table, segment, index)
  const oldPack = segment.pack
  const pack = packFile(segment.name, generationOf(oldPack) + 1)
  const drafts: DraftFile[] = []
  const draft = async (name: string) => {
    const file = await DraftFile.begin(disk, join(folders.tmp, name))
    drafts.push(file)
    return file
  }
  try {
    const lines = await draft(`${pack}.lines`)
    const blocks = await draft(pack)
    await lines.add(headerLine({ v: shelf.schemaVersion, pack, from: 1, now: clock.now() }))
    const places = await rewrite(shelf, segment, kept, { lines, blocks })
    await lines.finish()
    await blocks.finish()
    await disk.rename(blocks.path, join(folders.logs, pack))
    await disk.syncFolder(folders.logs)
    await disk.rename(lines.path, folders.segment(segment.name))
    relocate(table, index, places)
    Object.assign(segment, { pack, bytes: lines.length, packBytes: blocks.length, deadBytes: 0 })
  } catch (error) {
    for (const file of drafts) await file.discard()
    throw error
  }
  await disk.syncFolder(folders.runs)
  await disk.remove(join(folders.logs, oldPack))
  return before - segment.bytes - segment.packBytes
}

/** Number of compactions in a pack's name. */
function generationOf(pack: string): number {
  return Number(/\.(\d+)\.gzpack$/.exec(pack)?.[1] ?? 1)
}

type Line = { readonly offset: number; readonly length: number } | SegmentMark

async function livingLines(
  shelf: Shelf,
  table: RunTable,
  segment: Segment,
  index: number,
): Promise<readonly Line[]> {
  const kept: Line[] = []
  const living = new Map<number, number>()
  for (let row = 0; row < table.columns.size; row++) {
    const at = table.location(row)
    if (at.segment === index && !table.isDead(row)) living.set(at.offset, at.length)
  }
  await shelf.file(segment).scan((bytes, start, end, offset) => {
    const mark = parseMark(bytes, start, end)
    if (mark !== null && mark.op !== 'hdr') kept.push(mark)
    const length = living.get(offset)
    if (length !== undefined) kept.push({ offset, length })
  })
  return kept
}

interface Moved {
  readonly no: number
  readonly from: number
  readonly offset: number
  readonly length: number
}

async function rewrite(
  shelf: Shelf,
  segment: Segment,
  kept: readonly Line[],
  to: { readonly lines: DraftFile; readonly blocks: DraftFile },
): Promise<readonly Moved[]> {
  const from = await shelf.disk.open(shelf.folders.segment(segment.name), 'r')
  const places: Moved[] = []
  try {
    for (const line of kept) {
      if ('op' in line) {
        await to.lines.add(markLine(line))
        continue
      }
      const bytes = await readExactly(from, line.offset, line.length)
      if (bytes === null || !isSound(bytes, 0, bytes.length - 1)) continue
      const moved = await moveLine(shelf, segment, bytes, to.blocks)
      places.push({ no: moved.no, from: line.offset, offset: to.lines.length, length: moved.bytes.length })
      await to.lines.add(moved.bytes)
    }
    return places
  } finally {
    await from.close()
  }
}

/** A run that was revised meanwhile lies elsewhere and stays there. */
function relocate(table: RunTable, index: number, places: readonly Moved[]): void {
  for (const { no, from, offset, length } of places) {
    const row = table.rowOf(no)
    const at = row === null ? null : table.location(row)
    if (at?.segment === index && at.offset === from) table.relocate(no, { segment: index, offset, length })
  }
}

/** A line whose log block lies in the new pack. */
async function moveLine(
  shelf: Shelf,
  segment: Segment,
  bytes: Buffer,
  blocks: DraftFile,
): Promise<{ no: number; bytes: Buffer }> {
  const line = parseLine(bytes, 0, bytes.length - 1)
  const no = Number(line['no'])
  const place = (line['log'] ?? null) as LogPlace | null
  const block = place === null || segment.packBytes === 0 ? null : await shelf.readBlock(segment, place)
  if (place === null || block === null) return { no, bytes }
  const { packed, crc } = await packedBlock(block, place[2])
  const moved: LogPlace = [blocks.length, packed.length, crc, place[3]]
  await blocks.add(packed)
  const { crc: _ofLine, ...rest } = line
  return { no, bytes: sealLine(JSON.stringify({ ...rest, log: moved })) }
}

/** A damaged block stays as it is and keeps its sum, which shows that it is. */
async function packedBlock(block: Buffer, sum: number): Promise<{ packed: Buffer; crc: number }> {
  if (crc32(block) !== sum) return { packed: block, crc: sum }
  const packed = await squeeze(block)
  return { packed, crc: crc32(packed) }
}
