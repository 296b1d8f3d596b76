import type { Context } from 'koa'
import type { Words } from '../../../domain/words.ts'
import { browserOf } from '../../browser-name.ts'
import { sendCsv } from '../../csv.ts'
import type { House, JournalEntry } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'
import { AUDIT_KINDS, auditFilter } from './audit-filter.ts'
import { changesShown, targetShown } from './audit-words.ts'

const PAGE = 50
const EXPORTED = 10_000
const COLUMNS = ['at', 'who', 'from', 'action', 'target', 'result', 'reason', 'changes', 'agent'] as const
/** Reasons with a sentence of their own; others are only found by searching. */
const REASONS = new Set(['wrong', 'held', 'disabled', 'outside'])

/** `GET /settings/audit?who&kind&result&since&until&q&after`; with `format=csv|json` all that is found, as a file. */
export async function auditPage(ctx: Context, house: House): Promise<void> {
  const query = single(ctx.query)
  const { words } = visitOf(ctx)
  const filter = auditFilter(query, words.reader.zone)
  const journal = house.store.journal('audit')
  if (query['format'] === 'csv' || query['format'] === 'json') {
    const { entries } = await journal.read({ limit: EXPORTED, filter })
    return sendFile(ctx, query['format'], entries)
  }
  const { after } = query
  const page = await journal.read({ limit: PAGE, filter, ...(after === undefined ? {} : { after }) })
  sendSettings(ctx, house, 'audit', 'pages/people/audit', {
    entries: page.entries.map((entry) => lineOf(entry, house, words)),
    next: page.next,
    kinds: AUDIT_KINDS,
    people: Object.values(house.store.state().users).map((user) => user.name),
    query: Object.fromEntries(
      ['who', 'kind', 'result', 'since', 'until', 'q'].map((name) => [name, query[name] ?? '']),
    ),
  })
}

function lineOf(entry: JournalEntry, house: House, words: Words) {
  const reason = String(entry['reason'] ?? '')
  return {
    at: entry.at,
    who: String(entry['who'] ?? ''),
    from: String(entry['from'] ?? ''),
    agent: String(entry['agent'] ?? ''),
    browser: browserOf(String(entry['agent'] ?? '')),
    action: words.say(`audit.${String(entry['action'])}`),
    target: targetShown(entry, house.store.state(), words),
    result: String(entry['result'] ?? 'done'),
    // What came along from elsewhere has no words of ours.
    reason:
      entry['action'] === 'import.entry'
        ? reason
        : REASONS.has(reason)
          ? words.say(`audit.reason.${reason}`)
          : '',
    changes: changesShown(entry, house, words),
  }
}

function sendFile(ctx: Context, format: 'csv' | 'json', entries: readonly JournalEntry[]): void {
  if (format === 'csv') {
    const rows = entries.map((entry) => COLUMNS.map((name) => shown(entry[name])))
    sendCsv(ctx, 'audit.csv', COLUMNS, rows)
  } else {
    ctx.attachment('audit.json')
    ctx.set('Cache-Control', 'no-store')
    ctx.body = entries
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
