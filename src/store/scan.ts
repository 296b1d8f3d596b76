import type { Disk } from './disk.ts'
import { isSound } from './line.ts'

// Each read goes through a queue of threads: larger pieces open a large history a fifth sooner.
const CHUNK = 1024 * 1024
const NEWLINE = 0x0a

/** A stretch of a file. */
export interface Stretch {
  readonly offset: number
  readonly length: number
}

export interface Scanned {
  /** End of the last sound line; what follows was never whole. */
  readonly soundEnd: number
  readonly size: number
  /** Damaged lines that sound ones follow. */
  readonly bad: readonly Stretch[]
}

/**
 * Reads a file of checksummed lines in big pieces and gives each sound one: `bytes` from `start` to `end` without
 * its newline, `offset` in the file. The bytes are only good during the call. What lies before `from` is left out.
 */
export async function scanLines(
  disk: Disk,
  path: string,
  visit: (bytes: Buffer, start: number, end: number, offset: number) => void,
  from = 0,
): Promise<Scanned> {
  const file = await disk.open(path, 'r')
  try {
    let buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK)
    let filled = 0
    let base = from // offset in the file of the first byte of the buffer
    let soundEnd = from
    const bad: Stretch[] = []
    for (;;) {
      if (filled === buffer.length) buffer = grown(buffer)
      const read = await file.read(buffer.subarray(filled), base + filled)
      filled += read
      let start = 0
      for (
        let end = buffer.indexOf(NEWLINE);
        end >= 0 && end < filled;
        end = buffer.indexOf(NEWLINE, start)
      ) {
        if (isSound(buffer, start, end)) {
          visit(buffer, start, end, base + start)
          soundEnd = base + end + 1
        } else bad.push({ offset: base + start, length: end + 1 - start })
        start = end + 1
      }
      buffer.copyWithin(0, start, filled)
      filled -= start
      base += start
      if (read === 0) return { soundEnd, size: base + filled, bad: bad.filter((it) => it.offset < soundEnd) }
    }
  } finally {
    await file.close()
  }
}

function grown(buffer: Buffer): Buffer {
  const wider = Buffer.allocUnsafeSlow(buffer.length * 2)
  buffer.copy(wider)
  return wider
}
