import { once } from 'node:events'
import { basename, join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { type Disk, readExactly } from './disk.ts'
import { segmentFile } from './segment-name.ts'
import type { Shelf } from './shelf.ts'
import type { JournalName } from './store-shape.ts'

const PIECE = 256 * 1024

interface Part {
  readonly name: string
  readonly path: string
  readonly length: number
}

/**
 * Streams a tar of the database as it stands at this instant: the committed state, and of every file just the
 * bytes that count now. Nothing is locked; the caller sees to it that no file vanishes meanwhile. Keys are left out.
 */
export function exportTar(
  shelf: Shelf,
  what: {
    readonly state: State
    readonly clock: Clock
    readonly journals: readonly JournalName[]
    done: () => void
  },
): Readable {
  const out = new PassThrough()
  const state = Buffer.from(`${JSON.stringify(what.state)}\n`)
  // Lengths are taken here, in the same turn as the state: a state never knows of a line that is not there.
  const parts = shelf.segments.flatMap((segment) => {
    if (segment === null) return []
    const runs = { name: `runs/${segmentFile(segment.name)}`, path: shelf.folders.segment(segment.name) }
    const logs = { name: `logs/${segment.pack}`, path: shelf.packPath(segment) }
    const lines: Part = { ...runs, length: segment.bytes }
    return segment.packMissing ? [lines] : [lines, { ...logs, length: segment.packBytes }]
  })
  fill(out, shelf, { state, parts, journals: what.journals, now: what.clock.now() })
    .catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))))
    .finally(what.done)
  return out
}

async function fill(
  out: PassThrough,
  shelf: Shelf,
  content: { state: Buffer; parts: readonly Part[]; journals: readonly JournalName[]; now: Date },
): Promise<void> {
  const { pack: newPack } = await import('tar-stream')
  const pack = newPack()
  pack.pipe(out)
  const mtime = content.now
  pack.entry({ name: 'db.json', mtime, mode: 0o600 }, content.state)
  const journals = await Promise.all(content.journals.map((name) => journalParts(shelf, name)))
  for (const part of [...content.parts, ...journals.flat()]) {
    if (out.destroyed) return
    const entry = pack.entry({ name: part.name, size: part.length, mtime, mode: 0o600 })
    for await (const bytes of pieces(shelf.disk, part)) {
      if (out.destroyed) return
      if (!entry.write(bytes)) await Promise.race([once(entry, 'drain'), once(out, 'close')])
    }
    entry.end(undefined)
  }
  pack.finalize()
}

async function journalParts(shelf: Shelf, name: JournalName): Promise<readonly Part[]> {
  const folder = shelf.folders.journal(name)
  const parts: Part[] = []
  for (const file of await shelf.disk.list(folder)) {
    const path = join(folder, file)
    const stat = await shelf.disk.stat(path)
    if (stat !== null && !stat.folder)
      parts.push({ name: `${basename(folder)}/${file}`, path, length: stat.size })
  }
  return parts
}

async function* pieces(disk: Disk, part: Part): AsyncGenerator<Buffer> {
  if (part.length === 0) return
  const file = await disk.open(part.path, 'r')
  try {
    for (let at = 0; at < part.length; at += PIECE) {
      const bytes = await readExactly(file, at, Math.min(PIECE, part.length - at))
      if (bytes === null) throw new Error(`${part.name} is shorter than it was`)
      yield bytes
    }
  } finally {
    await file.close()
  }
}
