import type { Doubts } from './doubts.ts'
import { type Fields, nameOf } from './values.ts'

/** Fields that only one operation has. */
const TELLING: readonly (readonly [field: string, operation: string])[] = [
  ['SizeOfExaminedFiles', 'Backup'],
  ['PartialBackup', 'Backup'],
  ['RestoredFiles', 'Restore'],
  ['SizeOfSourceFiles', 'Sync'],
  ['VerificationsActualLength', 'Test'],
  ['DeletedSetsActualLength', 'Delete'],
]

/**
 * Which operation a report tells of, as Duplicati names it. Where the result does not say, `Extra` or the fields
 * that only one operation has do; else it is `Unknown`, which decides nothing about a job.
 */
export function readOperation(data: Fields, extra: Fields, doubts: Doubts): string {
  const said = nameOf(data['MainOperation'], 60) ?? nameOf(extra['OperationName'], 60)
  if (said !== null) return said
  const guess = TELLING.find(([field]) => data[field] !== undefined)?.[1]
  if (guess === undefined) doubts.add('operation-missing')
  else doubts.add('operation-guessed', { operation: guess })
  return guess ?? 'Unknown'
}
