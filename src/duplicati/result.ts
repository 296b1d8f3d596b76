import type { RunResult } from '../domain/run.ts'
import type { Doubts } from './doubts.ts'
import { type Fields, flagOf, nameOf, quoted } from './values.ts'

export interface ResultFacts {
  readonly result: RunResult
  readonly parsedResult: string | null
  readonly interrupted: boolean
  readonly partial: boolean
}

/** What else tells how a run went. */
export interface Evidence {
  readonly exception: string | null
  readonly warnings: number
  readonly errors: number
  /** Worst result of the steps inside. */
  readonly phases: RunResult
}

/**
 * What came of a run: something thrown or fatal beats Duplicati's own word; errors make a success an error,
 * warnings, files with errors, an interruption or a partial backup make it a warning. A word we do not know is
 * `unknown`, never success; without any word too.
 */
export function readResult(data: Fields, evidence: Evidence, doubts: Doubts): ResultFacts {
  const parsedResult = nameOf(data['ParsedResult'], 60)
  const aborted = /OperationAborte?d?Exception/.test((evidence.exception ?? '').slice(0, 200))
  const interrupted = flagOf(data['Interrupted']) || aborted
  const partial = flagOf(data['PartialBackup'])
  const facts = { parsedResult, interrupted, partial }
  const said = wordOf(data['ParsedResult'])
  if (evidence.exception !== null || said === 'fatal' || flagOf(data['Fatal']))
    return { ...facts, result: 'fatal' }
  if (data['ParsedResult'] === undefined || data['ParsedResult'] === null) doubts.add('result-missing')
  else if (said === null) doubts.add('result-unknown', { said: quoted(data['ParsedResult']) })
  const errors = evidence.errors > 0 || evidence.phases === 'error' || evidence.phases === 'fatal'
  if (said === 'error' || (errors && said !== 'unknown')) {
    if (said === 'success') doubts.add('success-with-errors')
    return { ...facts, result: 'error' }
  }
  if (said === null || said === 'unknown') return { ...facts, result: 'unknown' }
  const warned = evidence.warnings > 0 || evidence.phases === 'warning' || failedFiles(data)
  return { ...facts, result: warned || interrupted || partial ? 'warning' : said }
}

/** Duplicati's word as ours; null where it is none of its words. */
export function wordOf(value: unknown): RunResult | null {
  const word = typeof value === 'string' && value.length < 20 ? value.trim().toLowerCase() : ''
  return WORDS.get(word) ?? null
}

const WORDS: ReadonlyMap<string, RunResult> = new Map([
  ['success', 'success'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['unknown', 'unknown'],
])

function failedFiles(data: Fields): boolean {
  const count = data['FilesWithError']
  return (typeof count === 'number' || typeof count === 'string') && Number(count) > 0
}
