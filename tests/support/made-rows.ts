import type { DuplicatiRow } from './duplicati-server.ts'
import { benchReports } from './generator.ts'
import { rowOf } from './log-row.ts'

/**
 * Rows of backups every four hours until now. Their text is written when it is asked for: 200 000 of them would need
 * more than a gigabyte.
 */
export function madeRows(size: number, seed: number): DuplicatiRow[] {
  const [report] = [...benchReports({ count: 1, until: new Date(), servers: 1, jobs: 1, lines: 20, seed })]
  if (report === undefined) return []
  const pattern = rowOf(report.document, 1)
  const begin = String(report.document.Data['BeginTime'])
  const end = String(report.document.Data['EndTime'])
  const now = Date.now()
  return Array.from({ length: size }, (_, index) => {
    const at = new Date(now - (size - index) * 14_400_000)
    return {
      ID: index + 1,
      Timestamp: Math.floor(at.getTime() / 1000) + 300,
      Type: 'Result',
      get Message() {
        const ended = new Date(at.getTime() + 300_000).toISOString()
        return pattern.Message.replaceAll(begin, at.toISOString()).replaceAll(end, ended)
      },
    }
  })
}
