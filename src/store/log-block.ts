import { promisify } from 'node:util'
import { crc32, gunzip, gzip, gzipSync } from 'node:zlib'
import type { RunLog } from '../domain/run.ts'

const compress = promisify(gzip)
const expand = promisify(gunzip)
// Level 4 takes half as long again for 4 % less.
const OPTIONS = { level: 3 }
/** A small log needs no large tables: making them is half the work. */
const SMALL_OPTIONS = { level: 3, windowBits: 13, memLevel: 6, chunkSize: 4 * 1024 }
/** A block is written by us and capped when it was; anything larger is damage that happens to have the right sum. */
const MOST_BYTES = 64 * 1024 * 1024

/** Below this compressing takes less time than handing it to the thread pool (50 against 150 microseconds). */
const SMALL_CHARACTERS = 16 * 1024

/**
 * A run's log and document as one gzip member, so that `zcat` reads a pack. In a hurry, because someone waits for
 * the answer, a small one is not compressed yet: `squeeze` does that at leisure.
 */
export async function encodeLog(log: RunLog, hurry: boolean): Promise<Buffer> {
  const text = JSON.stringify(log)
  if (text.length < SMALL_CHARACTERS && hurry) return storedMember(text)
  return text.length < SMALL_CHARACTERS
    ? gzipSync(`${text}\n`, SMALL_OPTIONS)
    : compress(`${text}\n`, OPTIONS)
}

/** The block compressed; the very same where it is compressed already. */
export async function squeeze(block: Buffer): Promise<Buffer> {
  return isStored(block) ? compress(storedText(block)) : block
}

/** The log in a block whose sum is right; null where it is none of ours all the same. */
export async function decodeLog(block: Buffer): Promise<RunLog | null> {
  try {
    return JSON.parse((await expand(block, { maxOutputLength: MOST_BYTES })).toString('utf8')) as RunLog
  } catch {
    return null
  }
}

/** RFC 1952, 2.3: magic number, method "deflate", no flags, no time, no extra flags, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** RFC 1951, 3.2.4: the last block, and it is stored; then its length, and its length inverted. */
const LAST_AND_STORED = 1
const STORED_HEADER_BYTES = 5
const TRAILER_BYTES = 8
const NEWLINE = 0x0a

/** A text of less than 64 kB, and a newline, as a gzip member whose only block is stored as it is. */
function storedMember(text: string): Buffer {
  const length = Buffer.byteLength(text) + 1
  const start = GZIP_HEADER.length + STORED_HEADER_BYTES
  const block = Buffer.allocUnsafe(start + length + TRAILER_BYTES)
  GZIP_HEADER.copy(block)
  block.writeUInt8(LAST_AND_STORED, GZIP_HEADER.length)
  block.writeUInt16LE(length, GZIP_HEADER.length + 1)
  block.writeUInt16LE(~length & 0xffff, GZIP_HEADER.length + 3)
  block.write(text, start)
  block.writeUInt8(NEWLINE, start + length - 1)
  block.writeUInt32LE(crc32(block.subarray(start, start + length)), start + length)
  block.writeUInt32LE(length, start + length + 4)
  return block
}

/** What lies between the head and the trailer of a member whose only block is stored. */
function storedText(block: Buffer): Buffer {
  return block.subarray(GZIP_HEADER.length + STORED_HEADER_BYTES, block.length - TRAILER_BYTES)
}

function isStored(block: Buffer): boolean {
  return block[GZIP_HEADER.length] === LAST_AND_STORED
}
