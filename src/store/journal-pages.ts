import { join } from 'node:path'
import { type Disk, readExactly } from './disk.ts'
import { isSound, parseLine } from './line.ts'
import { months } from './months.ts'
import type { Journal, JournalEntry } from './store-shape.ts'

const CHUNK = 256 * 1024
const NEWLINE = 0x0a

/** Where reading goes on: the lines of a month that end at or before an offset, and all months before it. */
interface Cursor {
  readonly month: string
  readonly end: number
}

/** One page of a journal, newest first, read backwards from the end of the newest file. */
export async function readJournal(
  disk: Disk,
  folder: string,
  page: Parameters<Journal['read']>[0],
): ReturnType<Journal['read']> {
  const entries: JournalEntry[] = []
  const after = parseCursor(page.after)
  for (const month of [...(await months(disk, folder))].reverse()) {
    if (after !== null && month > after.month) continue
    const path = join(folder, `${month}.ndjson`)
    const end = after?.month === month ? after.end : ((await disk.stat(path))?.size ?? 0)
    for await (const line of linesBackwards(disk, path, end)) {
      if (page.filter !== undefined && !page.filter(line.entry)) continue
      // One more than asked for shows that there is a next page.
      if (entries.length === page.limit) return { entries, next: `${month}:${line.end}` }
      entries.push(line.entry)
    }
  }
  return { entries, next: null }
}

async function* linesBackwards(
  disk: Disk,
  path: string,
  from: number,
): AsyncGenerator<{ readonly entry: JournalEntry; readonly end: number }> {
  const file = await disk.open(path, 'r').catch(() => null)
  if (file === null) return
  try {
    let rest: Buffer = Buffer.alloc(0) // bytes read and not yet given, from `start` on
    let start = from
    while (start > 0) {
      const step = Math.min(CHUNK, start)
      const bytes = await readExactly(file, start - step, step)
      if (bytes === null) return
      start -= step
      rest = Buffer.concat([bytes, rest])
      for (let newline = rest.lastIndexOf(NEWLINE); newline >= 0; newline = rest.lastIndexOf(NEWLINE)) {
        const begin = newline === 0 ? -1 : rest.lastIndexOf(NEWLINE, newline - 1)
        if (begin < 0 && start > 0) break
        const sound = isSound(rest, begin + 1, newline)
        const end = start + newline + 1
        if (sound) yield { entry: parseLine(rest, begin + 1, newline)['entry'] as JournalEntry, end }
        rest = rest.subarray(0, begin + 1)
      }
    }
  } finally {
    await file.close()
  }
}

function parseCursor(text: string | undefined): Cursor | null {
  const match = /^(\d{4}-\d\d):(\d{1,15})$/.exec(text ?? '')
  return match === null ? null : { month: match[1] ?? '', end: Number(match[2]) }
}
