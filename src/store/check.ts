import { WHOLES } from './columns.ts'
import { decodeLog } from './log-block.ts'
import type { RunReader } from './run-reader.ts'
import type { RunTable } from './run-table.ts'
import type { Shelf } from './shelf.ts'
import type { Checked } from './store-shape.ts'

/** Reads every line and every log block again and counts what is damaged. Progress is told in runs. */
export async function checkAll(
  parts: { readonly shelf: Shelf; readonly table: RunTable; readonly reader: RunReader },
  onProgress: (done: number, of: number) => void,
): Promise<Checked> {
  const { shelf, table, reader } = parts
  const segments = shelf.segments.flatMap((segment) => segment ?? [])
  let badLines = 0
  for (const segment of segments) badLines += (await shelf.file(segment).scan(() => undefined)).bad.length
  const rows = Array.from({ length: table.columns.size }, (_, row) => row).filter((row) => !table.isDead(row))
  let logs = 0
  let badLogs = 0
  for (const [done, row] of rows.entries()) {
    const state = await logOf(reader, table.columns.whole(WHOLES.no, row))
    if (state === 'kept') logs++
    if (state === 'damaged') badLogs++
    if (done % 100 === 0) onProgress(done, rows.length)
  }
  onProgress(rows.length, rows.length)
  return {
    runs: rows.length,
    logs,
    badLines,
    badLogs,
    missingPacks: segments.filter((it) => it.packMissing).length,
  }
}

async function logOf(reader: RunReader, no: number) {
  const block = await reader.block(no)
  if (block !== null && (await decodeLog(block.bytes)) === null) reader.badLogs.add(no)
  return reader.logState(no)
}
