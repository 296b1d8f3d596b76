import type { Fields } from './values.ts'

/**
 * What the template at the head of a text report tells, under the names of `Extra` in JSON. The default one reads
 * `Duplicati Backup report for Documents (4f1c..., DB-3, office-pc)`; older ones end after the name or the id. A
 * template of the owner's own may have lines such as `machine-id: 4f1c...`.
 */
export function readHeader(lines: readonly string[], fields: Fields): Fields {
  const extra = Object.create(null) as Record<string, unknown>
  for (const name of NAMES) {
    if (typeof fields[name] === 'string') extra[name] = fields[name]
  }
  const title = lines.map((line) => TITLE.exec(line.slice(0, 4000))).find((match) => match !== null)
  if (title === undefined) return extra
  const [, operation = '', rest = ''] = title
  extra['OperationName'] ??= operation
  const { name, ids } = splitIds(rest)
  extra['backup-name'] ??= name
  if (ids !== null) {
    extra['machine-id'] ??= ids[0]
    extra['backup-id'] ??= ids[1]
    if (ids[2] !== undefined) extra['machine-name'] ??= ids[2]
  }
  return extra
}

const NAMES = [
  'machine-id',
  'machine-name',
  'backup-id',
  'backup-name',
  'next-scheduled-run',
  'operating-system',
]
const TITLE = /^Duplicati (\S{1,60}) report for (.*)$/

/** Names may hold brackets and commas: the ids are the last bracket that looks like ids, or is empty. */
function splitIds(rest: string): { name: string; ids: readonly string[] | null } {
  const text = rest.trimEnd()
  for (
    let open = text.indexOf(' (');
    open !== -1 && text.endsWith(')');
    open = text.indexOf(' (', open + 1)
  ) {
    const inside = text.slice(open + 2, -1)
    const match = /^([^,()]{0,200}), ?([^,()]{0,200})(?:, ?(.*))?$/.exec(inside)
    if (match === null || !looksLikeIds(match[1] ?? '', match[2] ?? '')) continue
    return { name: text.slice(0, open), ids: match.slice(1).filter((part) => part !== undefined) }
  }
  return { name: text, ids: null }
}

/** Ids as Duplicati makes them, or nothing where it knew none. */
function looksLikeIds(machineId: string, backupId: string): boolean {
  const [machine, backup] = [machineId.trim(), backupId.trim()]
  return /^DB-\d+$|^[0-9a-f]{64}$/i.test(backup) || (backup === '' && /^\S*$/.test(machine))
}
