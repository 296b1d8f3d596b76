import { BYTES, type Columns, FLOATS, WHOLES } from './columns.ts'
import type { LineHead } from './run-line.ts'

const FLOAT_COLUMNS = Object.values(FLOATS)
const COUNT_COLUMNS = [
  WHOLES.versions,
  WHOLES.warnings,
  WHOLES.errors,
  WHOLES.messages,
  WHOLES.addedFiles,
  WHOLES.modifiedFiles,
  WHOLES.deletedFiles,
] as const

/** Puts the numbers of a line's head (see `rowOf` in `run-line.ts`) into a row. */
export function writeRow(columns: Columns, row: number, head: LineHead): void {
  const values = head.row
  columns.setByte(BYTES.result, row, values[0] ?? 0)
  columns.setByte(BYTES.flags, row, values[1] ?? 0)
  let next = 2
  for (const column of FLOAT_COLUMNS) columns.setFloat(column, row, values[next++] ?? Number.NaN)
  for (const column of COUNT_COLUMNS) columns.setCount(column, row, values[next++] ?? null)
  columns.setWhole(WHOLES.hash, row, values[next] ?? 0)
}
