import { join } from 'node:path'
import type { Loaded } from './load-runs.ts'
import type { Shelf } from './shelf.ts'

/**
 * Deletes packs that no segment names: what a crash left of a rewrite. Where a segment was damaged its header may
 * be, so nothing is deleted then.
 */
export async function clearPacks(shelf: Shelf, loaded: Loaded): Promise<void> {
  if (loaded.damage.some(({ kind }) => kind !== 'torn-tail')) return
  const named = new Set(shelf.segments.flatMap((segment) => segment?.pack ?? []))
  for (const file of await shelf.disk.list(shelf.folders.logs)) {
    if (file.endsWith('.gzpack') && !named.has(file)) await shelf.disk.remove(join(shelf.folders.logs, file))
  }
}
