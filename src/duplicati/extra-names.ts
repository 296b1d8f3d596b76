import type { Fields } from './values.ts'

/**
 * `Extra` with the keys that say whose report it is under their own names. A template of the owner may have written
 * them in capitals (`%Backup-Name%`): older versions take them over as they stand there.
 */
export function withKnownNames(extra: Fields): Fields {
  if (Object.hasOwn(extra, 'machine-id') || Object.hasOwn(extra, 'backup-name')) return extra
  const found = Object.entries(extra).flatMap(([key, value]) => {
    const name = key.length > 40 ? undefined : NAMES.get(key.toLowerCase())
    return name === undefined || Object.hasOwn(extra, name) ? [] : [[name, value] as const]
  })
  return found.length === 0 ? extra : { ...extra, ...Object.fromEntries(found) }
}

const NAMES: ReadonlyMap<string, string> = new Map(
  [
    'OperationName',
    'machine-id',
    'machine-name',
    'backup-id',
    'backup-name',
    'next-scheduled-run',
    'operating-system',
    'destination-type',
  ].map((name) => [name.toLowerCase(), name]),
)
