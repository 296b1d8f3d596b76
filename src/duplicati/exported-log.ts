import { Failure } from '../domain/failure.ts'
import { text as say } from '../domain/text.ts'
import { parseJson } from './json.ts'
import { type Fields, isFields } from './values.ts'

/** One run of an uploaded file: a row for `readDatabaseRow`, or the body of a report for `readReport`. */
export type ExportedItem =
  | { readonly kind: 'row'; readonly row: Fields }
  | { readonly kind: 'report'; readonly body: Uint8Array }

/**
 * Splits an uploaded file into runs: the log of a job as a JSON list of rows, one report, a list of reports, or one
 * report a line. What in a list is neither is left out. Throws Failure `invalid` where nothing is left.
 */
export function readExportedLog(text: string): readonly ExportedItem[] {
  const content = text.replace(/^[\s\ufeff]+/, '').trimEnd()
  const items = content.startsWith('[') || content.startsWith('{') ? jsonItems(content) : [reportOf(content)]
  const found = items.filter((item) => item !== null)
  if (content === '' || found.length === 0) throw new Failure('invalid', say('report.refused.export-empty'))
  return found
}

function jsonItems(content: string): readonly (ExportedItem | null)[] {
  const lines = content.startsWith('{') ? linesOf(content) : null
  if (lines !== null) return lines.map((line) => itemOf(parseLine(line)))
  const document = parseJson(content)
  return Array.isArray(document) ? document.map(itemOf) : [itemOf(document)]
}

/** The lines where each is an object of its own; null for one document over several lines. */
function linesOf(content: string): readonly string[] | null {
  const end = content.indexOf('\n')
  if (end === -1 || parseLine(content.slice(0, end)) === null) return null
  return content.split('\n').filter((line) => line.trim() !== '')
}

/** A line that cannot be read is left out; the others are not to suffer. */
function parseLine(line: string): unknown {
  try {
    return parseJson(line)
  } catch {
    return null
  }
}

function itemOf(value: unknown): ExportedItem | null {
  if (!isFields(value)) return null
  if (isFields(value['payload'])) return itemOf(value['payload'])
  if (isRow(value)) return { kind: 'row', row: value }
  return reportOf(JSON.stringify(value))
}

/** A row has the result inside its `Message`; so has a serialised exception, but that is no JSON. */
function isRow(value: Fields): boolean {
  const message = value['Message']
  if (value['ClassName'] !== undefined || value['Data'] !== undefined) return false
  return (
    isFields(message) || (typeof message === 'string' && ('Timestamp' in value || 'OperationID' in value))
  )
}

function reportOf(text: string): ExportedItem | null {
  return text === '' ? null : { kind: 'report', body: Buffer.from(text) }
}
