import type { Context } from 'koa'
import { sendCsv } from '../../csv.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

const PAGE = 50
const EXPORTED = 10_000

/** `GET /settings/audit?who&action&result&q&after`; with `format=csv|json` the whole of it as a file. */
export async function auditPage(ctx: Context, house: House): Promise<void> {
  const query = single(ctx.query)
  const filter = filterOf(query)
  const journal = house.store.journal('audit')
  if (query['format'] === 'csv' || query['format'] === 'json') {
    const { entries } = await journal.read({ limit: EXPORTED, filter })
    return sendFile(ctx, query['format'], entries)
  }
  const { after } = query
  const page = await journal.read({ limit: PAGE, filter, ...(after === undefined ? {} : { after }) })
  const { words } = visitOf(ctx)
  sendSettings(ctx, house, 'audit', 'pages/people/audit', {
    entries: page.entries.map((entry) => ({
      at: entry.at,
      who: String(entry['who'] ?? ''),
      from: String(entry['from'] ?? ''),
      action: words.say(`audit.${String(entry['action'])}`),
      target: String(entry['target'] ?? ''),
      result: String(entry['result'] ?? 'done'),
      reason: String(entry['reason'] ?? ''),
      changes: Object.entries((entry['changes'] ?? {}) as Record<string, readonly [unknown, unknown]>).map(
        ([name, [before, now]]) => ({ name, before: shown(before), now: shown(now) }),
      ),
    })),
    next: page.next,
    query: { who: query['who'] ?? '', result: query['result'] ?? '', q: query['q'] ?? '' },
  })
}

type Entry = Readonly<Record<string, unknown>> & { readonly at: string }

function filterOf(query: Readonly<Record<string, string>>): (entry: Entry) => boolean {
  const needle = (query['q'] ?? '').toLowerCase()
  return (entry) =>
    (!query['who'] || entry['who'] === query['who']) &&
    (!query['result'] || entry['result'] === query['result']) &&
    (needle === '' || JSON.stringify(entry).toLowerCase().includes(needle))
}

function sendFile(ctx: Context, format: 'csv' | 'json', entries: readonly Entry[]): void {
  if (format === 'json') {
    ctx.attachment('audit.json')
    ctx.body = entries
    return
  }
  const columns = ['at', 'who', 'from', 'action', 'target', 'result', 'reason', 'changes']
  const rows = entries.map((entry) => columns.map((name) => shown(entry[name])))
  sendCsv(ctx, 'audit.csv', columns, rows)
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
