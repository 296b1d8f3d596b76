import type { AuditLine } from '../actions/actor.ts'
import { type FileRun, takeFile } from '../actions/take-file.ts'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { readCollectedFile } from '../duplicati/collected-file.ts'
import { readDatabaseRow } from '../duplicati/database-row.ts'
import { readReport } from '../duplicati/report.ts'
import type { Clock } from '../kit/clock.ts'
import type { Store } from '../store/store-shape.ts'
import { logLimit } from './reports.ts'

/** Runs out of files: the parsers of rows and of reports, and the store. */
export function runFiles(needs: {
  store: Store
  clock: Clock
  zone: string
  audit(line: AuditLine): Promise<void>
}) {
  const { store, clock, zone } = needs
  const open = (content: string): readonly FileRun[] => {
    const about = { receivedAt: clock.now(), zone, logLimitBytes: logLimit(store), origin: 'file' as const }
    return readCollectedFile(content).map((entry) => {
      if (entry.kind === 'report') {
        const body = Buffer.from(JSON.stringify(entry.report))
        const hints = { contentType: 'application/json', sender: null }
        return { identity: null, read: () => readReport(body, { ...about, ...hints }) }
      }
      return {
        identity: entry.identity,
        read(identity) {
          if (identity === null)
            throw new Failure('invalid', text('duplicati.failure.file-whose'), { field: 'job' })
          return readDatabaseRow(entry.row, identity, about)
        },
      }
    })
  }
  const record: Store['record'] = (arrival, log) => store.record(arrival, log)
  return takeFile({ state: () => store.state(), open, record, audit: needs.audit })
}
