import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { type Disk, readExactly } from './disk.ts'
import { segmentFile } from './segment-name.ts'
import type { Segment, Shelf } from './shelf.ts'
import { tarEnd, tarHeader, tarPadding } from './tar-header.ts'

const PIECE = 256 * 1024

interface Part {
  readonly name: string
  readonly path: string
  readonly length: number
}

/**
 * Streams a tar of the database as it stands at this instant: the committed state, and of every file just the
 * bytes that count now. Nothing is locked; the caller sees to it that no file vanishes until `done` is called.
 * Keys are left out.
 */
export function exportTar(
  shelf: Shelf,
  what: {
    readonly state: State
    readonly clock: Clock
    readonly journals: readonly string[]
    done: () => void
  },
): Readable {
  const state = Buffer.from(`${JSON.stringify(what.state)}\n`)
  // Lengths are taken here, in the same turn as the state: a state never knows of a line that is not there.
  const parts = shelf.segments.flatMap((segment) => (segment === null ? [] : partsOf(shelf, segment)))
  const tar = Readable.from(tarOf(shelf, { ...what, state, parts, at: what.clock.now() }), {
    objectMode: false,
  })
  return tar.once('close', what.done)
}

function partsOf(shelf: Shelf, segment: Segment): readonly Part[] {
  const lines = { name: `runs/${segmentFile(segment.name)}`, path: shelf.folders.segment(segment.name) }
  const blocks = { name: `logs/${segment.pack}`, path: shelf.packPath(segment) }
  const runs = { ...lines, length: segment.bytes }
  return segment.packMissing ? [runs] : [runs, { ...blocks, length: segment.packBytes }]
}

async function* tarOf(
  shelf: Shelf,
  content: { state: Buffer; parts: readonly Part[]; journals: readonly string[]; at: Date },
): AsyncGenerator<Buffer> {
  const { state, at } = content
  yield tarHeader({ name: 'db.json', length: state.length, at })
  yield state
  yield tarPadding(state.length)
  const journals = await Promise.all(content.journals.map((name) => journalParts(shelf, name)))
  for (const part of [...content.parts, ...journals.flat()]) {
    yield tarHeader({ ...part, at })
    yield* pieces(shelf.disk, part)
    yield tarPadding(part.length)
  }
  yield tarEnd()
}

async function journalParts(shelf: Shelf, name: string): Promise<readonly Part[]> {
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
