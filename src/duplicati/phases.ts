import type { Phase, RunResult } from '../domain/run.ts'
import { ownFigures } from './own-figures.ts'
import { wordOf } from './result.ts'
import { usableMoment } from './run-times.ts'
import { readTimeSpan } from './times.ts'
import { type Fields, fieldsOf, flagOf, isFields, nameOf, shorten } from './values.ts'

/** Nested results of a run, and the operation whose figures each has. */
const STEPS: readonly (readonly [field: string, kind: Phase['kind'], operation: string])[] = [
  ['DeleteResults', 'retention', 'Delete'],
  ['PurgeResults', 'purge', 'PurgeFiles'],
  ['CompactResults', 'compact', 'Compact'],
  ['VacuumResults', 'vacuum', 'Vacuum'],
  ['RepairResults', 'repair', 'Repair'],
  ['RecreateDatabaseResults', 'recreate', 'Repair'],
  ['TestResults', 'verify', 'Test'],
  ['LockResults', 'lock', 'SetLock'],
]

const MOST_SYNCS = 20
const MOST_NOTES = 20

/**
 * The steps inside a run, in order of time. A step stands twice in some results (compacting, inside retention too):
 * it is told once.
 */
export function readPhases(data: Fields, about: { zone: string; receivedAt: Date }): Phase[] {
  const compact = [data, fieldsOf(data['DeleteResults']), fieldsOf(data['PurgeResults'])]
    .map((result) => result['CompactResults'])
    .find((result) => isFields(result))
  const found = new Map<string, unknown>([
    ['CompactResults', compact],
    ['VacuumResults', data['VacuumResults'] ?? fieldsOf(compact)['VacuumResults']],
  ])
  const phases: Phase[] = []
  for (const [field, kind, operation] of STEPS) {
    const result = found.has(field) ? found.get(field) : data[field]
    if (isFields(result)) phases.push(phaseOf(kind, operation, result, about))
  }
  const syncs = data['RemoteSynchronizationResults']
  for (const result of Array.isArray(syncs) ? syncs.slice(0, MOST_SYNCS) : []) {
    if (isFields(result)) phases.push(phaseOf('sync', 'RemoteSynchronization', result, about))
  }
  return phases.sort((a, b) =>
    (a.begin ?? LAST) < (b.begin ?? LAST) ? -1 : (a.begin ?? LAST) > (b.begin ?? LAST) ? 1 : 0,
  )
}

const LAST = '9'

/** The worst result among the steps; success where there are none. */
export function worstOf(phases: readonly Phase[]): RunResult {
  const order: readonly RunResult[] = ['fatal', 'error', 'warning']
  return order.find((result) => phases.some((phase) => phase.result === result)) ?? 'success'
}

function phaseOf(
  kind: Phase['kind'],
  operation: string,
  result: Fields,
  about: { zone: string; receivedAt: Date },
): Phase {
  const latest = about.receivedAt.getTime() + 86_400_000
  const begin = usableMoment(result['BeginTime'], about.zone, latest)
  const end = usableMoment(result['EndTime'], about.zone, latest)
  const said = readTimeSpan(result['Duration'])
  const between =
    begin === null || end === null ? null : Math.max(0, Date.parse(end) - Date.parse(begin)) / 1000
  const word = wordOf(result['ParsedResult']) ?? 'unknown'
  return {
    kind,
    result: word === 'success' && flagOf(result['Interrupted']) ? 'warning' : word,
    begin,
    end,
    durationS: end === null && said === 0 ? null : (said ?? between),
    figures: ownFigures(operation, result),
    notes: notesOf(kind, result),
  }
}

function notesOf(kind: Phase['kind'], result: Fields): string[] {
  if (kind === 'retention') return bounded(result['DeletedSets'], (set) => nameOf(set['Item2'], 60))
  if (kind === 'sync') return [nameOf(result['Destination'])].filter((note) => note !== null)
  return kind === 'verify' ? bounded(result['Verifications'], damageOf) : []
}

function bounded(list: unknown, noteOf: (item: Fields) => string | null): string[] {
  const notes: string[] = []
  for (const item of Array.isArray(list) ? list.slice(0, 1000) : []) {
    if (notes.length === MOST_NOTES) break
    const note = isFields(item) ? noteOf(item) : null
    if (note !== null) notes.push(shorten(note, 300))
  }
  return notes
}

/** `file.zip.aes: Missing name, Error ...` for a remote file that failed its test; null for a good one. */
function damageOf(verification: Fields): string | null {
  const problems = verification['Value']
  if (!Array.isArray(problems) || problems.length === 0) return null
  const words = problems.slice(0, 5).map((problem) => {
    const { Key, Value } = fieldsOf(problem)
    return [nameOf(Key, 60), nameOf(Value, 120)].filter((word) => word !== null).join(' ')
  })
  return `${nameOf(verification['Key'], 200) ?? '?'}: ${words.join(', ')}`
}
