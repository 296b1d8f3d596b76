import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

const BLOCK = 512
/** What packs archives fills up to its own blocks with zeros; more behind the end is not ours. */
const MOST_BEHIND = 16 * 1024 * 1024

/** A member of a tar. `body` must be read to its end before the next one is asked for. */
export interface TarMember {
  readonly name: string
  readonly isFile: boolean
  readonly length: number
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Reads a tar (POSIX ustar) member by member without holding any of them in memory. Throws Failure `invalid` where
 * it is no tar, or ends early.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const bytes = byteReader(source)
  for (;;) {
    const header = await bytes.exactly(BLOCK)
    if (header.every((byte) => byte === 0)) {
      // To the end, so that what packed it can check its own sum.
      await bytes.drain()
      return
    }
    const length = octal(header, 124, 12)
    if (!isHeader(header) || Number.isNaN(length)) throw new Failure('invalid', text('care.restore.damaged'))
    let isRead = false
    async function* body(): AsyncGenerator<Uint8Array> {
      isRead = true
      yield* bytes.pieces(length)
      await bytes.exactly((BLOCK - (length % BLOCK)) % BLOCK)
    }
    const kind = header[156]
    const members = body()
    yield { name: nameOf(header), isFile: kind === 0 || kind === 0x30, length, body: members }
    if (!isRead) for await (const _ of body());
  }
}

/** The checksum counts its own eight bytes as blanks. */
function isHeader(header: Buffer): boolean {
  const blank = Buffer.from(header)
  blank.fill(0x20, 148, 156)
  return blank.reduce((sum, byte) => sum + byte, 0) === octal(header, 148, 8)
}

function nameOf(header: Buffer): string {
  const [name, prefix] = [textIn(header, 0, 100), textIn(header, 345, 155)]
  return prefix === '' ? name : `${prefix}/${name}`
}

function octal(header: Buffer, from: number, length: number): number {
  const digits = textIn(header, from, length).trim()
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

function textIn(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** Takes bytes off a stream in the sizes that are asked for. */
function byteReader(source: AsyncIterable<Uint8Array>) {
  const stream = source[Symbol.asyncIterator]()
  let rest = Buffer.alloc(0)

  async function more(): Promise<void> {
    const next = await stream.next()
    if (next.done === true) throw new Failure('invalid', text('care.restore.damaged'))
    rest = rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([rest, next.value])
  }

  return {
    async exactly(length: number): Promise<Buffer> {
      while (rest.length < length) await more()
      const taken = rest.subarray(0, length)
      rest = rest.subarray(length)
      return taken
    },
    async drain(): Promise<void> {
      let behind = 0
      for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
        behind += next.value.length
        if (behind > MOST_BEHIND) throw new Failure('invalid', text('care.restore.damaged'))
      }
    },
    async *pieces(length: number): AsyncGenerator<Uint8Array> {
      for (let left = length; left > 0; ) {
        if (rest.length === 0) await more()
        const piece = rest.subarray(0, left)
        rest = rest.subarray(piece.length)
        left -= piece.length
        yield piece
      }
    },
  }
}
