import type { DuplicatiRow } from './duplicati-server.ts'
import type { ReportDocument } from './report-document.ts'

/** Duplicati keeps so many texts of each kind in the row of a run. */
const KEPT = 20

/**
 * The row that Duplicati writes into the log of a job for a run which it also reports: the same figures, the first
 * texts of each kind in place of the log lines, no exception, no `Extra`.
 */
export function rowOf(document: ReportDocument, id: number): DuplicatiRow {
  const { LogLines: lines, Data: data } = document
  const level = (name: string) => lines.filter((line) => line.includes(`- [${name}-`)).slice(0, KEPT)
  const message = {
    ...data,
    Messages: level('Information'),
    Warnings: level('Warning'),
    Errors: level('Error'),
  }
  return {
    ID: id,
    Timestamp: Math.floor(Date.parse(String(data['EndTime'])) / 1000),
    Type: 'Result',
    Message: JSON.stringify(message),
  }
}
