import { maskSecrets } from './mask.ts'
import { readHeader } from './text-header.ts'
import { LineReader, readList, splitEntries } from './text-parts.ts'
import { cleanText, type Fields, shorten } from './values.ts'

/** A text report under the names of the JSON form; a list keeps its name without the `Limited` of the text. */
export interface TextReport {
  readonly data: Fields
  readonly extra: Fields
  readonly exception: string | null
  readonly logLines: readonly string[]
  /** Duplicati had no result and wrote `null?` in its place. */
  readonly withoutResult: boolean
  /** The text without its lists and log, masked and bounded. */
  readonly raw: string
}

/**
 * Reads the text form: lines of the template, `Failed:` and `Details:` where something was thrown, `Name: value`
 * lines, lists over several lines, `Log data:` with the log to the end. Whether it is a report at all the caller
 * judges by what was found.
 */
export function readTextReport(text: string): TextReport {
  const data = Object.create(null) as Record<string, unknown>
  const lines = new LineReader(cleanText(text))
  const header: string[] = []
  const raw: string[] = []
  let exception: string | null = null
  let logLines: readonly string[] = []
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const field = FIELD.exec(line.slice(0, 200))
    const name = field?.[1] ?? ''
    if (LOG_DATA.test(line)) {
      logLines = splitEntries(lines.rest())
      break
    }
    if (field !== null && (LISTS.has(name) ? KNOWN_LIST : ANY_LIST).test(line)) {
      const list = line.trimEnd().endsWith('[]') ? [] : readList(lines)
      data[LISTS.get(name) ?? name] ??= list
      continue
    }
    if (raw.length < 500) raw.push(line)
    if (exception === null && line.startsWith('Failed: ')) exception = readFailed(line, lines)
    else if (field === null) {
      if (header.length < 50 && line.trim() !== '') header.push(line)
    } else data[name] ??= readValue(line.slice(name.length + 1).trim())
  }
  return {
    data,
    extra: readHeader(header, data),
    exception,
    logLines,
    withoutResult: header.includes('null?'),
    raw: shorten(maskSecrets(raw.join('\n')), 64 * 1024),
  }
}

const FIELD = /^([A-Za-z][A-Za-z0-9-]{1,60}):(?: |$)/
const LOG_DATA = /^Log data:\s*$/
const KNOWN_LIST = /^\w+: \[/
/** Operations have lists of their own: what stands in one is no field of the result. */
const ANY_LIST = /^\w+: \[\]?\s*$/
/** Names of the lists in the text, and what they are called in JSON. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['LimitedMessages', 'Messages'],
  ['LimitedWarnings', 'Warnings'],
  ['LimitedErrors', 'Errors'],
  ['Messages', 'Messages'],
  ['Warnings', 'Warnings'],
  ['Errors', 'Errors'],
  ['RemoteSynchronizationResults', 'RemoteSynchronizationResults'],
  ['BrokenLocalFiles', 'BrokenLocalFiles'],
  ['BrokenRemoteFiles', 'BrokenRemoteFiles'],
])

/** Lines of a message or of an exception that are read. */
const LONGEST_FAILURE = 2000

/** `Failed: <message>`, `Details: <exception>`; both may run over lines, up to the first field of a result. */
function readFailed(first: string, lines: LineReader): string {
  const message = [first.slice('Failed: '.length)]
  const details: string[] = []
  let into = message
  for (let line = lines.peek(); line !== null; line = lines.peek()) {
    const name = FIELD.exec(line.slice(0, 80))?.[1] ?? ''
    if (LOG_DATA.test(line) || RESULT_FIELDS.has(name) || LISTS.has(name)) break
    lines.next()
    if (into === message && line.startsWith('Details: ')) {
      into = details
      details.push(line.slice('Details: '.length))
    } else if (into.length < LONGEST_FAILURE) into.push(line)
  }
  return (details.length > 0 ? details : message).join('\n').trim()
}

/** Fields that can follow a failure: every text report of a result begins with one of these. */
const RESULT_FIELDS: ReadonlySet<string> = new Set([
  ...[
    'DeletedFiles',
    'MainOperation',
    'ParsedResult',
    'Interrupted',
    'Fatal',
    'Version',
    'EndTime',
    'BeginTime',
  ],
  ...['Duration', 'MessagesActualLength', 'WarningsActualLength', 'ErrorsActualLength', 'RestoredFiles'],
  ...[
    'DeletedFileCount',
    'VerificationsActualLength',
    'DeletedSetsActualLength',
    'RemovedFileCount',
    'Dryrun',
  ],
  ...[
    'FoldersCreated',
    'FileCount',
    'VolumesRead',
    'Destination',
    'EncryptedFiles',
    'TargetPath',
    'PartialBackup',
  ],
])

function readValue(text: string): unknown {
  if (text === 'True' || text === 'true') return true
  if (text === 'False' || text === 'false') return false
  return /^-?\d{1,19}$/.test(text) ? Number(text) : text
}
