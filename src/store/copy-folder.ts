import { stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { listCopies } from './copies.ts'

/** Says that copies were made in a folder, also when all of them were deleted. */
const MARK = '.duplistatus-copies'

/** What a folder says of itself; where there is none yet, the one around it says on which disk it would be. */
export async function lookAtCopyFolder(
  folder: string,
  dataFolder: string,
): Promise<{ readonly hasSign: boolean; readonly isElsewhere: boolean }> {
  const [here, around, data, mark, copies] = await Promise.all([
    deviceOf(folder),
    deviceOf(dirname(folder)),
    deviceOf(dataFolder),
    deviceOf(join(folder, MARK)),
    listCopies(folder),
  ])
  return { hasSign: mark !== null || copies.length > 0, isElsewhere: (here ?? around) !== data }
}

/** A folder that takes no mark has its copies as a sign. */
export async function markCopyFolder(folder: string): Promise<void> {
  await writeFile(join(folder, MARK), '', { mode: 0o600 }).catch(() => undefined)
}

async function deviceOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ dev }) => dev,
    () => null,
  )
}
