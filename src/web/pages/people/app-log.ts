import type { Context } from 'koa'
import type { LogEntry } from '../../../kit/log.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'

const SHOWN = 300
const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const

/** `GET /settings/log?level&q`; with `format=text` as a file. The last lines since the start, newest first. */
export function appLogPage(ctx: Context, house: House): void {
  const query = single(ctx.query)
  const level = (Object.hasOwn(RANK, query['level'] ?? '') ? query['level'] : 'info') as keyof typeof RANK
  const needle = (query['q'] ?? '').toLowerCase()
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
  sendSettings(ctx, house, 'log', 'pages/people/app-log', {
    lines: lines
      .slice(-SHOWN)
      .reverse()
      .map((entry) => ({ ...entry, facts: factsOf(entry) })),
    level,
    q: query['q'] ?? '',
    levels: Object.keys(RANK),
    all: lines.length,
    shown: Math.min(lines.length, SHOWN),
  })
}

function lineOf(entry: LogEntry): string {
  return `${entry.at} ${entry.level} ${entry.message} ${factsOf(entry)}`.trim()
}

function factsOf(entry: LogEntry): string {
  return Object.keys(entry.facts).length === 0 ? '' : JSON.stringify(entry.facts)
}
