import type { Context } from 'koa'
import type { LogEntry } from '../../../kit/log.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'

/** How many lines may be shown at once; the first is what is shown without asking. */
const SHOWN = [300, 100, 1000, 2000] as const
const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const

/**
 * `GET /settings/log?level&q&lines`; with `format=text` as a file. The last lines since the start, newest first;
 * an open page asks again and again, and what is new comes in above.
 */
export function appLogPage(ctx: Context, house: House): void {
  const query = single(ctx.query)
  const level = (Object.hasOwn(RANK, query['level'] ?? '') ? query['level'] : 'info') as keyof typeof RANK
  const needle = (query['q'] ?? '').toLowerCase()
  const most = SHOWN.find((count) => String(count) === query['lines']) ?? SHOWN[0]
  const lines = house.log
    .recent()
    .filter((entry) => RANK[entry.level] >= RANK[level])
    .filter((entry) => needle === '' || lineOf(entry).toLowerCase().includes(needle))
  if (query['format'] === 'text') {
    ctx.attachment('duplistatus.log')
    ctx.type = 'text/plain; charset=utf-8'
    ctx.body = lines.map(lineOf).join('\n')
    return
  }
  const model = {
    lines: lines
      .slice(-most)
      .reverse()
      .map((entry) => ({ ...entry, facts: factsOf(entry) })),
    level,
    q: query['q'] ?? '',
    most,
    counts: [...SHOWN].sort((one, other) => one - other),
    levels: Object.keys(RANK),
    all: lines.length,
    shown: Math.min(lines.length, most),
  }
  sendSettings(ctx, house, 'log', 'pages/people/app-log', model, { isLive: true })
}

function lineOf(entry: LogEntry): string {
  return `${entry.at} ${entry.level} ${entry.message} ${factsOf(entry)}`.trim()
}

function factsOf(entry: LogEntry): string {
  return Object.keys(entry.facts).length === 0 ? '' : JSON.stringify(entry.facts)
}
