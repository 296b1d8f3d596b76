import type { LogLevel, Run, RunLog } from '../domain/run.ts'
import type { Words } from '../domain/words.ts'
import { cut, manyLines, oneLine } from './plain-text.ts'

/** Values of the variables that speak of one run. Without a run all are empty. */
export function runValues(
  run: Run | null,
  log: RunLog | null,
  words: Words,
  logCharacters: number,
): readonly (readonly [string, string])[] {
  const known = (value: number | null | undefined, write: (value: number) => string) =>
    value === null || value === undefined ? '' : write(value)
  const count = (value: number | null | undefined) => known(value, words.number)
  const size = (value: number | null | undefined) => known(value, words.bytes)
  return [
    ['backup_date', run === null ? '' : words.moment(run.begin ?? run.received)],
    ['status', run === null ? '' : words.say(`notify.result.${run.result}`)],
    ['duration', known(run?.durationS, words.duration)],
    ['file_count', count(run?.figures.sourceFiles)],
    ['messages_count', count(run?.messages)],
    ['warnings_count', count(run?.warnings)],
    ['errors_count', count(run?.errors)],
    ['available_versions', count(run?.figures.versions)],
    ['file_size', size(run?.figures.sourceBytes)],
    ['uploaded_size', size(run?.figures.uploadedBytes)],
    ['storage_size', size(run?.figures.storedBytes)],
    ['operation', run === null ? '' : oneLine(run.operation, 60)],
    [
      'reason',
      run === null ? '' : oneLine(run.exception ?? run.firstErrors[0] ?? run.firstWarnings[0] ?? '', 500),
    ],
    ['log_text', run === null ? '' : logText(run, log, words, logCharacters)],
  ]
}

/** All warnings, then all errors, one a line; all other lines where there are neither. Cut to the setting. */
function logText(run: Run, log: RunLog | null, words: Words, limit: number): string {
  if (limit === 0) return ''
  const lines = linesFor(run, log)
  const kept: string[] = []
  let length = 0
  for (const line of lines) {
    const clean = manyLines(line, 1000)
    if (length + clean.length > limit) break
    length += clean.length + 1
    kept.push(clean)
  }
  const left = lines.length - kept.length
  if (kept.length === 0 && lines[0] !== undefined) kept.push(cut(manyLines(lines[0], limit), limit))
  if (left > 0) kept.push(words.say('notify.log.more', { n: left }))
  return kept.join('\n')
}

function linesFor(run: Run, log: RunLog | null): readonly string[] {
  const of = (level: LogLevel) =>
    (log?.lines ?? []).filter((line) => line.level === level).map((line) => line.text)
  const warnings = of('warning')
  const errors = of('error')
  const found = [
    ...(warnings.length > 0 ? warnings : run.firstWarnings),
    ...(errors.length > 0 ? errors : run.firstErrors),
    ...(run.exception === null ? [] : [run.exception]),
  ]
  return found.length > 0 ? found : (log?.lines ?? []).map((line) => line.text)
}
