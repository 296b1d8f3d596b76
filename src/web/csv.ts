import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Context } from 'koa'

/** Rows written at once: between such pieces others get their answers. */
const PIECE = 500

/**
 * Answers with a table as a file. A cell that begins like a formula gets an apostrophe: spreadsheets would run it.
 * `rows` may come one by one: they are written as the reader takes them.
 */
export function sendCsv(
  ctx: Context,
  name: string,
  columns: readonly string[],
  rows: Iterable<readonly string[]>,
): void {
  ctx.attachment(name)
  ctx.set('Cache-Control', 'no-store')
  ctx.body = Readable.from(pieces(columns, rows), { objectMode: false })
  ctx.type = 'text/csv; charset=utf-8'
}

function* pieces(columns: readonly string[], rows: Iterable<readonly string[]>): Generator<string> {
  yield stringify([[...columns]], { bom: true })
  let batch: string[][] = []
  for (const row of rows) {
    batch.push(row.map(plain))
    if (batch.length < PIECE) continue
    yield stringify(batch)
    batch = []
  }
  if (batch.length > 0) yield stringify(batch)
}

function plain(cell: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell
}
