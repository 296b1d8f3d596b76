import { type Details, detailsOf } from './audit-details.ts'
import { isoOf, lineOf, textOf } from './cells.ts'
import type { Source } from './open-database.ts'

export interface ReferenceAudit {
  readonly at: string
  readonly who: string
  readonly from: string
  /** The browser or program, '' where it is not known. */
  readonly agent: string
  readonly action: string
  readonly target: string
  readonly status: string
  /** What went wrong, '' where nothing did. */
  readonly error: string
  readonly details: Details
}

/** More entries of the audit log are not taken. */
export const AUDIT_LIMIT = 20_000

/** Newest first; what has no time is left out. */
export function* auditOf(source: Source): Iterable<ReferenceAudit> {
  if (!source.tables.has('audit_log')) return
  for (const row of source.rows(`SELECT * FROM audit_log ORDER BY rowid DESC LIMIT ${AUDIT_LIMIT}`)) {
    const at = isoOf(row['timestamp'])
    if (at === null) continue
    const part = (name: string) => textOf(row[name]).slice(0, 300)
    yield {
      at,
      who: part('username'),
      from: part('ip_address'),
      agent: part('user_agent').slice(0, 200),
      action: part('action'),
      target: part('target_id'),
      status: part('status'),
      error: lineOf(row['error_message'], 300),
      details: detailsOf(row['details']),
    }
  }
}
