import type { IncomingMessage } from 'node:http'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** One part of a form with files. The body has to be read to its end before the next part comes. */
export interface FormPart {
  readonly name: string
  /** null for a plain field. */
  readonly filename: string | null
  readonly body: AsyncGenerator<Buffer, void>
}

const LONGEST_HEAD = 16 * 1024

/**
 * Parts of a `multipart/form-data` body (RFC 7578), streamed: a file of any size takes no memory.
 * @throws Failure `invalid` where the body is not such a form, or ends early
 */
export async function* formParts(req: IncomingMessage): AsyncGenerator<FormPart, void> {
  const boundary = /multipart\/form-data;.*boundary="?([^";]{1,70})"?/i.exec(
    req.headers['content-type'] ?? '',
  )
  if (boundary?.[1] === undefined) throw cut()
  const reader = new Reader(req, Buffer.from(`\r\n--${boundary[1]}`, 'latin1'))
  await reader.skipTo()
  while (await reader.nextPart()) {
    const head = await reader.head()
    const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
    const name = /[;\s]name="([^"]*)"/i.exec(disposition)?.[1] ?? ''
    const filename = /filename="([^"]*)"/i.exec(disposition)?.[1] ?? null
    const body = reader.body()
    yield { name, filename, body }
    for await (const _ of body) {
      // What the caller left unread.
    }
  }
}

/** The whole text of a small part. @throws Failure `too-large` */
export async function partText(part: FormPart, limit = 64 * 1024): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of part.body) {
    length += piece.length
    if (length > limit) throw new Failure('too-large', text('body.too-large', { limit: { bytes: limit } }))
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

class Reader {
  readonly #pieces: AsyncIterator<Buffer>
  readonly #mark: Buffer
  // The first boundary has no line end before it.
  #held = Buffer.from('\r\n')

  constructor(req: AsyncIterable<Buffer>, mark: Buffer) {
    this.#pieces = req[Symbol.asyncIterator]()
    this.#mark = mark
  }

  async skipTo(): Promise<void> {
    for await (const _ of this.body()) {
      // Whatever stands before the first boundary.
    }
  }

  /** After a boundary: whether another part follows. */
  async nextPart(): Promise<boolean> {
    while (this.#held.length < 2) await this.#more()
    const follows = this.#held.subarray(0, 2).toString('latin1') === '\r\n'
    this.#held = this.#held.subarray(2)
    return follows
  }

  async head(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n')
      if (end >= 0) {
        const head = this.#held.subarray(0, end).toString('utf8')
        // A body may be empty: then its boundary begins with the line end of the head.
        this.#held = this.#held.subarray(end + 2)
        this.#held = this.#held.indexOf(this.#mark) === 0 ? this.#held : this.#held.subarray(2)
        return head
      }
      if (this.#held.length > LONGEST_HEAD) throw cut()
      await this.#more()
    }
  }

  async *body(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const end = this.#held.indexOf(this.#mark)
      if (end >= 0) {
        const last = this.#held.subarray(0, end)
        this.#held = this.#held.subarray(end + this.#mark.length)
        if (last.length > 0) yield last
        return
      }
      // The boundary may begin at the end of what is here.
      const safe = this.#held.length - this.#mark.length
      if (safe > 0) {
        const piece = this.#held.subarray(0, safe)
        this.#held = this.#held.subarray(safe)
        yield piece
      }
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const next = await this.#pieces.next()
    if (next.done === true) throw cut()
    this.#held = this.#held.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#held, next.value])
  }
}

function cut(): Failure {
  return new Failure('invalid', text('body.cut'))
}
