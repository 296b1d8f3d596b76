import { Failure } from '../../domain/failure.ts'
import type { ImportShares } from '../../domain/import-share.ts'
import type { AuditEntry, ImportNeeds, ImportSource } from './import-source.ts'

const TOGETHER = 500

/** Entries that came by an import before are known by what they say. */
export async function takeAudit(
  needs: ImportNeeds,
  source: ImportSource,
  shares: ImportShares,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, number>()
  for (const entry of await needs.importedAudit()) known.set(keyOf(entry), (known.get(keyOf(entry)) ?? 0) + 1)
  const fresh: ReturnType<typeof auditEntry>[] = []
  for (const entry of entriesOf(source, shares)) {
    const ours = auditEntry(entry)
    const times = known.get(keyOf(ours)) ?? 0
    known.set(keyOf(ours), times - 1)
    shares.one('audit', times > 0 ? 'here' : 'comes')
    if (times <= 0) fresh.push(ours)
  }
  fresh.reverse()
  for (let from = 0; from < fresh.length; from += TOGETHER) {
    signal.throwIfAborted()
    await Promise.all(fresh.slice(from, from + TOGETHER).map((entry) => needs.appendAudit(entry)))
  }
}

/** As far as they can be read. */
function* entriesOf(source: ImportSource, shares: ImportShares): Iterable<AuditEntry> {
  try {
    yield* source.eachAudit()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    shares.note('audit', error.text)
  }
}

function auditEntry({ at, who, from, agent, action, target, status, error, details }: AuditEntry) {
  const result = status === 'success' ? 'done' : 'failed'
  return {
    at,
    action: 'import.entry',
    who,
    from,
    ...(agent === '' ? {} : { agent }),
    result,
    target: `${action} ${target}`.trim(),
    ...(error === '' ? {} : { reason: error }),
    ...(Object.keys(details).length === 0 ? {} : { changes: details }),
  }
}

function keyOf(entry: { readonly at: string; readonly [name: string]: unknown }): string {
  return JSON.stringify([entry.at, entry['who'], entry['from'], entry['result'], entry['target']])
}
