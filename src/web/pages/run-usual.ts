import type { RunRow } from '../../domain/history.ts'
import { isGood } from '../../domain/run.ts'
import { median } from '../../domain/statistics.ts'

const LOOKED_AT = 30
const ENOUGH = 4

/** What the good runs before this one had in common; null where there are too few to say. */
export interface Usual {
  readonly durationS: number | null
  readonly uploadedBytes: number | null
  readonly addedFiles: number | null
  readonly modifiedFiles: number | null
  readonly deletedFiles: number | null
}

/** @param earlier runs of the same operation, newest first */
export function usualOf(earlier: readonly RunRow[]): Usual {
  const good = earlier.filter(isGood).slice(0, LOOKED_AT)
  const of = (read: (row: RunRow) => number) => {
    const values = good.map(read).filter((value) => !Number.isNaN(value))
    return values.length < ENOUGH ? null : median(values)
  }
  return {
    durationS: of((row) => row.durationS),
    uploadedBytes: of((row) => row.uploadedBytes),
    addedFiles: of((row) => row.addedFiles),
    modifiedFiles: of((row) => row.modifiedFiles),
    deletedFiles: of((row) => row.deletedFiles),
  }
}
