import { Failure } from '../domain/failure.ts'
import { text as say } from '../domain/text.ts'
import { withKnownNames } from './extra-names.ts'
import { trimmed, unframe, unwrapped } from './framing.ts'
import { parseJson } from './json.ts'
import { keptDocument } from './kept-document.ts'
import { isLiveStatus } from './live-status.ts'
import { readTextReport } from './text-report.ts'
import { readStamp } from './times.ts'
import { cleanText, type Fields, fieldsOf, isFields, NO_FIELDS, quoted } from './values.ts'

/** A report opened: whichever shape it came in, its parts are under the names of the JSON form. */
export interface ReportDocument {
  /** The result object, or the exception where old versions send that instead; empty where there is none. */
  readonly data: Fields
  readonly extra: Fields
  /** A list of lines as a rule; nothing is known of it. */
  readonly logLines: unknown
  /** What was thrown, in full; null where nothing was. */
  readonly exception: string | null
  /** Makes the document fit to be kept: masked, bounded, without log lines. Called last: it changes the document. */
  readonly kept: () => unknown
}

/**
 * Opens a document that was parsed from JSON and that nobody else holds: the envelope of a report, or a bare result as the job database of
 * Duplicati keeps it. Throws Failure `invalid` that says what is missing.
 */
export function openJson(value: unknown): ReportDocument {
  if (!isFields(value))
    throw refused(value === null ? 'null' : Array.isArray(value) ? 'list' : 'plain', value)
  if (Object.keys(value).length === 0) throw refused('nothing-in-it')
  if (isLiveStatus(value)) throw refused('live-status')
  const row = openRow(value)
  if (row !== null) return row
  const bare =
    !Object.hasOwn(value, 'Data') || (value['ClassName'] !== undefined && value['Extra'] === undefined)
  const data = bare ? value : value['Data']
  if (!isFields(data) && data !== null) throw refused('data-not-object', data)
  const extra = withKnownNames(fieldsOf(value['Extra']))
  const exception = exceptionOf(value, fieldsOf(data))
  if (!isRecognisable(fieldsOf(data), exception, data === null ? extra : NO_FIELDS)) {
    const known = bare ? 'data-missing' : data === null ? 'data-null' : 'not-recognised'
    throw refused(known, undefined, Object.keys(fieldsOf(data)))
  }
  return {
    data: data === null ? NO_FIELDS : data,
    extra,
    logLines: value['LogLines'],
    exception,
    kept: () => keptDocument(value as Record<string, unknown>, bare ? '' : 'Data'),
  }
}

/** A whole row of a job's log, with the result as JSON in its `Message`; null where the document is none. */
function openRow(value: Fields): ReportDocument | null {
  const message = value['Message']
  const isRow = Object.hasOwn(value, 'Timestamp') || Object.hasOwn(value, 'OperationID')
  if (!isRow || typeof message !== 'string' || !isJson(trimmed(message))) return null
  const opened = openJson(parseJson(trimmed(message)))
  return { ...opened, exception: opened.exception ?? thrown(value['Exception']) }
}

/**
 * Opens the text of a body of unknown kind: JSON, a form (any field name; the largest counts) around JSON or a text
 * report, or a bare text report.
 */
export function openText(body: string): ReportDocument {
  const text = trimmed(body)
  if (text === '') throw refused('empty')
  const framed = isJson(text) ? null : unframe(text)
  if (framed === null) return openAny(text, NO_FIELDS)
  let refusal: unknown
  for (const candidate of framed.texts) {
    try {
      return openAny(trimmed(candidate), framed.extra)
    } catch (error) {
      refusal ??= error
    }
  }
  throw refusal
}

/** `extra` is what the form around the text tells; the report itself knows better. */
function openAny(text: string, extra: Fields): ReportDocument {
  if (text === '') throw refused('form-empty')
  const bare = unwrapped(text)
  if (!isJson(bare) && !isPlainJson(bare)) return openPlain(text, extra)
  const opened = openJson(parseJson(bare))
  return { ...opened, extra: { ...extra, ...opened.extra } }
}

function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[')
}

/** A JSON value that is neither object nor list: refused, but by its right name. */
function isPlainJson(text: string): boolean {
  return text.length < 1000 && /^(null|true|false|-?\d[\d.e+-]*|".*")$/is.test(text)
}

function openPlain(text: string, extra: Fields): ReportDocument {
  const { data, exception, logLines, raw, withoutResult, ...report } = readTextReport(text)
  if (!isRecognisable(data, exception, withoutResult ? report.extra : NO_FIELDS))
    throw refused('not-a-report-text')
  const found = { ...extra, ...report.extra }
  return { data, extra: found, logLines, exception, kept: () => raw }
}

/** What settles that this is a report: an operation, a result with a time, or something thrown. */
function isRecognisable(data: Fields, exception: string | null, extra: Fields): boolean {
  const says = (value: unknown) => typeof value === 'string' && value.trim() !== ''
  if (exception !== null || says(data['MainOperation']) || says(extra['OperationName'])) return true
  const timed = (value: unknown) => readStamp(value, 'UTC').kind === 'at'
  return says(data['ParsedResult']) && (timed(data['BeginTime']) || timed(data['EndTime']))
}

/** The thrown exception: its text beside or in the result, or `Data` that is one (Duplicati up to 2.0.7). */
function exceptionOf(envelope: Fields, data: Fields): string | null {
  const beside = thrown(envelope['Exception']) ?? thrown(data['Exception'])
  return beside ?? (typeof data['ClassName'] === 'string' ? thrown(data) : null)
}

/** An empty object is how .NET writes a database NULL. */
function thrown(value: unknown): string | null {
  if (value === undefined || value === null || value === false) return null
  if (typeof value === 'string') return cleanText(value).trim() || null
  if (Array.isArray(value)) return value.length === 0 ? null : quoted(value)
  if (!isFields(value)) return quoted(value)
  return Object.keys(value).length === 0 ? null : writeException(value)
}

function writeException(exception: Fields): string {
  const parts: string[] = []
  let inner: unknown = exception
  for (let depth = 0; depth < 10 && isFields(inner); depth++, inner = inner['InnerException']) {
    parts.push(`${quotedLong(inner['ClassName'])}: ${quotedLong(inner['Message'])}`)
  }
  const stack = exception['StackTraceString']
  const text = parts.join('\n ---> ')
  return cleanText(typeof stack === 'string' ? `${text}\n${stack}` : text)
}

function quotedLong(value: unknown): string {
  return typeof value === 'string' ? value : quoted(value)
}

function refused(why: string, value?: unknown, keys: readonly string[] = []): Failure {
  const found = keys
    .slice(0, 8)
    .map((key) => quoted(key))
    .join(', ')
  return new Failure('invalid', say(`report.refused.${why}`, { found: found || '–', said: quoted(value) }))
}
