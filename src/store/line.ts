import { crc32 } from 'node:zlib'

/**
 * A checksummed line of JSON: `{...,"crc":"9f1c22aa"}` and a newline. The sum is CRC-32 (zlib) of the UTF-8 text
 * before `,"crc":"`, so that the line stays JSON for anybody.
 */
const TAIL = Buffer.from(',"crc":"')
const TAIL_LENGTH = TAIL.length + 10 // 8 digits, quote, brace

/** `json` is the text of an object; gives the line with its sum and newline. */
export function sealLine(json: string): Buffer {
  const length = Buffer.byteLength(json) - 1
  const line = Buffer.allocUnsafe(length + TAIL_LENGTH + 1)
  line.write(json)
  const sum = hex(crc32(line.subarray(0, length)))
  line.write(`,"crc":"${sum}"}\n`, length, 'latin1')
  return line
}

/** Whether `bytes` from `start` to `end` (newline not included) is a whole line with the right sum. */
export function isSound(bytes: Buffer, start: number, end: number): boolean {
  const tail = end - TAIL_LENGTH
  if (tail <= start || bytes[start] !== 0x7b || bytes[end - 1] !== 0x7d || bytes[end - 2] !== 0x22)
    return false
  if (bytes.compare(TAIL, 0, TAIL.length, tail, tail + TAIL.length) !== 0) return false
  return hexAt(bytes, tail + TAIL.length) === crc32(bytes.subarray(start, tail))
}

/** The object in a sound line. */
export function parseLine(bytes: Buffer, start: number, end: number): Record<string, unknown> {
  return JSON.parse(bytes.toString('utf8', start, end)) as Record<string, unknown>
}

/** The number that eight hex digits in small letters write, NaN where others stand; read without making a text. */
function hexAt(bytes: Buffer, at: number): number {
  let sum = 0
  for (let i = at; i < at + 8; i++) {
    const code = bytes[i] ?? 0
    const digit =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : Number.NaN
    sum = sum * 16 + digit
  }
  return sum
}

export function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0')
}
