import type { Disk } from './disk.ts'

/** Months that have a file, oldest first. */
export async function months(disk: Disk, folder: string): Promise<readonly string[]> {
  const found = (await disk.list(folder)).flatMap((name) => /^(\d{4}-\d\d)\.ndjson$/.exec(name)?.[1] ?? [])
  return found.sort()
}
