import type { Clock } from '../kit/clock.ts'
import type { AppendQueue } from './append-queue.ts'
import { WHOLES } from './columns.ts'
import type { RunTable } from './run-table.ts'
import type { Segment, Shelf } from './shelf.ts'

interface Parts {
  readonly table: RunTable
  readonly shelf: Shelf
  readonly queue: AppendQueue
  readonly clock: Clock
  readonly remove: (nos: readonly number[]) => Promise<number>
}

/**
 * Deletes runs that began before a moment. The oldest files of which nothing is left go as a whole; elsewhere
 * a tombstone is written. Files are deleted from the oldest on only: a later one may hold tombstones for it.
 */
export async function pruneRuns(parts: Parts, before: Date): Promise<number> {
  const { table, shelf } = parts
  const expired = expiredBySegment(table, shelf, before.getTime())
  const whole = wholeSegments(shelf, expired)
  let deleted = 0
  for (const [index, { nos }] of expired.entries()) if (!whole.has(index)) deleted += await parts.remove(nos)
  for (const index of whole) {
    const segment = shelf.segments[index]
    if (!segment) continue
    for (const no of expired[index]?.nos ?? []) if (table.delete(no) !== null) deleted++
    await dropSegment(shelf, segment, index)
  }
  return deleted
}

/** Empties packs whose newest run arrived before a moment; an empty pack says that its logs were there once. */
export async function pruneLogs(parts: Parts, before: Date): Promise<number> {
  const { shelf, queue, clock } = parts
  const old = shelf.segments.filter(
    (segment) => segment !== null && segment.packBytes > 0 && segment.newestMs < before.getTime(),
  ) as Segment[]
  if (old.some((segment) => !segment.sealed)) {
    await queue.pausedFor(() => shelf.seal(clock.now(), queue.next))
  }
  for (const segment of old) {
    const file = await shelf.disk.open(shelf.packPath(segment), 'r+')
    try {
      await file.truncate(0)
      segment.packBytes = 0
      await file.sync()
    } finally {
      await file.close()
    }
  }
  return old.length
}

interface Expired {
  readonly nos: number[]
  /** Runs in it that stay. */
  staying: number
}

function expiredBySegment(table: RunTable, shelf: Shelf, before: number): readonly Expired[] {
  const found: Expired[] = shelf.segments.map(() => ({ nos: [], staying: 0 }))
  for (let row = 0; row < table.columns.size; row++) {
    const here = table.isDead(row) ? undefined : found[table.columns.whole(WHOLES.segment, row)]
    if (here === undefined) continue
    if (table.atMs(row) < before) here.nos.push(table.columns.whole(WHOLES.no, row))
    else here.staying++
  }
  return found
}

function wholeSegments(shelf: Shelf, expired: readonly Expired[]): ReadonlySet<number> {
  const whole = new Set<number>()
  for (const [index, segment] of shelf.segments.entries()) {
    if (segment === null) continue
    if (!segment.sealed || (expired[index]?.staying ?? 0) > 0) break
    whole.add(index)
  }
  return whole
}

async function dropSegment(shelf: Shelf, segment: Segment, index: number): Promise<void> {
  shelf.segments[index] = null
  await shelf.disk.remove(shelf.folders.segment(segment.name))
  await shelf.disk.syncFolder(shelf.folders.runs)
  await shelf.disk.remove(shelf.packPath(segment))
}
