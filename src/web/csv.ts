import { stringify } from 'csv-stringify/sync'
import type { Context } from 'koa'

/** Answers with a table as a file. A cell that begins like a formula gets an apostrophe: spreadsheets would run it. */
export function sendCsv(
  ctx: Context,
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  ctx.attachment(name)
  ctx.type = 'text/csv; charset=utf-8'
  ctx.set('Cache-Control', 'no-store')
  const cells = rows.map((row) => row.map(plain))
  ctx.body = stringify(cells, { header: true, columns: [...columns], bom: true })
}

function plain(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}
