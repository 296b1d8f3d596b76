import { Failure } from '../domain/failure.ts'
import type { Identity, RunOrigin } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import { sha256 } from '../kit/ids.ts'
import { openJson } from './document.ts'
import { parseJson } from './json.ts'
import { type ReadReport, readRun } from './report.ts'
import { fieldsOf } from './values.ts'

export interface RowAbout {
  readonly receivedAt: Date
  readonly zone: string
  readonly logLimitBytes: number
  readonly origin: RunOrigin
}

/**
 * Reads a row of a job's log as Duplicati's API gives it (`{ ID, OperationID, Timestamp, Type, Message, Exception }`,
 * see `GET /api/v1/backup/{id}/log`). The row does not say whose it is: the caller does. Null where the row is of
 * another type than `Result`; throws Failure `invalid` where its message is no result.
 */
export function readDatabaseRow(row: unknown, identity: Identity, about: RowAbout): ReadReport | null {
  const fields = fieldsOf(row)
  const type = fields['Type']
  if (typeof type === 'string' && type !== 'Result') return null
  const message = fields['Message']
  const body = typeof message === 'string' ? message : (JSON.stringify(message) ?? '')
  const document = openMessage(body.replace(/^\ufeff/, ''))
  const exception = document.exception ?? exceptionOf(fields['Exception'])
  const writtenAt = secondsOf(fields['Timestamp'], about.receivedAt)
  return readRun({ ...document, exception }, { ...about, identity, bodyHash: sha256(body), writtenAt })
}

function openMessage(message: string) {
  try {
    return openJson(parseJson(message))
  } catch (cause) {
    throw new Failure('invalid', text('report.refused.row-not-result'), { cause })
  }
}

/** The API writes a database NULL as `{}`. */
function exceptionOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function secondsOf(value: unknown, receivedAt: Date): number | null {
  const ms = typeof value === 'number' ? value * 1000 : Number.NaN
  return ms >= Date.UTC(2008, 0, 1) && ms <= receivedAt.getTime() + 86_400_000 ? Math.round(ms) : null
}
