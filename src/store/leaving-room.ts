import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { Disk } from './disk.ts'

/** Stays free for reports while something large is written. */
const SPARE_BYTES = 64 * 1024 * 1024
/** Bytes between two looks at the disk. */
const STRIDE = 8 * 1024 * 1024

/**
 * Gives on what is to be written as long as there is room for reports beside it: what comes may be packed, and far
 * larger than it looked. @throws Failure `no-room`
 */
export function leavingRoom(disk: Pick<Disk, 'freeBytes'>, dir: string) {
  let written = STRIDE
  return async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      written += piece.length
      if (written >= STRIDE) {
        written = 0
        const free = await disk.freeBytes(dir)
        if (free !== null && free < SPARE_BYTES)
          throw new Failure('no-room', text('care.no-room', { free: { bytes: free } }))
      }
      yield piece
    }
  }
}
