import { utcOf } from '../../../domain/zone.ts'
import type { JournalEntry } from '../../house.ts'

const DAY_MS = 86_400_000

/** Areas that one looks through, and how what belongs there begins. */
const KINDS: Readonly<Record<string, RegExp>> = {
  people: /^(sign-in|password|user|token|session)\b/,
  settings: /^settings\b/,
  servers: /^(server|job|runs|maintenance)\b/,
  incidents: /^(incident|warning|notices?|channel|mqtt)\b/,
  data: /^(care|import)\b/,
}

export const AUDIT_KINDS = Object.keys(KINDS)

/** What a query asks of the audit log; days are those of the reader's zone. What cannot be read asks for nothing. */
export function auditFilter(
  query: Readonly<Record<string, string>>,
  zone: string,
): (entry: JournalEntry) => boolean {
  const who = (query['who'] ?? '').trim().toLowerCase()
  const needle = (query['q'] ?? '').toLowerCase()
  const kind = Object.hasOwn(KINDS, query['kind'] ?? '') ? KINDS[query['kind'] ?? ''] : undefined
  const since = midnight(query['since'], 0, zone) ?? Number.NEGATIVE_INFINITY
  const until = midnight(query['until'], DAY_MS, zone) ?? Number.POSITIVE_INFINITY
  return (entry) => {
    const at = Date.parse(entry.at)
    return (
      (who === '' || String(entry['who'] ?? '').toLowerCase() === who) &&
      (!query['result'] || (entry['result'] ?? 'done') === query['result']) &&
      (kind === undefined || kind.test(String(entry['action']))) &&
      !(at < since) &&
      !(at >= until) &&
      (needle === '' || JSON.stringify(entry).toLowerCase().includes(needle))
    )
  }
}

/** The moment a day begins in the zone, or the one that many milliseconds later by the clock on the wall. */
function midnight(day: string | undefined, laterMs: number, zone: string): number | null {
  const wall = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  return Number.isNaN(wall) ? null : utcOf(wall + laterMs, zone)
}
